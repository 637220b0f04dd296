import { useQuery, useQueryClient } from '@tanstack/react-query';
import { startTransition, useEffect, useState, type ReactNode } from 'react';
import { Link } from 'react-router';
import { monthQuery } from '@/features/booking/availability';
import styles from '@/features/booking/booking.module.css';
import type { Bounds } from '@/features/booking/day_state';
import { SlotPicker } from '@/features/booking/SlotPicker';
import type { Visit } from '@/features/booking/visit';
import { clinicQuery, nextTimesQuery } from '@/shared/api/queries';
import { closingQuery } from '@/shared/api/schedule';
import type { Slot } from '@/shared/api/types';
import { useI18n } from '@/shared/i18n/i18n';
import { addDays, dayOf, formatDay, monthOf, zoneName, type Day } from '@/shared/time/clinic_time';
import { useClinicNow } from '@/shared/time/use_today';
import { Card } from '@/shared/ui/Card';
import { Failure } from '@/shared/ui/Failure';
import { part } from '@/shared/ui/part';
import { Skeleton } from '@/shared/ui/Skeleton';
import { useMedia } from '@/shared/ui/use_media';

// The largest part of the booking: what stands around it shows before it has come.
const DayCalendar = part(async () => (await import('@/features/booking/DayCalendar')).DayCalendar);

/** As in booking.module.css. */
const kBesideEachOther = '(min-width: 56rem)';

interface Props {
    doctorId: number;
    visit: Visit;
    day: Day | undefined;
    /** Where a phone, which shows one of them at a time, goes back from the times to the calendar. */
    changeDay: string;
    onChoose: (day: Day) => void;
    renderSlot: (slot: Slot) => ReactNode;
}

/** The calendar and the times of its chosen day: side by side where there is room, one after the other on a phone. */
export function AvailabilityView({ doctorId, visit, day, changeDay, onChoose, renderSlot }: Props) {
    const { t, locale } = useI18n();
    const { data: clinic, error, refetch } = useQuery(clinicQuery);
    const now = useClinicNow();
    const isWide = useMedia(kBesideEachOther);
    // Kept here: on a phone the calendar goes while the times of a day are looked at, and comes back as it was.
    const [leafed, leaf] = useState<Day | null>(null);
    const bounds = now && clinic && { first: now.day, last: addDays(now.day, clinic.max_advance_days), clock: now.clock };
    return (
        <div className={styles.choose} data-step={day === undefined ? 'day' : 'time'}>
            {clinic === undefined && error !== null && <Failure error={error} onRetry={() => void refetch()} />}
            {(isWide || day === undefined) && (
                <div className={styles.days}>
                    <Card>
                        {bounds === undefined ? (
                            <Skeleton height="24rem" round />
                        ) : (
                            <Days
                                doctorId={doctorId}
                                visit={visit}
                                bounds={bounds}
                                day={day}
                                leafed={leafed}
                                onLeaf={leaf}
                                onChoose={onChoose}
                            />
                        )}
                    </Card>
                </div>
            )}
            <div className={styles.times}>
                <Card>
                    {day === undefined ? (
                        <p className={styles.pick}>{t('time.pick')}</p>
                    ) : (
                        <>
                            <p className={styles.changeDay}>
                                <Link to={changeDay} aria-label={`${t('time.change')}: ${formatDay(locale, day)}`}>
                                    {t('time.change')}
                                </Link>
                            </p>
                            <SlotPicker doctorId={doctorId} day={day} visit={visit} bounds={bounds} renderSlot={renderSlot} />
                        </>
                    )}
                </Card>
            </div>
            {clinic && <p className={styles.zone}>{t('date.zone', { zone: zoneName(locale, clinic.timezone) })}</p>}
        </div>
    );
}

interface DaysProps extends Pick<Props, 'doctorId' | 'visit' | 'day' | 'onChoose'> {
    bounds: Bounds;
    /** Until somebody leafs, the month is the first one that has something to offer. */
    leafed: Day | null;
    onLeaf: (day: Day) => void;
}

/** The calendar with its first month: drawn once, when its file and all that this month shows have come. */
function Days({ leafed, ...props }: DaysProps) {
    const { doctorId, visit, bounds, day } = props;
    const next = useQuery({ ...nextTimesQuery, select: (times) => times.get(doctorId) }).data;
    const shown = leafed ?? day ?? (next ? dayOf(next) : bounds.first);
    const [isReady, setReady] = useState(DayCalendar.hasArrived);
    const queryClient = useQueryClient();
    const { type, duration } = visit;
    useEffect(() => {
        if (isReady) return;
        let isWanted = true;
        const prepare = async () => {
            // What fails is said by the calendar.
            await Promise.allSettled([
                DayCalendar.fetch(),
                queryClient.query(nextTimesQuery),
                queryClient.query(closingQuery(doctorId)),
                queryClient.query(monthQuery(doctorId, ...monthOf(shown), { type, duration })),
            ]);
            if (isWanted) startTransition(() => setReady(true));
        };
        // Not before what stands around it is painted, which the second frame follows: on a slow network it would have to wait.
        requestAnimationFrame(() => requestAnimationFrame(() => void prepare()));
        return () => {
            isWanted = false;
        };
    }, [isReady, queryClient, doctorId, shown, type, duration]);
    return isReady ? <DayCalendar shown={shown} {...props} /> : <Skeleton height="24rem" round />;
}
