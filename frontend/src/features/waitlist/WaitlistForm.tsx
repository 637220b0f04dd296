import { zodResolver } from '@hookform/resolvers/zod';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useId, useMemo, useRef, useState } from 'react';
import { Controller, useForm } from 'react-hook-form';
import { useSearchParams } from 'react-router';
import { joinWaitlist } from '@/features/waitlist/join_waitlist';
import styles from '@/features/waitlist/waitlist.module.css';
import { waitlistSchema, type WaitlistEntries } from '@/features/waitlist/waitlist_schema';
import { doctorsQuery, useClinic } from '@/shared/api/queries';
import { closingQuery } from '@/shared/api/schedule';
import type { TimeRange } from '@/shared/api/types';
import { useI18n, type MessageKey } from '@/shared/i18n/i18n';
import { specialtyName } from '@/shared/i18n/specialty';
import { clearDraft } from '@/shared/patient/patient_draft';
import { PatientForm } from '@/shared/patient/PatientForm';
import { asNewPatient, type PatientEntries } from '@/shared/patient/patient_schema';
import { registerPatient } from '@/shared/patient/register';
import { forgetPatient, rememberPatient } from '@/shared/patient/remembered_patient';
import { usePatient } from '@/shared/patient/use_patient';
import { addDays, formatDay, formatLongDay, type Day } from '@/shared/time/clinic_time';
import { useToday } from '@/shared/time/use_today';
import { Button, ButtonLink } from '@/shared/ui/Button';
import { Choices } from '@/shared/ui/Choices';
import { Failure } from '@/shared/ui/Failure';
import { describedBy, Field, FieldError } from '@/shared/ui/Field';
import fieldStyles from '@/shared/ui/field.module.css';
import { Notice } from '@/shared/ui/Notice';
import { PageTitle } from '@/shared/ui/PageTitle';
import { Refusal } from '@/shared/ui/Refusal';
import { Skeleton } from '@/shared/ui/Skeleton';
import { useFocusOnFirstError } from '@/shared/ui/use_focus_on_first_error';

/** Keeps the sentence's place, unseen, until the clinic's own number is known. */
const kUsualEntries = 10;
const kRanges: TimeRange[] = ['any', 'morning', 'afternoon'];

export function WaitlistForm() {
    const { t } = useI18n();
    const today = useToday();
    const clinic = useClinic();
    const last = today && clinic && addDays(today, clinic.max_advance_days);
    const { remembered: patient, details, error } = usePatient(true);
    const isTheirs = details !== undefined || error !== null;
    return (
        <div className={styles.page}>
            <PageTitle title={t('wait.title')}>
                <p>
                    {t('wait.lead')}{' '}
                    <span className={clinic ? undefined : styles.unknown}>{t('wait.most', { count: clinic?.waitlist_max_entries ?? kUsualEntries })}</span>
                </p>
            </PageTitle>
            {(today === undefined || (patient !== null && !isTheirs)) && <Skeleton height="32rem" round />}
            {today !== undefined && patient === null && <Who today={today} />}
            {today !== undefined && patient !== null && isTheirs && <Wish key={patient.id} patient={patient} today={today} last={last} />}
        </div>
    );
}

function Who({ today }: { today: Day }) {
    const { t, language } = useI18n();
    const registering = useMutation({
        mutationFn: (entries: PatientEntries) => registerPatient(asNewPatient(entries), language),
        onSuccess: ({ patient }) => {
            clearDraft();
            rememberPatient(patient);
        },
    });
    return (
        <>
            <h2>{t('wait.whoTitle')}</h2>
            {registering.isError && <Refusal error={registering.error} />}
            <PatientForm
                today={today}
                submit={t('patient.continue')}
                isBusy={registering.isPending}
                refusal={registering.error}
                onSubmit={(entries) => registering.mutate(entries)}
            />
        </>
    );
}

interface WishProps {
    patient: { id: number; name: string };
    today: Day;
    /** undefined where it is not known how far ahead appointments go. */
    last: Day | undefined;
}

function Wish({ patient, today, last }: WishProps) {
    const i18n = useI18n();
    const { t, locale } = i18n;
    const id = useId();
    const [search] = useSearchParams();
    const queryClient = useQueryClient();
    const doctors = useQuery(doctorsQuery);
    const [doctorId, setDoctorId] = useState(search.get('doctor') ?? '');
    const closing = useQuery({ ...closingQuery(Number(doctorId)), enabled: Number(doctorId) > 0 }).data;
    const resolver = useMemo(() => zodResolver(waitlistSchema(today, last, closing)), [today, last, closing]);
    const form = useForm<WaitlistEntries>({
        resolver,
        shouldFocusError: false,
        defaultValues: { doctorId, day: search.get('date') ?? '', range: 'any' },
    });
    const { errors } = form.formState;
    const joining = useMutation({
        mutationFn: (entries: WaitlistEntries) => joinWaitlist(patient.id, entries),
        onSuccess: () => void queryClient.invalidateQueries({ queryKey: ['waiting'] }),
    });
    const element = useRef<HTMLFormElement>(null);
    useFocusOnFirstError(element, form.formState.submitCount, null);
    const say = (message: string | undefined) => (message === undefined ? undefined : t(message as MessageKey, { last: last === undefined ? '' : formatLongDay(locale, last) }));

    if (doctors.isPending) return <Skeleton height="32rem" round />;
    if (doctors.isError) return <Failure error={doctors.error} onRetry={() => void doctors.refetch()} />;
    if (joining.isSuccess) {
        const name = doctors.data.find((doctor) => String(doctor.id) === joining.variables.doctorId)?.name ?? '';
        return (
            <>
                <Notice kind="success" title={t('wait.done')}>
                    <p>{t('wait.doneText', { name, day: formatDay(locale, joining.variables.day) })}</p>
                </Notice>
                <p>
                    <ButtonLink to="/appointments">{t('booked.mine')}</ButtonLink>
                </p>
            </>
        );
    }
    const doctorError = say(errors.doctorId?.message);
    return (
        <form ref={element} className={styles.form} noValidate onSubmit={(event) => void form.handleSubmit((entries) => joining.mutate(entries))(event)}>
            <p className={styles.who}>
                <strong>{t('wait.forYou', { name: patient.name })}</strong>
                <Button look="quiet" onClick={forgetPatient}>
                    {t('mine.forget')}
                </Button>
            </p>
            {joining.isError && <Refusal error={joining.error} />}
            <div className={fieldStyles.field}>
                <label htmlFor={id} className={fieldStyles.label}>
                    {t('wait.doctor')}
                </label>
                <FieldError id={`${id}-error`} error={doctorError} />
                <select
                    id={id}
                    className={fieldStyles.input}
                    aria-invalid={doctorError !== undefined}
                    aria-describedby={describedBy(id, undefined, doctorError)}
                    {...form.register('doctorId', { onChange: (event: { target: HTMLSelectElement }) => setDoctorId(event.target.value), deps: ['day'] })}
                >
                    <option value="">{t('wait.chooseDoctor')}</option>
                    {doctors.data.map((doctor) => (
                        <option key={doctor.id} value={doctor.id}>
                            {doctor.name}, {specialtyName(i18n, doctor.specialty)}
                        </option>
                    ))}
                </select>
            </div>
            <Field
                label={t('wait.day')}
                type="date"
                min={today}
                max={last}
                error={say(errors.day?.message)}
                {...form.register('day')}
            />
            <Controller
                control={form.control}
                name="range"
                render={({ field }) => (
                    <Choices
                        legend={t('wait.range')}
                        look="cards"
                        value={field.value}
                        choices={kRanges.map((range) => ({ value: range, label: t(`wait.${range}`), hint: t(`wait.${range}Hint`) }))}
                        onChange={field.onChange}
                    />
                )}
            />
            <Button type="submit" inactive={joining.isPending}>
                {t(joining.isPending ? 'wait.joining' : 'wait.join')}
            </Button>
        </form>
    );
}
