import styles from '@/features/booking/booking.module.css';
import { DoctorStrip } from '@/features/booking/DoctorStrip';
import type { Visit } from '@/features/booking/visit';
import type { Doctor } from '@/shared/api/types';
import { useI18n } from '@/shared/i18n/i18n';
import { middleWhen } from '@/shared/time/when_text';

interface Props {
    doctor: Doctor | undefined;
    start: string;
    visit: Visit;
}

/** What is about to be booked, beside the form. */
export function BookingSummary({ doctor, start, visit }: Props) {
    const i18n = useI18n();
    const { t } = i18n;
    return (
        <aside className={styles.summary} aria-label={t('confirm.appointment')}>
            <DoctorStrip doctor={doctor} />
            <p className={styles.summaryWhen}>{middleWhen(i18n, start)}</p>
            <p className={styles.note}>
                {t(`visit.${visit.type}`)}, {t('visit.minutes', { count: visit.duration })}
            </p>
        </aside>
    );
}
