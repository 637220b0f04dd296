import { en } from '@/shared/i18n/en';
import type { I18n, MessageKey } from '@/shared/i18n/i18n';

/** A clinic may have specialties that no catalogue knows: these are shown as they are. */
export function specialtyName({ t }: I18n, specialty: string): string {
    const key = `specialty.${specialty}`;
    return key in en ? t(key as MessageKey) : specialty;
}
