import styles from '@/features/booking/booking.module.css';
import slotStyles from '@/features/booking/slots.module.css';
import { hasStatus, isTemporary } from '@/shared/api/errors';
import type { Slot } from '@/shared/api/types';
import { useI18n } from '@/shared/i18n/i18n';
import { formatTime } from '@/shared/time/clinic_time';
import { ButtonLink } from '@/shared/ui/Button';
import { Notice } from '@/shared/ui/Notice';
import { refusalKey } from '@/shared/ui/refusal';

interface Props {
    error: unknown;
    calendar: string;
    details: string;
    onChoose: (slot: Slot) => void;
}

/** Why it was not booked, and the way on. Somebody was faster: the day's other times are offered right here. */
export function BookingProblem({ error, calendar, details, onChoose }: Props) {
    const { t, locale } = useI18n();
    if (isTemporary(error)) {
        return (
            <Notice kind="error" title={t(refusalKey(error))}>
                <p>{t('confirm.unclear')}</p>
            </Notice>
        );
    }
    const slots = hasStatus(error, 409) ? error.body.available_slots : undefined;
    const isEntry = hasStatus(error, 400) && error.body.details !== undefined;
    return (
        <Notice kind="error" title={t(refusalKey(error))}>
            {slots !== undefined && <p>{t(slots.length > 0 ? 'confirm.stillFree' : 'confirm.noneFree')}</p>}
            {slots !== undefined && slots.length > 0 && (
                <ul className={styles.alternatives}>
                    {slots.map((slot) => (
                        <li key={slot.start_time}>
                            <button type="button" className={slotStyles.slot} onClick={() => onChoose(slot)}>
                                {formatTime(locale, slot.start_time)}
                            </button>
                        </li>
                    ))}
                </ul>
            )}
            <ButtonLink look="secondary" to={isEntry ? details : calendar}>
                {isEntry ? t('confirm.change') : t('confirm.otherDay')}
            </ButtonLink>
        </Notice>
    );
}
