import * as z from 'zod/mini';
import type { Closing } from '@/shared/api/schedule';
import type { MessageKey } from '@/shared/i18n/i18n';
import { addDays, dayOfWeek, isDay, type Day } from '@/shared/time/clinic_time';

const says = (key: MessageKey): MessageKey => key;

/** As far ahead as appointments can be booked. */
export const kMaxWaitDays = 90;

/** `closing` is the chosen doctor's, undefined where it is not known. */
export function waitlistSchema(today: Day, closing: Closing | undefined) {
    const isWithin = (day: string) => isDay(day) && day >= today && day <= addDays(today, kMaxWaitDays);
    const isOpen = (day: string) => closing === undefined || !isDay(day) || closing.has(dayOfWeek(day));
    return z.object({
        doctorId: z.string().check(z.regex(/^[1-9]\d*$/, says('invalid.doctor'))),
        day: z
            .string()
            .check(z.minLength(1, says('invalid.day')), z.refine(isWithin, says('invalid.dayRange')), z.refine(isOpen, says('invalid.dayClosed'))),
        range: z.enum(['any', 'morning', 'afternoon']),
    });
}

export type WaitlistEntries = z.infer<ReturnType<typeof waitlistSchema>>;
