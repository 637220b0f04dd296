import { useQuery } from '@tanstack/react-query';
import { useId, type ReactNode } from 'react';
import { dayQuery } from '@/features/booking/availability';
import { dayState, type Bounds } from '@/features/booking/day_state';
import styles from '@/features/booking/slots.module.css';
import type { Visit } from '@/features/booking/visit';
import { closingQuery } from '@/shared/api/schedule';
import type { Slot } from '@/shared/api/types';
import { useI18n } from '@/shared/i18n/i18n';
import { formatDay, isMorning, type Day } from '@/shared/time/clinic_time';
import { ButtonLink } from '@/shared/ui/Button';
import { Failure } from '@/shared/ui/Failure';
import { Skeleton } from '@/shared/ui/Skeleton';

interface Props {
    doctorId: number;
    day: Day;
    visit: Visit;
    /** undefined while the clinic's day is not known. */
    bounds: Bounds | undefined;
    /** A link or a button for a free time. */
    renderSlot: (slot: Slot) => ReactNode;
}

/** The free times of a day, the morning's and the afternoon's apart. */
export function SlotPicker({ doctorId, day, visit, bounds, renderSlot }: Props) {
    const { t, locale } = useI18n();
    const id = useId();
    const slots = useQuery(dayQuery(doctorId, day, visit));
    return (
        <section className={styles.picker} aria-labelledby={id}>
            <h2 id={id} className={styles.day}>
                {formatDay(locale, day)}
            </h2>
            {slots.isPending && <Skeleton height="16rem" round />}
            {slots.isError && !slots.data && <Failure error={slots.error} onRetry={() => void slots.refetch()} />}
            {slots.data?.slots.length === 0 && bounds && <NoSlots doctorId={doctorId} day={day} bounds={bounds} />}
            {slots.data && slots.data.slots.length > 0 && (
                <>
                    <Half
                        title={t('time.morning')}
                        none={t('time.noneMorning')}
                        slots={slots.data.slots.filter((slot) => isMorning(slot.start_time))}
                        renderSlot={renderSlot}
                    />
                    <Half
                        title={t('time.afternoon')}
                        none={t('time.noneAfternoon')}
                        slots={slots.data.slots.filter((slot) => !isMorning(slot.start_time))}
                        renderSlot={renderSlot}
                    />
                    <p className={styles.missing}>
                        {t('time.missing')} <JoinLink doctorId={doctorId} day={day} />
                    </p>
                </>
            )}
        </section>
    );
}

function Half({ title, none, slots, renderSlot }: { title: string; none: string; slots: Slot[]; renderSlot: Props['renderSlot'] }) {
    const id = useId();
    return (
        <div className={styles.half}>
            <h3 id={id}>{title}</h3>
            {slots.length === 0 ? (
                <p className={styles.none}>{none}</p>
            ) : (
                <ul className={styles.slots} aria-labelledby={id}>
                    {slots.map((slot) => (
                        <li key={slot.start_time}>{renderSlot(slot)}</li>
                    ))}
                </ul>
            )}
        </div>
    );
}

/** Where somebody may still cancel, the waitlist is the way on. */
function NoSlots({ doctorId, day, bounds }: { doctorId: number; day: Day; bounds: Bounds }) {
    const { t } = useI18n();
    const closing = useQuery(closingQuery(doctorId)).data;
    const state = dayState(day, bounds, 0, closing);
    const reason = state === 'closed' || state === 'past' ? state : 'full';
    return (
        <div className={styles.full} role="status">
            <p>
                <strong>{t(`time.${reason}Title`)}</strong>
            </p>
            <p>{t(`time.${reason}Text`)}</p>
            {reason === 'full' && <ButtonLink to={waitlistPath(doctorId, day)}>{t('time.waitlist')}</ButtonLink>}
        </div>
    );
}

function JoinLink({ doctorId, day }: { doctorId: number; day: Day }) {
    const { t } = useI18n();
    return (
        <ButtonLink look="quiet" to={waitlistPath(doctorId, day)}>
            {t('time.waitlist')}
        </ButtonLink>
    );
}

const waitlistPath = (doctorId: number, day: Day) => `/waitlist?doctor=${doctorId}&date=${day}`;
