import { describe, expect, it } from 'vitest';
import { en } from '@/shared/i18n/en';
import { fill, type I18n } from '@/shared/i18n/i18n';
import { longWhen, shortWhen } from '@/shared/time/when_text';

const english: I18n = {
    language: 'en',
    locale: 'en-US',
    setLanguage: () => undefined,
    t: (key, values) => fill('en-US', en[key], values),
};

describe('when', () => {
    // Ten at night in New York; in London it is tomorrow already.
    const now = new Date('2026-12-01T22:00:00-05:00');

    it('is today or tomorrow by the calendar of the clinic', () => {
        expect(shortWhen(english, '2026-12-01T23:30:00-05:00', now)).toBe('today, 11:30 PM');
        expect(shortWhen(english, '2026-12-02T09:00:00-05:00', now)).toBe('tomorrow, 9:00 AM');
        expect(shortWhen(english, '2026-12-03T09:00:00-05:00', now)).toBe('Thu, Dec 3, 9:00 AM');
    });

    it('has every part where it must not be mistaken', () => {
        expect(longWhen(english, '2026-03-10T09:00:00-04:00')).toBe('Tuesday, March 10, 2026, 9:00 AM');
    });
});
