import { useId } from 'react';
import type { UseFormRegister } from 'react-hook-form';
import { useI18n } from '@/shared/i18n/i18n';
import type { PatientEntries } from '@/shared/patient/patient_schema';
import styles from '@/shared/patient/patient_form.module.css';
import { dateOrder, formatDate } from '@/shared/time/clinic_time';
import { FieldError } from '@/shared/ui/Field';

interface Props {
    register: UseFormRegister<PatientEntries>;
    error: string | undefined;
}

const kExample = '1956-03-27';
const kLabels = { day: 'patient.day', month: 'patient.month', year: 'patient.year' } as const;
const kAutoComplete = { day: 'bday-day', month: 'bday-month', year: 'bday-year' } as const;

/** Three plain entries, in the order of the language: a calendar is no way to a year seventy years back. */
export function BirthDate({ register, error }: Props) {
    const { t, locale } = useI18n();
    const id = useId();
    const example = exampleFor(locale);
    return (
        <fieldset aria-describedby={error === undefined ? `${id}-hint` : `${id}-hint ${id}-error`}>
            <legend className={styles.legend}>{t('patient.birth')}</legend>
            <p id={`${id}-hint`} className={styles.hint}>
                {t('patient.birthHint', { example })}
            </p>
            <FieldError id={`${id}-error`} error={error} />
            <div className={styles.birth}>
                {dateOrder(locale).map((part) => (
                    <label key={part} className={styles[part]}>
                        <span>{t(kLabels[part])}</span>
                        <input
                            inputMode="numeric"
                            autoComplete={kAutoComplete[part]}
                            maxLength={part === 'year' ? 4 : 2}
                            aria-invalid={error !== undefined}
                            // The three are judged together, and the verdict stands at the year.
                            {...register(`birth.${part}`, { deps: ['birth.year'] })}
                        />
                    </label>
                ))}
            </div>
        </fieldset>
    );
}

/** "3 27 1956 (March 27, 1956)": the digits as in the three boxes, and what they mean. */
function exampleFor(locale: string): string {
    const [year = '', month = '', day = ''] = kExample.split('-');
    const parts = { year, month: String(Number(month)), day };
    const digits = dateOrder(locale)
        .map((part) => parts[part])
        .join(' ');
    return `${digits} (${formatDate(locale, kExample)})`;
}
