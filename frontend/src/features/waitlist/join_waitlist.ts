import type { WaitlistEntries } from '@/features/waitlist/waitlist_schema';
import { api, dataOf } from '@/shared/api/client';
import { isTemporary } from '@/shared/api/errors';
import { keyOf, settle } from '@/shared/api/idempotency';

export async function joinWaitlist(patientId: number, { doctorId, day, range }: WaitlistEntries) {
    const body = { doctor_id: Number(doctorId), patient_id: patientId, desired_date: day, preferred_time_range: range };
    const intent = `waitlist ${JSON.stringify(body)}`;
    try {
        const entry = await dataOf(api.POST('/api/waitlist', { body, params: { header: { 'Idempotency-Key': keyOf(intent) } } }));
        settle(intent);
        return entry;
    } catch (error) {
        if (!isTemporary(error)) settle(intent);
        throw error;
    }
}
