import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate, useParams } from 'react-router';
import { AvailabilityView } from '@/features/booking/AvailabilityView';
import { Back } from '@/features/booking/Back';
import { BookingProblem } from '@/features/booking/BookingProblem';
import { DoctorStrip } from '@/features/booking/DoctorStrip';
import styles from '@/features/booking/booking.module.css';
import slotStyles from '@/features/booking/slots.module.css';
import { appointmentQuery } from '@/shared/api/appointments';
import { api, dataOf } from '@/shared/api/client';
import { hasStatus, takenInsteadOf } from '@/shared/api/errors';
import { useClinic, useDoctor } from '@/shared/api/queries';
import type { Appointment, Slot } from '@/shared/api/types';
import { useI18n } from '@/shared/i18n/i18n';
import { formatTime, hoursUntil, isDay } from '@/shared/time/clinic_time';
import { useNow } from '@/shared/time/use_now';
import { When } from '@/shared/time/When';
import { longWhen, middleWhen } from '@/shared/time/when_text';
import { Button, ButtonAnchor, ButtonLink } from '@/shared/ui/Button';
import { Dialog } from '@/shared/ui/Dialog';
import { Empty } from '@/shared/ui/Empty';
import { Facts } from '@/shared/ui/Facts';
import { Failure } from '@/shared/ui/Failure';
import { PageTitle } from '@/shared/ui/PageTitle';
import { Skeleton } from '@/shared/ui/Skeleton';

/** A new time for an appointment: the old one is given up only once the new one is secured. */
export function Reschedule() {
    const { t } = useI18n();
    const id = Number(useParams().appointmentId);
    const appointment = useQuery(appointmentQuery(id));
    const clinic = useClinic();
    const now = useNow();

    const isMissing = hasStatus(appointment.error, 404);
    const isFixed =
        appointment.data !== undefined &&
        // While the rule is not known only what has begun is fixed for certain, and the server judges the rest.
        (appointment.data.status !== 'scheduled' || hoursUntil(appointment.data.start_time, now) < (clinic?.fee_window_hours ?? 0));
    if (isMissing || isFixed) {
        return (
            <>
                <PageTitle title={t(isMissing ? 'detail.missingTitle' : 'move.notPossibleTitle')} />
                <Empty text={t(isMissing ? 'detail.missingText' : 'move.notPossibleText')}>
                    <ButtonLink to="/appointments">{t('booked.mine')}</ButtonLink>
                    {isFixed && clinic && (
                        <ButtonAnchor look="secondary" href={`tel:${clinic.phone}`}>
                            {t('app.call', { phone: clinic.phone })}
                        </ButtonAnchor>
                    )}
                </Empty>
            </>
        );
    }
    return (
        <div className={styles.page}>
            <Back to="/appointments" />
            <PageTitle title={t('move.title')} />
            {appointment.isPending && <Skeleton height="28rem" round />}
            {appointment.isError && <Failure error={appointment.error} onRetry={() => void appointment.refetch()} />}
            {appointment.data && <NewTime appointment={appointment.data} />}
        </div>
    );
}

function NewTime({ appointment }: { appointment: Appointment }) {
    const i18n = useI18n();
    const { t, locale } = i18n;
    const { date } = useParams();
    const navigate = useNavigate();
    const doctor = useDoctor(appointment.doctor.id).data;
    const [slot, setSlot] = useState<Slot | null>(null);
    const [slotsDay, setSlotsDay] = useState(date);
    const base = `/appointments/${appointment.id}/reschedule`;
    const { type, duration } = appointment;
    const day = isDay(date) ? date : undefined;
    // Another day, or none: the time that was asked about is not in question any more.
    if (slotsDay !== date) {
        setSlotsDay(date);
        setSlot(null);
    }
    return (
        <>
            <DoctorStrip doctor={doctor ?? appointment.doctor} />
            <p>{t('move.current', { when: longWhen(i18n, appointment.start_time) })}</p>
            <AvailabilityView
                doctorId={appointment.doctor.id}
                visit={{ type, duration }}
                day={day}
                changeDay={base}
                onChoose={(chosen) => void navigate(`${base}/${chosen}`)}
                renderSlot={(each) => (
                    <button type="button" className={slotStyles.slot} onClick={() => setSlot(each)}>
                        {formatTime(locale, each.start_time)}
                    </button>
                )}
            />
            {slot !== null && <MoveDialog appointment={appointment} slot={slot} base={base} onChoose={setSlot} />}
        </>
    );
}

interface DialogProps {
    appointment: Appointment;
    slot: Slot;
    base: string;
    onChoose: (slot: Slot | null) => void;
}

function MoveDialog({ appointment, slot, base, onChoose }: DialogProps) {
    const i18n = useI18n();
    const { t } = i18n;
    const navigate = useNavigate();
    const queryClient = useQueryClient();
    const moving = useMutation({
        mutationFn: () =>
            dataOf(api.PATCH('/api/appointments/{id}', { params: { path: { id: appointment.id } }, body: { start_time: slot.start_time } })),
        onSuccess: (moved) => {
            void navigate('/appointments', { state: { notice: t('move.done', { when: middleWhen(i18n, moved.start_time) }) } });
        },
        onSettled: () => {
            void queryClient.invalidateQueries({ queryKey: ['availability', appointment.doctor.id] });
            void queryClient.invalidateQueries({ queryKey: ['appointments'] });
        },
    });
    return (
        <Dialog title={t('move.confirmTitle')} isOpen isBusy={moving.isPending} onClose={() => onChoose(null)}>
            {moving.isError && (
                <BookingProblem
                    error={moving.error}
                    calendar={base}
                    details={base}
                    onChoose={(next) => {
                        moving.reset();
                        onChoose(next);
                    }}
                />
            )}
            <Facts
                facts={[
                    { label: t('move.from'), value: <When time={appointment.start_time} /> },
                    { label: t('move.to'), value: <When time={slot.start_time} /> },
                ]}
            />
            <div className={styles.actions}>
                <Button inactive={moving.isPending || takenInsteadOf(moving.error) !== undefined} onClick={() => moving.mutate()}>
                    {t(moving.isPending ? 'move.working' : 'move.confirm')}
                </Button>
                <Button look="secondary" inactive={moving.isPending} onClick={() => onChoose(null)}>
                    {t('move.keep')}
                </Button>
            </div>
        </Dialog>
    );
}
