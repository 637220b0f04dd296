import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { DayCalendar } from '@/features/booking/DayCalendar';
import { SlotPicker } from '@/features/booking/SlotPicker';
import styles from '@/features/booking/booking.module.css';
import { kMaxAdvanceDays, type Visit } from '@/features/booking/visit';
import { useClinic } from '@/shared/api/queries';
import type { Slot } from '@/shared/api/types';
import { useI18n } from '@/shared/i18n/i18n';
import { addDays, formatDay, zoneName, type Day } from '@/shared/time/clinic_time';
import { useClinicNow } from '@/shared/time/use_today';
import { Card } from '@/shared/ui/Card';
import { Skeleton } from '@/shared/ui/Skeleton';

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
    const clinic = useClinic();
    const now = useClinicNow();
    const bounds = now && { first: now.day, last: addDays(now.day, kMaxAdvanceDays), clock: now.clock };
    return (
        <div className={styles.choose} data-step={day === undefined ? 'day' : 'time'}>
            <div className={styles.days}>
                <Card>
                    {bounds === undefined ? (
                        <Skeleton height="24rem" round />
                    ) : (
                        <DayCalendar
                            doctorId={doctorId}
                            visit={visit}
                            bounds={bounds}
                            day={day}
                            onChoose={onChoose}
                        />
                    )}
                </Card>
            </div>
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
