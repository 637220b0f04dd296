import { useEffect, useMemo, useState, type ReactNode } from 'react';
import { fill, I18nContext, kLocales, loadCatalogue, storeLanguage, type Catalogue, type I18n } from '@/shared/i18n/i18n';

interface Props {
    initial: Catalogue;
    children: ReactNode;
}

export function LanguageProvider({ initial, children }: Props) {
    const [{ language, messages }, setCatalogue] = useState(initial);

    useEffect(() => {
        document.documentElement.lang = language;
        document.querySelector('meta[name=description]')?.setAttribute('content', messages['app.description']);
    }, [language, messages]);

    const i18n = useMemo<I18n>(() => {
        const locale = kLocales[language];
        return {
            language,
            locale,
            setLanguage: (next) => {
                storeLanguage(next);
                void loadCatalogue(next).then(setCatalogue);
            },
            t: (key, values) => fill(locale, messages[key], values),
        };
    }, [language, messages]);

    return <I18nContext value={i18n}>{children}</I18nContext>;
}
