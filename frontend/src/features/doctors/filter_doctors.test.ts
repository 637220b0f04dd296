import { describe, expect, it } from 'vitest';
import { filterDoctors, specialtiesOf } from '@/features/doctors/filter_doctors';
import type { Doctor } from '@/shared/api/types';

const doctor = (id: number, name: string, specialty: string, bio: string): Doctor => ({
    id,
    name,
    specialty,
    bio,
    photo_url: '',
    years_of_experience: 10,
});
const doctors = [
    doctor(1, 'Dr. Sarah Johnson', 'General Practice', 'Diabetes.'),
    doctor(4, 'Dr. David Kim', 'Cardiology', 'Heart failure.'),
    doctor(7, 'Dr. María García', 'Dermatology', 'Skin cancer.'),
];
const inSpanish = (specialty: string) => (specialty === 'Cardiology' ? 'Cardiología' : specialty);
const found = (words: string, specialty: string | null = null) => filterDoctors(doctors, { words, specialty }, inSpanish).map(({ id }) => id);

describe('the directory', () => {
    it('shows everybody at first', () => expect(found('  ')).toEqual([1, 4, 7]));
    it('finds a name, without its accents', () => expect(found('garcia')).toEqual([7]));
    it('finds a concern', () => expect(found('HEART')).toEqual([4]));
    it('finds a specialty in both languages', () => {
        expect(found('cardiologia')).toEqual([4]);
        expect(found('cardiology')).toEqual([4]);
    });
    it('wants every word', () => expect(found('kim skin')).toEqual([]));
    it('keeps to a specialty', () => expect(found('', 'Dermatology')).toEqual([7]));
    it('lists each specialty once', () => expect(specialtiesOf([...doctors, ...doctors])).toHaveLength(3));
});
