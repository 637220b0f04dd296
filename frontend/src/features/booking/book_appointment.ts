import { api, dataOf } from '@/shared/api/client';
import { once } from '@/shared/api/idempotency';
import type { Visit } from '@/features/booking/visit';

export interface Booking extends Visit {
    doctorId: number;
    patientId: number;
    start: string;
}

export function bookAppointment({ doctorId, patientId, start, duration, type }: Booking) {
    const body = { doctor_id: doctorId, patient_id: patientId, start_time: start, duration, type };
    return once(`booking ${JSON.stringify(body)}`, (header) => dataOf(api.POST('/api/appointments', { body, params: { header } })));
}
