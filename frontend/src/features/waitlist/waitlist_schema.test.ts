import { describe, expect, it } from 'vitest';
import { waitlistSchema } from '@/features/waitlist/waitlist_schema';
import type { Closing } from '@/shared/api/schedule';
import type { Day } from '@/shared/time/clinic_time';

// A Sunday.
const kToday = '2026-11-22';
const kKnown: { last: Day; closing: Closing } = { last: '2027-02-20', closing: new Map([1, 2, 3, 4, 5].map((weekday) => [weekday, '18:00'])) };

function messages(day: string, { last, closing }: Partial<typeof kKnown> = kKnown) {
    const result = waitlistSchema(kToday, last, closing).safeParse({ doctorId: '4', day, range: 'any' });
    return result.success ? [] : result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
}

describe('a wish for the waitlist', () => {
    it('is for a day on which the doctor works', () => {
        expect(messages('2026-11-23')).toEqual([]);
        expect(messages('2026-11-28')).toEqual(['day: invalid.dayClosed']);
        expect(messages('2026-11-28', { last: kKnown.last })).toEqual([]);
    });

    it('is for a day that can be booked', () => {
        expect(messages('2026-11-20')).toEqual(['day: invalid.dayPast']);
        expect(messages('2027-02-19')).toEqual([]);
        expect(messages('2027-02-22')).toEqual(['day: invalid.dayFar']);
        expect(messages('2027-02-22', { closing: kKnown.closing })).toEqual([]);
        expect(messages('')).toEqual(['day: invalid.day']);
    });
});
