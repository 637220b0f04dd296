import { api, dataOf } from '@/shared/api/client';
import { once } from '@/shared/api/idempotency';
import type { NewPatient, Patient } from '@/shared/api/types';
import type { Language } from '@/shared/i18n/i18n';
import { rememberPatient } from '@/shared/patient/remembered_patient';

/**
 * Registers the patient, or finds the same one again, and remembers them in this browser. Who is new gets messages in the
 * language in which they read the page.
 */
export async function registerPatient(entered: NewPatient, language: Language): Promise<Patient> {
    const patient = { ...entered, language };
    const registered = await once(`patient ${JSON.stringify(patient)}`, (header) =>
        dataOf(api.POST('/api/patients', { body: patient, params: { header } })),
    );
    rememberPatient(registered);
    return registered;
}
