import type { Duration, VisitType } from '@/shared/api/types';
import { isDay } from '@/shared/time/clinic_time';

/** What the patient has chosen so far. It lives in the address, so that a reload and the back button lose nothing. */
export interface Visit {
    type: VisitType;
    duration: Duration;
}

export const kVisitTypes: VisitType[] = ['standard', 'follow-up', 'new-patient'];
export const kDurations: Duration[] = [15, 30, 60];

/** A first visit always takes an hour. */
export function visitOf(type: VisitType, duration: Duration): Visit {
    return { type, duration: type === 'new-patient' ? 60 : duration };
}

/** Whatever an address holds, a valid visit comes out. */
export function readVisit(search: URLSearchParams): Visit {
    const type = kVisitTypes.find((each) => each === search.get('type')) ?? 'standard';
    const duration = kDurations.find((each) => String(each) === search.get('duration')) ?? 30;
    return visitOf(type, duration);
}

export function visitSearch({ type, duration }: Visit, more: Record<string, string> = {}): string {
    return `?${new URLSearchParams({ type, duration: String(duration), ...more }).toString()}`;
}

export const writeVisit = (visit: Visit): URLSearchParams => new URLSearchParams(visitSearch(visit));

/** The chosen time, as the API wrote it; null where an address holds none. */
export function readStart(search: URLSearchParams): string | null {
    const start = search.get('start');
    if (start === null || !/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(Z|[+-]\d{2}:\d{2})$/.test(start)) return null;
    return isDay(start.slice(0, 10)) ? start : null;
}

/** In the address of steps 4 and 5: not for the patient whom the browser remembers. */
export const kForOther = 'other';
