import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, Navigate, useNavigate, useParams, useSearchParams } from 'react-router';
import { bookAppointment } from '@/features/booking/book_appointment';
import { BookingProblem } from '@/features/booking/BookingProblem';
import { DoctorStrip } from '@/features/booking/DoctorStrip';
import { MissingStep } from '@/features/booking/MissingStep';
import { Steps } from '@/features/booking/Steps';
import { UnknownDoctor } from '@/features/booking/UnknownDoctor';
import { Where } from '@/features/booking/Where';
import styles from '@/features/booking/booking.module.css';
import { kForOther, readStart, readVisit, visitSearch } from '@/features/booking/visit';
import { takenInsteadOf } from '@/shared/api/errors';
import { useClinic, useDoctor } from '@/shared/api/queries';
import type { NewPatient } from '@/shared/api/types';
import { useI18n } from '@/shared/i18n/i18n';
import { formatMoney } from '@/shared/i18n/money';
import { formatHours } from '@/shared/i18n/span';
import { clearDraft, readDraft } from '@/shared/patient/patient_draft';
import { asNewPatient, patientSchema } from '@/shared/patient/patient_schema';
import { registerPatient } from '@/shared/patient/register';
import { rememberPatient } from '@/shared/patient/remembered_patient';
import { patientQuery, usePatient } from '@/shared/patient/use_patient';
import { addDays, dayOf, formatDate, today } from '@/shared/time/clinic_time';
import { When } from '@/shared/time/When';
import { Button } from '@/shared/ui/Button';
import { Card } from '@/shared/ui/Card';
import { Facts } from '@/shared/ui/Facts';
import { Failure } from '@/shared/ui/Failure';
import { PageTitle } from '@/shared/ui/PageTitle';
import { Skeleton } from '@/shared/ui/Skeleton';

/** Step 5: everything once more, and only then is anything sent. */
export function ConfirmBooking() {
    const { t, locale, language } = useI18n();
    const { doctorId: idText } = useParams();
    const doctorId = Number(idText);
    const [search, setSearch] = useSearchParams();
    const navigate = useNavigate();
    const queryClient = useQueryClient();
    const clinic = useClinic();
    const doctor = useDoctor(doctorId);
    const isForOther = search.has(kForOther);
    const who = useWho(isForOther);
    const start = readStart(search);
    const visit = readVisit(search);

    // Who books for somebody else remains the one whom this browser remembers.
    const register = async (entered: NewPatient) => {
        const { patient } = await registerPatient(entered, language);
        if (isForOther) return patient.id;
        queryClient.setQueryData(patientQuery(patient.id).queryKey, patient);
        rememberPatient(patient);
        return patient.id;
    };
    const booking = useMutation({
        mutationFn: async (at: string) => {
            const patientId = who.kind === 'entered' ? await register(who.patient) : who.id;
            return bookAppointment({ doctorId, patientId, start: at, ...visit });
        },
        onSuccess: (booked) => {
            clearDraft();
            void queryClient.invalidateQueries({ queryKey: ['availability', doctorId] });
            void queryClient.invalidateQueries({ queryKey: ['doctors', 'next'] });
            void queryClient.invalidateQueries({ queryKey: ['appointments'] });
            // Going back from the confirmation must not lead to booking the same once more.
            void navigate(`/appointments/${booked.id}/booked`, { replace: true });
        },
        onError: () => {
            void queryClient.invalidateQueries({ queryKey: ['availability', doctorId] });
            // The patient may be the one who is not there any more.
            void queryClient.invalidateQueries({ queryKey: ['patient'] });
        },
    });

    if (doctor.data === null) return <UnknownDoctor />;
    if (start === null) return <MissingStep to={`/book/${doctorId}${visitSearch(visit)}`} />;

    const other = isForOther ? { [kForOther]: '1' } : {};
    const calendar = `/book/${doctorId}${visitSearch(visit)}`;
    const times = `/book/${doctorId}/day/${dayOf(start)}${visitSearch(visit)}`;
    const details = `/book/${doctorId}/patient${visitSearch(visit, { start, ...other })}`;
    // Once it is sent, the entries may go before this page does.
    const isSent = booking.isPending || booking.isSuccess;
    if (who.kind === 'nobody' && !isSent) return <Navigate to={details} replace />;
    const change = (to: string, what: string) => (
        <Link to={to} aria-label={t('confirm.changeOf', { what })}>
            {t('confirm.change')}
        </Link>
    );

    return (
        <div className={styles.narrow}>
            <Steps step={5} back={details} />
            <PageTitle title={t('confirm.title')}>
                <p>{t('confirm.lead')}</p>
            </PageTitle>
            {booking.isError && (
                <BookingProblem
                    error={booking.error}
                    calendar={calendar}
                    details={details}
                    onChoose={(slot) => {
                        booking.reset();
                        setSearch(new URLSearchParams(visitSearch(visit, { start: slot.start_time, ...other })), { replace: true });
                    }}
                />
            )}
            {doctor.isError && <Failure error={doctor.error} onRetry={() => void doctor.refetch()} />}
            <Card>
                <DoctorStrip doctor={doctor.data} />
                <Facts
                    facts={[
                        { label: t('confirm.when'), value: <When time={start} />, action: change(times, t('confirm.when')) },
                        {
                            label: t('confirm.kind'),
                            value: `${t(`visit.${visit.type}`)}, ${t('visit.minutes', { count: visit.duration })}`,
                            action: change(calendar, t('confirm.kind')),
                        },
                        { label: t('confirm.where'), value: <Where /> },
                    ]}
                />
            </Card>
            <Card>
                {who.shown === undefined ? (
                    who.kind === 'remembered' && who.error !== null ? (
                        <Failure error={who.error} onRetry={() => void who.refetch()} />
                    ) : (
                        <Skeleton height="10rem" />
                    )
                ) : (
                    <Facts
                        facts={[
                            { label: t('confirm.patient'), value: who.shown.name, action: change(details, t('confirm.patient')) },
                            { label: t('patient.birth'), value: formatDate(locale, who.shown.date_of_birth) },
                            { label: t('patient.email'), value: who.shown.email },
                            { label: t('patient.phone'), value: who.shown.phone },
                        ]}
                    />
                )}
            </Card>
            {clinic && (
                <p className={styles.note}>
                    {t('confirm.fee', {
                        window: formatHours(locale, clinic.fee_window_hours),
                        fee: formatMoney(locale, clinic.fee_cents),
                    })}{' '}
                    <Link to="/cancellation-policy">{t('confirm.feePolicy')}</Link>
                </p>
            )}
            <Button wide inactive={booking.isPending || takenInsteadOf(booking.error) !== undefined} onClick={() => booking.mutate(start)}>
                {t(booking.isPending ? 'confirm.booking' : 'confirm.book')}
            </Button>
        </div>
    );
}

/** Whom the appointment is for: the one remembered by the browser, or the one just entered. */
function useWho(isForOther: boolean) {
    const { remembered, details, error, refetch } = usePatient(!isForOther);
    if (remembered !== null) return { kind: 'remembered', id: remembered.id, shown: details, error, refetch } as const;
    // Entries that are not valid have not passed the form. The clinic's day may be a day ahead of this one.
    const entries = patientSchema(addDays(today('UTC', new Date()), 1)).safeParse(readDraft());
    if (!entries.success) return { kind: 'nobody', id: 0, shown: undefined } as const;
    const patient = asNewPatient(entries.data);
    return { kind: 'entered', patient, shown: patient } as const;
}
