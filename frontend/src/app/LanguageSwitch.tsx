import styles from '@/app/layout.module.css';
import { kLanguageNames, useI18n, type Language } from '@/shared/i18n/i18n';

/** Named in the other language, so that who cannot read this one finds it. */
export function LanguageSwitch() {
    const { language, setLanguage } = useI18n();
    const other: Language = language === 'en' ? 'es' : 'en';
    return (
        <button type="button" className={styles.language} lang={other} onClick={() => setLanguage(other)}>
            {kLanguageNames[other]}
        </button>
    );
}
