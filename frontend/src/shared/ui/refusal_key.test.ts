import { describe, expect, it } from 'vitest';
import { ApiError, isTemporary, Unreachable } from '@/shared/api/errors';
import { refusalKey } from '@/shared/ui/refusal_key';

const refused = (status: number, error: string) => new ApiError(status, { error });

describe('a refusal', () => {
    it.each([
        [409, 'Time slot no longer available', 'server.taken'],
        [400, 'Must book at least 2 hours in advance', 'server.soon'],
        [400, 'Cannot book more than 90 days in advance', 'server.far'],
        [400, 'New patient appointments require 60-minute slots', 'server.newPatient'],
        [400, "Selected time is outside doctor's working hours", 'server.hours'],
        [400, 'Doctor is not available on weekends', 'server.closed'],
        [400, 'Maximum 3 waitlist entries allowed', 'server.waitlistFull'],
        [409, 'Already on the waitlist for this date', 'server.waitlistTwice'],
        [409, 'Waitlist entry is no longer waiting', 'server.waitlistOver'],
        [400, 'Cannot cancel past appointments', 'server.cancelPast'],
        [409, 'Appointment is already cancelled', 'server.cancelTwice'],
        [400, 'Cannot reschedule past appointments', 'server.reschedulePast'],
        [400, 'Cannot reschedule less than 24 hours before the appointment', 'server.rescheduleLate'],
        [500, 'Internal server error', 'error.server'],
        [418, 'Something new', 'error.unknown'],
    ])('%i %s has a text', (status, error, key) => {
        expect(refusalKey(refused(status, error))).toBe(key);
    });

    it('is no refusal where no answer came', () => {
        expect(refusalKey(new Unreachable(null))).toBe('error.offline');
    });

    it('of an equal request that is still under way is none either: its outcome is not known yet', () => {
        const underWay = refused(409, 'A request with this Idempotency-Key is under way');
        expect(isTemporary(underWay)).toBe(true);
        expect(refusalKey(underWay)).toBe('error.server');
    });

    it('may be asked again only where the server or the network failed', () => {
        expect(isTemporary(new Unreachable(null))).toBe(true);
        expect(isTemporary(refused(503, ''))).toBe(true);
        expect(isTemporary(refused(409, ''))).toBe(false);
    });
});
