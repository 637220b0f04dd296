import { api, dataOf } from '@/shared/api/client';
import { isTemporary } from '@/shared/api/errors';
import { keyOf, settle } from '@/shared/api/idempotency';
import type { Visit } from '@/features/booking/visit';

export interface Booking extends Visit {
    doctorId: number;
    patientId: number;
    start: string;
}

/** Books once, however often it is called: a repeated attempt carries the same key until the server has answered. */
export async function bookAppointment({ doctorId, patientId, start, duration, type }: Booking) {
    const body = { doctor_id: doctorId, patient_id: patientId, start_time: start, duration, type };
    const intent = `booking ${JSON.stringify(body)}`;
    try {
        const booked = await dataOf(api.POST('/api/appointments', { body, params: { header: { 'Idempotency-Key': keyOf(intent) } } }));
        settle(intent);
        return booked;
    } catch (error) {
        if (!isTemporary(error)) settle(intent);
        throw error;
    }
}
