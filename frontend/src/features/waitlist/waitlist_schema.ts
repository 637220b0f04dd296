import * as z from 'zod/mini';
import type { MessageKey } from '@/shared/i18n/i18n';
import { addDays, isDay, type Day } from '@/shared/time/clinic_time';

const says = (key: MessageKey): MessageKey => key;

/** As far ahead as appointments can be booked. */
export const kMaxWaitDays = 90;

export function waitlistSchema(today: Day) {
    const isWithin = (day: string) => isDay(day) && day >= today && day <= addDays(today, kMaxWaitDays);
    return z.object({
        doctorId: z.string().check(z.regex(/^[1-9]\d*$/, says('invalid.doctor'))),
        day: z.string().check(z.minLength(1, says('invalid.day')), z.refine(isWithin, says('invalid.dayRange'))),
        range: z.enum(['any', 'morning', 'afternoon']),
    });
}

export type WaitlistEntries = z.infer<ReturnType<typeof waitlistSchema>>;
