import { Link } from 'react-router';
import styles from '@/features/booking/booking.module.css';
import { useI18n } from '@/shared/i18n/i18n';

export function Back({ to }: { to: string }) {
    const { t } = useI18n();
    return (
        <Link to={to} className={styles.back}>
            <span aria-hidden="true">←</span> {t('step.back')}
        </Link>
    );
}
