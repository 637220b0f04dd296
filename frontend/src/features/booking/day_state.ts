import { dayOfWeek, type Day } from '@/shared/time/clinic_time';

export type DayState = 'free' | 'full' | 'closed' | 'past' | 'unknown';

/** `free` and `workingDays` are undefined where they are not known. */
export function dayState(
    day: Day,
    bounds: { first: Day; last: Day },
    free: number | undefined,
    workingDays: Set<number> | undefined,
): DayState {
    if (day < bounds.first || day > bounds.last) return 'past';
    if (free !== undefined && free > 0) return 'free';
    if (workingDays !== undefined && !workingDays.has(dayOfWeek(day))) return 'closed';
    return free === undefined ? 'unknown' : 'full';
}
