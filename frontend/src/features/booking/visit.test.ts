import { describe, expect, it } from 'vitest';
import { dayState } from '@/features/booking/day_state';
import { readStart, readVisit, visitOf, visitSearch } from '@/features/booking/visit';

const search = (text: string) => new URLSearchParams(text);

describe('a visit in the address', () => {
    it('is read as it was written', () => {
        const visit = { type: 'follow-up', duration: 15 } as const;
        const written = visitSearch(visit, { start: '2026-12-01T09:00:00-05:00' });
        expect(readVisit(search(written))).toEqual(visit);
        expect(readStart(search(written))).toBe('2026-12-01T09:00:00-05:00');
    });

    it('is a sensible one, whatever the address says', () => {
        expect(readVisit(search(''))).toEqual({ type: 'standard', duration: 30 });
        expect(readVisit(search('type=surgery&duration=45'))).toEqual({ type: 'standard', duration: 30 });
    });

    it('of a new patient takes an hour', () => {
        expect(visitOf('new-patient', 15).duration).toBe(60);
        expect(readVisit(search('type=new-patient&duration=15')).duration).toBe(60);
    });

    it.each(['', 'start=now', 'start=2026-02-30T09:00:00-05:00', 'start=2026-12-01T09:00'])('has no time in "%s"', (text) => {
        expect(readStart(search(text))).toBeNull();
    });
});

describe('a day of the calendar', () => {
    const bounds = { first: '2026-11-23', last: '2027-02-20', clock: '17:30' };
    const weekdays = new Map([1, 2, 3, 4, 5].map((weekday) => [weekday, weekday === 1 ? '17:30' : '18:00']));

    it.each([
        ['2026-11-22', 5, weekdays, 'past'],
        ['2027-02-21', 5, weekdays, 'past'],
        ['2026-11-24', 5, weekdays, 'free'],
        ['2026-11-24', 0, weekdays, 'full'],
        ['2026-11-28', 0, weekdays, 'closed'],
        // Today, and the doctor has gone home: nobody can cancel any more.
        ['2026-11-23', 0, weekdays, 'past'],
        ['2026-11-24', undefined, weekdays, 'unknown'],
        ['2026-11-28', 0, undefined, 'full'],
        // A policy may offer a time outside of the week's plan: what can be booked is never called closed.
        ['2026-11-28', 1, weekdays, 'free'],
    ] as const)('%s with %s free times is %4$s', (day, free, working, state) => {
        expect(dayState(day, bounds, free, working)).toBe(state);
    });
});
