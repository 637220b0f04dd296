import { useMutation } from '@tanstack/react-query';
import styles from '@/features/dashboard/dashboard.module.css';
import { hasStatus } from '@/shared/api/errors';
import { useI18n } from '@/shared/i18n/i18n';
import { clearDraft } from '@/shared/patient/patient_draft';
import { PatientForm } from '@/shared/patient/PatientForm';
import { asNewPatient, type PatientEntries } from '@/shared/patient/patient_schema';
import { registerPatient } from '@/shared/patient/register';
import { rememberPatient } from '@/shared/patient/remembered_patient';
import { useToday } from '@/shared/time/use_today';
import { ButtonLink } from '@/shared/ui/Button';
import { IntoView } from '@/shared/ui/IntoView';
import { Notice } from '@/shared/ui/Notice';
import { PageTitle } from '@/shared/ui/PageTitle';
import { Refusal } from '@/shared/ui/Refusal';
import { Skeleton } from '@/shared/ui/Skeleton';

/** The same person is the one of the same name, email and date of birth: so these are what the portal asks for. */
export function SignIn() {
    const { t, language } = useI18n();
    const today = useToday();
    const finding = useMutation({
        mutationFn: (entries: PatientEntries) => registerPatient(asNewPatient(entries), language),
        onSuccess: ({ patient, isNew }) => {
            // A slip would else lead to an empty list, as if the appointments were gone.
            if (isNew) return;
            clearDraft();
            rememberPatient(patient);
        },
    });
    return (
        <div className={styles.page}>
            <PageTitle title={t('mine.signTitle')}>
                <p>{t('mine.signText')}</p>
            </PageTitle>
            {finding.isError && !hasStatus(finding.error, 400) && <Refusal error={finding.error} />}
            {finding.data?.isNew && (
                <IntoView of={finding.data}>
                    <Notice kind="error" title={t('mine.unknownTitle')}>
                        <p>{t('mine.unknownText')}</p>
                        <ButtonLink look="secondary" to="/">
                            {t('error.toDoctors')}
                        </ButtonLink>
                    </Notice>
                </IntoView>
            )}
            {today === undefined ? (
                <Skeleton height="32rem" round />
            ) : (
                <PatientForm
                    today={today}
                    submit={t('mine.signButton')}
                    isBusy={finding.isPending}
                    refusal={finding.error}
                    onSubmit={(entries) => finding.mutate(entries)}
                >
                    <p className={styles.note}>{t('mine.remembered')}</p>
                </PatientForm>
            )}
        </div>
    );
}
