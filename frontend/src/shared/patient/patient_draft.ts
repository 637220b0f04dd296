import { ofTab } from '@/shared/browser_storage';
import { kNoEntries, type PatientEntries } from '@/shared/patient/patient_schema';

// For this tab only: what was typed outlives a reload and the back button, not the visit.
const kStorageKey = 'rota.patient-draft';

export function readDraft(): PatientEntries {
    try {
        const stored = JSON.parse(ofTab.get(kStorageKey) ?? '{}') as Partial<PatientEntries>;
        return { ...kNoEntries, ...stored, birth: { ...kNoEntries.birth, ...stored.birth } };
    } catch {
        return kNoEntries;
    }
}

export const writeDraft = (entries: PatientEntries): void => ofTab.set(kStorageKey, JSON.stringify(entries));
export const clearDraft = (): void => ofTab.remove(kStorageKey);
