import * as z from 'zod/mini';
import type { Closing } from '@/shared/api/schedule';
import { says } from '@/shared/i18n/i18n';
import { dayOfWeek, isDay, type Day } from '@/shared/time/clinic_time';

/** `last` is the last day that can be booked, and `closing` the chosen doctor's: each undefined where it is not known. */
export function waitlistSchema(today: Day, last: Day | undefined, closing: Closing | undefined) {
    const isAhead = (day: string) => !isDay(day) || day >= today;
    const isNear = (day: string) => !isDay(day) || last === undefined || day <= last;
    const isOpen = (day: string) => closing === undefined || !isDay(day) || closing.has(dayOfWeek(day));
    return z.object({
        doctorId: z.string().check(z.regex(/^[1-9]\d*$/, says('invalid.doctor'))),
        day: z
            .string()
            .check(
                z.refine(isDay, says('invalid.day')),
                z.refine(isAhead, says('invalid.dayPast')),
                z.refine(isNear, says('invalid.dayFar')),
                z.refine(isOpen, says('invalid.dayClosed')),
            ),
        range: z.enum(['any', 'morning', 'afternoon']),
    });
}

export type WaitlistEntries = z.infer<ReturnType<typeof waitlistSchema>>;
