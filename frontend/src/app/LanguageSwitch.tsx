import styles from '@/app/layout.module.css';
import { kLanguageNames, useI18n, type Language } from '@/shared/i18n/i18n';

const kLanguages: Language[] = ['en', 'es'];

/** Each language by its own name, so that who cannot read the page finds it. */
export function LanguageSwitch() {
    const { t, language, setLanguage } = useI18n();
    return (
        <div className={styles.languages} role="group" aria-label={t('app.language')}>
            {kLanguages.map((each) => (
                <button key={each} type="button" lang={each} aria-pressed={each === language} onClick={() => setLanguage(each)}>
                    {kLanguageNames[each]}
                </button>
            ))}
        </div>
    );
}
