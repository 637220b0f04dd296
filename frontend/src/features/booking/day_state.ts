import type { Closing } from '@/shared/api/schedule';
import { dayOfWeek, type Day } from '@/shared/time/clinic_time';

export type DayState = 'free' | 'full' | 'closed' | 'past' | 'unknown';

/** The days that can be booked; the first one is today, and `clock` is what it shows at the clinic: 17:30. */
export interface Bounds {
    first: Day;
    last: Day;
    clock: string;
}

/** `free` and `closing` are undefined where they are not known. */
export function dayState(day: Day, bounds: Bounds, free: number | undefined, closing: Closing | undefined): DayState {
    if (day < bounds.first || day > bounds.last) return 'past';
    if (free !== undefined && free > 0) return 'free';
    if (closing !== undefined) {
        const end = closing.get(dayOfWeek(day));
        if (end === undefined) return 'closed';
        if (day === bounds.first && bounds.clock >= end) return 'past';
    }
    return free === undefined ? 'unknown' : 'full';
}
