import * as z from 'zod/mini';
import { says, type MessageKey } from '@/shared/i18n/i18n';
import { isDay, type Day } from '@/shared/time/clinic_time';
import type { NewPatient } from '@/shared/api/types';

// Wider than any address in use, and without the rules that refuse real ones.
const kEmail = /^[^\s@,;<>"]+@[^\s@,;<>"]+\.[^\s@.,;<>"]{2,}$/;

/** What the form holds: a date of birth is three entries, each typed as it comes. */
export function patientSchema(today: Day) {
    return z.object({
        name: z.string().check(z.trim(), z.minLength(1, says('invalid.name')), z.maxLength(100, says('invalid.nameLong'))),
        email: z
            .string()
            .check(z.trim(), z.minLength(1, says('invalid.emailMissing')), z.maxLength(254, says('invalid.email')), z.regex(kEmail, says('invalid.email'))),
        phone: z.string().check(z.minLength(1, says('invalid.phoneMissing')), z.regex(/^\d{3}-\d{3}-\d{4}$/, says('invalid.phone'))),
        birth: z.object({ day: z.string(), month: z.string(), year: z.string() }).check((context) => {
            const problem = birthProblem(context.value, today);
            if (problem !== undefined) {
                context.issues.push({ code: 'custom', input: context.value, path: ['year'], message: problem });
            }
        }),
    });
}

export type PatientEntries = z.infer<ReturnType<typeof patientSchema>>;

export const kNoEntries: PatientEntries = { name: '', email: '', phone: '', birth: { day: '', month: '', year: '' } };

/** Nobody is older: an entry like 1056 is a slip. */
const kOldestYears = 125;

function birthProblem(birth: PatientEntries['birth'], today: Day): MessageKey | undefined {
    if (birth.day.trim() === '' && birth.month.trim() === '' && birth.year.trim() === '') return 'invalid.birthMissing';
    const day = birthDay(birth);
    if (!isDay(day)) return 'invalid.birth';
    if (day >= today) return 'invalid.birthFuture';
    return Number(today.slice(0, 4)) - Number(day.slice(0, 4)) > kOldestYears ? 'invalid.birth' : undefined;
}

function birthDay({ day, month, year }: PatientEntries['birth']): string {
    return [year.trim().padStart(4, '0'), month.trim().padStart(2, '0'), day.trim().padStart(2, '0')].join('-');
}

/** What the API takes, of valid entries. */
export function asNewPatient(entries: PatientEntries): NewPatient {
    return {
        name: entries.name.trim().replace(/\s+/g, ' '),
        email: entries.email.trim(),
        phone: entries.phone,
        date_of_birth: birthDay(entries.birth),
    };
}
