import { useNavigate, useParams, useSearchParams } from 'react-router';
import { BookingSummary } from '@/features/booking/BookingSummary';
import { MissingStep } from '@/features/booking/MissingStep';
import { Steps } from '@/features/booking/Steps';
import { UnknownDoctor } from '@/features/booking/UnknownDoctor';
import styles from '@/features/booking/booking.module.css';
import { kForOther, readStart, readVisit, visitSearch } from '@/features/booking/visit';
import { useDoctor } from '@/shared/api/queries';
import { useI18n } from '@/shared/i18n/i18n';
import { PatientForm } from '@/shared/patient/PatientForm';
import { writeDraft } from '@/shared/patient/patient_draft';
import { useRememberedPatient } from '@/shared/patient/remembered_patient';
import { dayOf } from '@/shared/time/clinic_time';
import { useToday } from '@/shared/time/use_today';
import { Button, ButtonLink } from '@/shared/ui/Button';
import { Card } from '@/shared/ui/Card';
import { Failure } from '@/shared/ui/Failure';
import { PageTitle } from '@/shared/ui/PageTitle';
import { Skeleton } from '@/shared/ui/Skeleton';

/** Step 4: who is coming. Nothing is sent yet. */
export function BookingForm() {
    const { t } = useI18n();
    const { doctorId } = useParams();
    const [search, setSearch] = useSearchParams();
    const navigate = useNavigate();
    const today = useToday();
    const remembered = useRememberedPatient();
    const doctor = useDoctor(Number(doctorId));
    const start = readStart(search);
    const visit = readVisit(search);

    if (doctor.data === null) return <UnknownDoctor />;
    if (start === null) return <MissingStep to={`/book/${doctorId}${visitSearch(visit)}`} />;

    const forOther = search.has(kForOther);
    const confirm = `/book/${doctorId}/confirm${visitSearch(visit, { start, ...(forOther && { [kForOther]: '1' }) })}`;
    return (
        <div className={styles.page}>
            <Steps step={4} back={`/book/${doctorId}/day/${dayOf(start)}${visitSearch(visit)}`} />
            <PageTitle title={t('patient.title')}>
                <p>{t('patient.lead')}</p>
            </PageTitle>
            {doctor.isError && <Failure error={doctor.error} onRetry={() => void doctor.refetch()} />}
            <div className={styles.withSummary}>
                {remembered !== null && !forOther ? (
                    <Card>
                        <h2>{t('patient.knownTitle')}</h2>
                        <p>
                            {t('patient.known')} <strong>{remembered.name}</strong>.
                        </p>
                        <div className={styles.actions}>
                            <ButtonLink to={confirm}>{t('patient.knownContinue')}</ButtonLink>
                            <Button
                                look="secondary"
                                onClick={() => setSearch(new URLSearchParams(visitSearch(visit, { start, [kForOther]: '1' })))}
                            >
                                {t('patient.knownOther')}
                            </Button>
                        </div>
                    </Card>
                ) : today === undefined ? (
                    <Skeleton height="32rem" round />
                ) : (
                    <PatientForm
                        today={today}
                        submit={t('patient.continue')}
                        onSubmit={(entries) => {
                            writeDraft(entries);
                            void navigate(confirm);
                        }}
                    >
                        <p className={styles.note}>{t('patient.nextConfirm')}</p>
                    </PatientForm>
                )}
                <BookingSummary doctor={doctor.data} start={start} visit={visit} />
            </div>
        </div>
    );
}
