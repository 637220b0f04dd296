import type { WaitlistEntries } from '@/features/waitlist/waitlist_schema';
import { api, dataOf } from '@/shared/api/client';
import { once } from '@/shared/api/idempotency';

export function joinWaitlist(patientId: number, { doctorId, day, range }: WaitlistEntries) {
    const body = { doctor_id: Number(doctorId), patient_id: patientId, desired_date: day, preferred_time_range: range };
    return once(`waitlist ${JSON.stringify(body)}`, (header) => dataOf(api.POST('/api/waitlist', { body, params: { header } })));
}
