import { useEffect, useState, type ReactNode } from 'react';
import { Link, NavLink, useLocation } from 'react-router';
import { CrashBoundary } from '@/app/CrashBoundary';
import { LanguageSwitch } from '@/app/LanguageSwitch';
import styles from '@/app/layout.module.css';
import { useScrollMemory } from '@/app/use_scroll_memory';
import { useClinic } from '@/shared/api/queries';
import { useI18n } from '@/shared/i18n/i18n';

export function Layout({ children }: { children: ReactNode }) {
    const { t } = useI18n();
    const clinic = useClinic();
    const { pathname } = useLocation();
    useScrollMemory();
    return (
        <>
            <a className={styles.skip} href="#content">
                {t('app.skip')}
            </a>
            <header className={styles.header}>
                <div className={styles.bar}>
                    <Link to="/" className={styles.brand}>
                        <img src="/favicon.svg" alt="" width={36} height={36} />
                        <span>{clinic?.name ?? t('app.clinic')}</span>
                    </Link>
                    <nav className={styles.nav} aria-label={t('app.menu')}>
                        <NavLink to="/" end>
                            {t('app.doctors')}
                        </NavLink>
                        <NavLink to="/appointments">{t('app.appointments')}</NavLink>
                    </nav>
                    <LanguageSwitch />
                </div>
            </header>
            <OfflineBanner />
            <main id="content" tabIndex={-1} className={styles.main}>
                <CrashBoundary path={pathname}>{children}</CrashBoundary>
            </main>
            <Footer />
        </>
    );
}

function Footer() {
    const { t } = useI18n();
    const clinic = useClinic();
    return (
        <footer className={styles.footer}>
            <div className={styles.bar}>
                {clinic && (
                    <address className={styles.address}>
                        <strong>{clinic.name}</strong>
                        <span>{clinic.address}</span>
                        <a href={`tel:${clinic.phone}`}>{t('app.call', { phone: clinic.phone })}</a>
                    </address>
                )}
                <div className={styles.address}>
                    <Link to="/cancellation-policy">{t('app.policy')}</Link>
                    <span>{t('app.emergency')}</span>
                </div>
            </div>
        </footer>
    );
}

function OfflineBanner() {
    const { t } = useI18n();
    const [isOnline, setOnline] = useState(navigator.onLine);
    useEffect(() => {
        const update = () => setOnline(navigator.onLine);
        window.addEventListener('online', update);
        window.addEventListener('offline', update);
        return () => {
            window.removeEventListener('online', update);
            window.removeEventListener('offline', update);
        };
    }, []);
    return (
        <div role="status" className={isOnline ? undefined : styles.offline}>
            {isOnline ? null : t('app.offline')}
        </div>
    );
}
