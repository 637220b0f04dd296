import { useEffect, useId, useMemo, useRef, type ReactNode } from 'react';
import { zodResolver } from '@hookform/resolvers/zod';
import { useForm, type FieldPath } from 'react-hook-form';
import { hasStatus } from '@/shared/api/errors';
import { useI18n, type MessageKey } from '@/shared/i18n/i18n';
import { BirthDate } from '@/shared/patient/BirthDate';
import { readDraft, writeDraft } from '@/shared/patient/patient_draft';
import { patientSchema, type PatientEntries } from '@/shared/patient/patient_schema';
import styles from '@/shared/patient/patient_form.module.css';
import { caretAfter, formatPhone } from '@/shared/patient/phone';
import { Button } from '@/shared/ui/Button';
import { Field } from '@/shared/ui/Field';
import { Notice } from '@/shared/ui/Notice';
import { useFocusOnFirstError } from '@/shared/ui/use_focus_on_first_error';

interface Props {
    /** A day of the clinic's calendar: who is born after it does not exist yet. */
    today: string;
    submit: string;
    isBusy?: boolean;
    /** What the server said to the entries; its fields get their messages. */
    refusal?: unknown;
    onSubmit: (entries: PatientEntries) => void;
    children?: ReactNode;
}

const kServerFields: Record<string, FieldPath<PatientEntries>> = {
    name: 'name',
    email: 'email',
    phone: 'phone',
    date_of_birth: 'birth.year',
};

export function PatientForm({ today, submit, isBusy = false, refusal, onSubmit, children }: Props) {
    const { t } = useI18n();
    const heading = useId();
    const resolver = useMemo(() => zodResolver(patientSchema(today)), [today]);
    const form = useForm<PatientEntries>({ defaultValues: readDraft(), resolver, shouldFocusError: false });
    const { errors } = form.formState;
    const element = useRef<HTMLFormElement>(null);

    useEffect(() => form.subscribe({ formState: { values: true }, callback: ({ values }) => writeDraft(values) }), [form]);

    useEffect(() => {
        if (!hasStatus(refusal, 400)) return;
        for (const { field } of refusal.body.details ?? []) {
            const path = kServerFields[field];
            if (path) form.setError(path, { message: 'invalid.server' satisfies MessageKey });
        }
    }, [form, refusal]);

    useFocusOnFirstError(element, form.formState.submitCount, refusal);

    const say = (message: string | undefined) => (message === undefined ? undefined : t(message as MessageKey));
    const count = [errors.name, errors.email, errors.phone, errors.birth].filter(Boolean).length;

    const phone = form.register('phone', {
        onChange: (event: { target: HTMLInputElement }) => {
            const input = event.target;
            const before = input.value.slice(0, input.selectionStart ?? input.value.length);
            const formatted = formatPhone(input.value);
            input.value = formatted;
            form.setValue('phone', formatted, { shouldValidate: form.formState.isSubmitted });
            const caret = caretAfter(formatted, before);
            input.setSelectionRange(caret, caret);
        },
    });

    return (
        <form ref={element} className={styles.form} noValidate aria-labelledby={heading} onSubmit={(event) => void form.handleSubmit(onSubmit)(event)}>
            <h2 id={heading} className="visually-hidden">
                {t('patient.title')}
            </h2>
            {form.formState.isSubmitted && count > 0 && <Notice kind="error" title={t('patient.check', { count })} />}
            <Field
                label={t('patient.name')}
                hint={t('patient.nameHint')}
                autoComplete="name"
                error={say(errors.name?.message)}
                {...form.register('name')}
            />
            <BirthDate register={form.register} error={say(errors.birth?.year?.message)} />
            <Field
                label={t('patient.email')}
                hint={t('patient.emailHint')}
                type="email"
                autoComplete="email"
                spellCheck={false}
                error={say(errors.email?.message)}
                {...form.register('email')}
            />
            <Field
                label={t('patient.phone')}
                hint={t('patient.phoneHint')}
                type="tel"
                autoComplete="tel-national"
                error={say(errors.phone?.message)}
                {...phone}
            />
            {children}
            <Button type="submit" inactive={isBusy}>
                {submit}
            </Button>
        </form>
    );
}
