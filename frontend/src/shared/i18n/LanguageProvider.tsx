import { useEffect, useMemo, useState, type ReactNode } from 'react';
import { fill, I18nContext, kLocales, loadMessages, storeLanguage, type I18n, type Language } from '@/shared/i18n/i18n';
import type { Messages } from '@/shared/i18n/en';

interface Props {
    initial: { language: Language; messages: Messages };
    children: ReactNode;
}

export function LanguageProvider({ initial, children }: Props) {
    const [{ language, messages }, setCatalogue] = useState(initial);

    useEffect(() => {
        document.documentElement.lang = language;
    }, [language]);

    const i18n = useMemo<I18n>(() => {
        const locale = kLocales[language];
        return {
            language,
            locale,
            setLanguage: (next) => {
                storeLanguage(next);
                void loadMessages(next).then((loaded) => setCatalogue({ language: next, messages: loaded }));
            },
            t: (key, values) => fill(locale, messages[key], values),
        };
    }, [language, messages]);

    return <I18nContext value={i18n}>{children}</I18nContext>;
}
