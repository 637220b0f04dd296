import type { Doctor } from '@/shared/api/types';

export interface DoctorFilter {
    specialty: string | null;
    words: string;
}

export const readFilter = (search: URLSearchParams): DoctorFilter => ({ specialty: search.get('specialty'), words: search.get('q') ?? '' });

export const writeFilter = ({ specialty, words }: DoctorFilter): URLSearchParams =>
    new URLSearchParams({ ...(specialty !== null && { specialty }), ...(words !== '' && { q: words }) });

/** Every word must be found in the name, the specialty (in either language) or the bio; accents and case do not matter. */
export function filterDoctors(doctors: Doctor[], filter: DoctorFilter, specialtyName: (specialty: string) => string): Doctor[] {
    const words = plain(filter.words).split(/\s+/).filter(Boolean);
    return doctors.filter((doctor) => {
        if (filter.specialty !== null && doctor.specialty !== filter.specialty) return false;
        const text = plain([doctor.name, doctor.specialty, specialtyName(doctor.specialty), doctor.bio].join(' '));
        return words.every((word) => text.includes(word));
    });
}

export const specialtiesOf = (doctors: Doctor[]): string[] => [...new Set(doctors.map(({ specialty }) => specialty))];

const plain = (text: string): string => text.normalize('NFD').replace(/\p{Diacritic}/gu, '').toLowerCase();
