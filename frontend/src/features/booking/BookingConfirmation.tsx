import { useQuery } from '@tanstack/react-query';
import { useParams } from 'react-router';
import { DoctorStrip } from '@/features/booking/DoctorStrip';
import { Steps } from '@/features/booking/Steps';
import { Where } from '@/features/booking/Where';
import styles from '@/features/booking/booking.module.css';
import { appointmentQuery, calendarFile } from '@/shared/api/appointments';
import { hasStatus } from '@/shared/api/errors';
import { useDoctor } from '@/shared/api/queries';
import type { Appointment } from '@/shared/api/types';
import { useI18n } from '@/shared/i18n/i18n';
import { hoursUntil } from '@/shared/time/clinic_time';
import { useNow } from '@/shared/time/use_now';
import { When } from '@/shared/time/When';
import { ButtonAnchor, ButtonLink } from '@/shared/ui/Button';
import { Card } from '@/shared/ui/Card';
import { Empty } from '@/shared/ui/Empty';
import { Facts } from '@/shared/ui/Facts';
import { Failure } from '@/shared/ui/Failure';
import { PageTitle } from '@/shared/ui/PageTitle';
import { Skeleton } from '@/shared/ui/Skeleton';

/** Until so long before, a booking is confirmed by an email, and a reminder follows. */
const kEmailReminderHours = 24;

/** Step 6: fetched from the server, so that it shows what is booked and not what was asked for. */
export function BookingConfirmation() {
    const { t } = useI18n();
    const id = Number(useParams().appointmentId);
    const appointment = useQuery(appointmentQuery(id));
    const now = useNow();

    if (hasStatus(appointment.error, 404)) {
        return (
            <>
                <PageTitle title={t('detail.missingTitle')} />
                <Empty text={t('detail.missingText')}>
                    <ButtonLink to="/appointments">{t('booked.mine')}</ButtonLink>
                </Empty>
            </>
        );
    }
    const booked = appointment.data;
    const state = booked && stateOf(booked, now);
    return (
        <div className={styles.narrow}>
            <Steps step={6} />
            <div className={styles.done}>
                {(state === 'ahead' || state === 'soon') && (
                    <span className={styles.check} aria-hidden="true">
                        ✓
                    </span>
                )}
                <PageTitle title={t(state === undefined ? 'detail.title' : kTitles[state])} />
            </div>
            {appointment.isPending && <Skeleton height="26rem" round />}
            {appointment.isError && !booked && <Failure error={appointment.error} onRetry={() => void appointment.refetch()} />}
            {booked && state && <Booked appointment={booked} state={state} />}
        </div>
    );
}

/** Soon: too near for a confirmation, for which the reminder then stands. */
type State = 'ahead' | 'soon' | 'past' | 'cancelled';

const kTitles = { ahead: 'booked.title', soon: 'booked.title', past: 'detail.past', cancelled: 'detail.cancelled' } as const;

function stateOf({ status, start_time }: Appointment, now: Date): State {
    if (status === 'cancelled') return 'cancelled';
    const hours = hoursUntil(start_time, now);
    if (status !== 'scheduled' || hours <= 0) return 'past';
    return hours > kEmailReminderHours ? 'ahead' : 'soon';
}

function Booked({ appointment, state }: { appointment: Appointment; state: State }) {
    const { t } = useI18n();
    const doctor = useDoctor(appointment.doctor.id).data;
    const isAwaited = state === 'ahead' || state === 'soon';
    return (
        <>
            {isAwaited && <p>{t(state === 'ahead' ? 'booked.lead' : 'booked.leadSoon')}</p>}
            <Card>
                <DoctorStrip doctor={doctor ?? appointment.doctor} />
                <Facts
                    facts={[
                        { label: t('confirm.when'), value: <When time={appointment.start_time} /> },
                        {
                            label: t('confirm.kind'),
                            value: `${t(`visit.${appointment.type}`)}, ${t('visit.minutes', { count: appointment.duration })}`,
                        },
                        { label: t('confirm.where'), value: <Where /> },
                        { label: t('confirm.patient'), value: appointment.patient.name },
                        { label: t('booked.number'), value: appointment.id },
                    ]}
                />
                <div className={styles.actions}>
                    {isAwaited && (
                        <ButtonAnchor href={calendarFile(appointment.id)} download>
                            {t('booked.calendar')}
                        </ButtonAnchor>
                    )}
                    <ButtonLink look="secondary" to="/appointments">
                        {t('booked.mine')}
                    </ButtonLink>
                </div>
            </Card>
            {isAwaited && (
                <>
                    <h2>{t('booked.next')}</h2>
                    <ul className={styles.next}>
                        {state === 'ahead' && <li>{t('booked.nextEmail')}</li>}
                        <li>{t('booked.nextSms')}</li>
                        <li>{t('booked.nextArrive')}</li>
                    </ul>
                </>
            )}
            <p>
                <ButtonLink look="quiet" to="/">
                    {t('booked.another')}
                </ButtonLink>
            </p>
        </>
    );
}
