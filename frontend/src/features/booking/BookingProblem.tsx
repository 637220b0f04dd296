import styles from '@/features/booking/booking.module.css';
import slotStyles from '@/features/booking/slots.module.css';
import { hasStatus, isTemporary, takenInsteadOf } from '@/shared/api/errors';
import type { Slot } from '@/shared/api/types';
import { useI18n } from '@/shared/i18n/i18n';
import { formatTime } from '@/shared/time/clinic_time';
import { ButtonLink } from '@/shared/ui/Button';
import { Refusal } from '@/shared/ui/Refusal';

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
            <Refusal error={error}>
                <p>{t('confirm.unclear')}</p>
            </Refusal>
        );
    }
    const slots = takenInsteadOf(error);
    const isEntry = hasStatus(error, 400) && error.body.details !== undefined;
    return (
        <Refusal error={error}>
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
        </Refusal>
    );
}
