import { api, dataOf } from '@/shared/api/client';
import { once } from '@/shared/api/idempotency';
import type { NewPatient, Patient } from '@/shared/api/types';
import type { Language } from '@/shared/i18n/i18n';

interface Registered {
    patient: Patient;
    /** The clinic knew nobody of this name, email and date of birth. */
    isNew: boolean;
}

/** Registers the patient, or finds the same one again. Who is new gets messages in the language in which they read the page. */
export async function registerPatient(entered: NewPatient, language: Language): Promise<Registered> {
    const body = { ...entered, language };
    return once(`patient ${JSON.stringify(body)}`, async (header) => {
        const answer = api.POST('/api/patients', { body, params: { header } });
        const patient = await dataOf(answer);
        return { patient, isNew: (await answer).response.status === 201 };
    });
}
