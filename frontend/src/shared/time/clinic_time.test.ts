import { describe, expect, it } from 'vitest';
import {
    addDays,
    clock,
    dateOrder,
    dayOf,
    dayOfWeek,
    formatLongDay,
    formatTime,
    hoursUntil,
    isDay,
    isMorning,
    monthOf,
    today,
    todayAt,
    zoneName,
} from '@/shared/time/clinic_time';

// The suite runs with TZ=Pacific/Auckland (package.json): whatever looks at the browser's zone is wrong here.
describe('a time as the clinic wrote it', () => {
    it('is shown as written, whatever the zone of the browser', () => {
        expect(new Date(2026, 0, 1).getTimezoneOffset()).not.toBe(0);
        expect(formatTime('en-US', '2026-03-10T09:00:00-04:00')).toBe('9:00 AM');
        expect(formatTime('en-US', '2026-12-01T17:30:00-05:00')).toBe('5:30 PM');
        expect(formatTime('en-US', '2026-12-01T00:15:00+13:00')).toBe('12:15 AM');
        expect(dayOf('2026-12-01T23:45:00-05:00')).toBe('2026-12-01');
    });

    it('keeps its wall clock through both clock changes', () => {
        // New York, 2026: clocks go forward on March 8 at 2:00 and back on November 1 at 2:00.
        expect(formatTime('en-US', '2026-03-08T03:00:00-04:00')).toBe('3:00 AM');
        expect(formatTime('en-US', '2026-11-01T01:30:00-04:00')).toBe('1:30 AM');
        expect(formatTime('en-US', '2026-11-01T01:30:00-05:00')).toBe('1:30 AM');
        expect(hoursUntil('2026-11-01T01:30:00-05:00', new Date('2026-11-01T01:30:00-04:00'))).toBe(1);
    });

    it('is worded in Spanish', () => {
        expect(formatTime('es-US', '2026-03-10T09:00:00-04:00')).toMatch(/^9:00\sa\.\s?m\.$/);
        expect(formatLongDay('es-US', '2026-03-10')).toBe('martes, 10 de marzo de 2026');
    });

    it('is a morning until noon, and not at noon', () => {
        expect(isMorning('2026-03-10T11:59:00-04:00')).toBe(true);
        expect(isMorning('2026-03-10T12:00:00-04:00')).toBe(false);
    });
});

describe('the day of today', () => {
    // Half past three in the morning of the 2nd in London, and still the 1st in New York.
    const now = new Date('2026-12-02T03:30:00Z');

    it('is the one of the clinic', () => {
        expect(today('America/New_York', now)).toBe('2026-12-01');
        expect(today('Europe/London', now)).toBe('2026-12-02');
        expect(today('Asia/Tokyo', now)).toBe('2026-12-02');
    });

    it('comes with the clock of the clinic', () => {
        expect(clock('America/New_York', now)).toBe('22:30');
        expect(clock('Europe/London', now)).toBe('03:30');
        expect(clock('Europe/London', new Date('2026-12-02T00:00:00Z'))).toBe('00:00');
    });

    it('can be told from the offset of a time too', () => {
        expect(todayAt('2026-12-09T09:00:00-05:00', now)).toBe('2026-12-01');
        expect(todayAt('2026-12-09T09:00:00+09:00', now)).toBe('2026-12-02');
        expect(todayAt('2026-12-09T09:00:00Z', now)).toBe('2026-12-02');
    });
});

describe('days', () => {
    it('are counted across months, leap days and clock changes', () => {
        expect(addDays('2028-02-28', 1)).toBe('2028-02-29');
        expect(addDays('2026-12-31', 1)).toBe('2027-01-01');
        expect(addDays('2026-03-07', 2)).toBe('2026-03-09');
        expect(addDays('2026-03-01', -1)).toBe('2026-02-28');
    });

    it('have a month with a first and a last one', () => {
        expect(monthOf('2026-11-22')).toEqual(['2026-11-01', '2026-11-30']);
        expect(monthOf('2026-12-31')).toEqual(['2026-12-01', '2026-12-31']);
        expect(monthOf('2028-02-01')).toEqual(['2028-02-01', '2028-02-29']);
    });

    it('exist or not', () => {
        expect(isDay('2028-02-29')).toBe(true);
        expect(isDay('2026-02-29')).toBe(false);
        expect(isDay('2026-13-01')).toBe(false);
        expect(isDay('26-1-1')).toBe(false);
        expect(isDay(undefined)).toBe(false);
    });

    it('have the weekday that the API counts', () => {
        expect(dayOfWeek('2026-11-22')).toBe(0);
        expect(dayOfWeek('2026-11-28')).toBe(6);
    });
});

describe('locales', () => {
    it('name the zone of the clinic', () => {
        expect(zoneName('en-US', 'America/New_York')).toBe('Eastern Time');
        expect(zoneName('es-US', 'America/New_York')).toBe('hora oriental');
    });

    it('order a date of birth', () => {
        expect(dateOrder('en-US')).toEqual(['month', 'day', 'year']);
        expect(dateOrder('es-ES')).toEqual(['day', 'month', 'year']);
    });
});
