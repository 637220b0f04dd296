import { ApiError, Unreachable } from '@/shared/api/errors';
import type { MessageKey } from '@/shared/i18n/i18n';

/** The server speaks English; what it may say to a patient has a text in every catalogue. */
const kRefusals: [RegExp, MessageKey][] = [
    [/^Time slot no longer available/, 'server.taken'],
    [/^Must book at least/, 'server.soon'],
    [/^Cannot book more than/, 'server.far'],
    [/^New patient appointments require/, 'server.newPatient'],
    [/outside doctor's working hours/, 'server.hours'],
    [/^Doctor is not available on/, 'server.closed'],
    [/^Maximum \d+ waitlist entries/, 'server.waitlistFull'],
    [/^Already on the waitlist/, 'server.waitlistTwice'],
    [/^Waitlist entry is no longer waiting/, 'server.waitlistOver'],
    [/^Cannot cancel past/, 'server.cancelPast'],
    [/already cancelled/, 'server.cancelTwice'],
    [/^Cannot reschedule past/, 'server.reschedulePast'],
    [/^Cannot reschedule less than/, 'server.rescheduleLate'],
    [/^Validation failed/, 'server.validation'],
];

/** Why a change was not made, as a key of the catalogue. */
export function refusalKey(error: unknown): MessageKey {
    if (error instanceof Unreachable) return 'error.offline';
    if (error instanceof ApiError) {
        const known = kRefusals.find(([pattern]) => pattern.test(error.body.error));
        if (known) return known[1];
        if (error.isTemporary) return 'error.server';
    }
    return 'error.unknown';
}
