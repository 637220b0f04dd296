import { api, dataOf } from '@/shared/api/client';
import { once } from '@/shared/api/idempotency';
import type { NewPatient, Patient } from '@/shared/api/types';
import { rememberPatient } from '@/shared/patient/remembered_patient';

/** Registers the patient, or finds the same one again, and remembers them in this browser. */
export async function registerPatient(patient: NewPatient): Promise<Patient> {
    const registered = await once(`patient ${JSON.stringify(patient)}`, (header) =>
        dataOf(api.POST('/api/patients', { body: patient, params: { header } })),
    );
    rememberPatient(registered);
    return registered;
}
