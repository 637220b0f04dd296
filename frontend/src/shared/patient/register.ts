import { api, dataOf } from '@/shared/api/client';
import { isTemporary } from '@/shared/api/errors';
import { keyOf, settle } from '@/shared/api/idempotency';
import type { NewPatient, Patient } from '@/shared/api/types';
import { rememberPatient } from '@/shared/patient/remembered_patient';

/** Registers the patient, or finds the same one again, and remembers them in this browser. */
export async function registerPatient(patient: NewPatient): Promise<Patient> {
    const intent = `patient ${JSON.stringify(patient)}`;
    try {
        const registered = await dataOf(
            api.POST('/api/patients', { body: patient, params: { header: { 'Idempotency-Key': keyOf(intent) } } }),
        );
        settle(intent);
        rememberPatient(registered);
        return registered;
    } catch (error) {
        if (!isTemporary(error)) settle(intent);
        throw error;
    }
}
