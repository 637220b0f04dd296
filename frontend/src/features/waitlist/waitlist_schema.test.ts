import { describe, expect, it } from 'vitest';
import { waitlistSchema } from '@/features/waitlist/waitlist_schema';
import type { Closing } from '@/shared/api/schedule';

// A Sunday.
const kToday = '2026-11-22';
const kWeekdays: Closing = new Map([1, 2, 3, 4, 5].map((weekday) => [weekday, '18:00']));

function messages(day: string, closing: Closing | null = kWeekdays) {
    const result = waitlistSchema(kToday, closing ?? undefined).safeParse({ doctorId: '4', day, range: 'any' });
    return result.success ? [] : result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
}

describe('a wish for the waitlist', () => {
    it('is for a day on which the doctor works', () => {
        expect(messages('2026-11-23')).toEqual([]);
        expect(messages('2026-11-28')).toEqual(['day: invalid.dayClosed']);
        expect(messages('2026-11-28', null)).toEqual([]);
    });

    it('is for a day that can be booked', () => {
        expect(messages('2026-11-20')).toEqual(['day: invalid.dayRange']);
        expect(messages('2027-02-22')).toEqual(['day: invalid.dayRange']);
        expect(messages('')).toContain('day: invalid.day');
    });
});
