import { describe, expect, it } from 'vitest';
import { asNewPatient, patientSchema, type PatientEntries } from '@/shared/patient/patient_schema';
import { caretAfter, formatPhone } from '@/shared/patient/phone';
import { parseRemembered } from '@/shared/patient/remembered_patient';

const kToday = '2026-11-22';
const valid: PatientEntries = {
    name: ' Rosa  Álvarez ',
    email: 'rosa@example.com',
    phone: '212-555-0123',
    birth: { day: '7', month: '3', year: '1956' },
};

function messages(changes: Partial<PatientEntries>) {
    const result = patientSchema(kToday).safeParse({ ...valid, ...changes });
    return result.success ? [] : result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
}

describe("a patient's entries", () => {
    it('become what the API takes', () => {
        expect(messages({})).toEqual([]);
        expect(asNewPatient(valid)).toEqual({
            name: 'Rosa Álvarez',
            email: 'rosa@example.com',
            phone: '212-555-0123',
            date_of_birth: '1956-03-07',
        });
    });

    it('are all wanted', () => {
        const none = { name: '  ', email: '', phone: '', birth: { day: '', month: '', year: '' } };
        expect(messages(none)).toEqual(
            expect.arrayContaining(['name: invalid.name', 'email: invalid.emailMissing', 'phone: invalid.phoneMissing', 'birth.year: invalid.birthMissing']),
        );
    });

    it.each(['rosa', 'rosa@', '@example.com', 'rosa@example', 'rosa@@example.com', 'ro sa@example.com', 'rosa@example.c'])('refuse the email %s', (email) => {
        expect(messages({ email })).toContain('email: invalid.email');
    });

    it.each(["o'neill+clinic@mail.example.co.uk", 'josé@example.com', 'ROSA@EXAMPLE.COM'])('accept the email %s', (email) => {
        expect(messages({ email })).toEqual([]);
    });

    it.each(['2125550123', '212-555-012', '212-555-01234', '(212) 555-0123'])('refuse the phone %s', (phone) => {
        expect(messages({ phone })).toEqual(['phone: invalid.phone']);
    });

    it.each([
        [{ day: '29', month: '2', year: '1957' }, 'invalid.birth'],
        [{ day: '1', month: '13', year: '1957' }, 'invalid.birth'],
        [{ day: '1', month: '1', year: '57' }, 'invalid.birth'],
        [{ day: '1', month: '', year: '1957' }, 'invalid.birth'],
        [{ day: 'x', month: '1', year: '1957' }, 'invalid.birth'],
        [{ day: '1', month: '1', year: '1890' }, 'invalid.birth'],
        [{ day: '22', month: '11', year: '2026' }, 'invalid.birthFuture'],
        [{ day: '1', month: '1', year: '2050' }, 'invalid.birthFuture'],
    ])('refuse the date of birth %o: %s', (birth, message) => {
        expect(messages({ birth })).toEqual([`birth.year: ${message}`]);
    });

    it('accept who was born yesterday, and on a leap day', () => {
        expect(messages({ birth: { day: '21', month: '11', year: '2026' } })).toEqual([]);
        expect(messages({ birth: { day: '29', month: '02', year: '1956' } })).toEqual([]);
    });
});

describe('a phone number while it is typed', () => {
    it.each([
        ['2', '2'],
        ['212', '212'],
        ['2125', '212-5'],
        ['2125550123', '212-555-0123'],
        ['(212) 555 0123', '212-555-0123'],
        ['+1 212 555 0123', '212-555-0123'],
        ['12125550123', '212-555-0123'],
        ['212555012399', '212-555-0123'],
        ['abc', ''],
    ])('%s becomes %s', (typed, formatted) => {
        expect(formatPhone(typed)).toBe(formatted);
    });

    it('leaves the caret behind the digit that was typed', () => {
        expect(caretAfter('212-555-0123', '2125')).toBe(5);
        expect(caretAfter('212-5', '2125')).toBe(5);
        expect(caretAfter('212', '')).toBe(0);
        expect(caretAfter('212-555', '212-55')).toBe(6);
    });
});

describe('the remembered patient', () => {
    it('is nobody where the browser holds something else', () => {
        expect(parseRemembered('{"id":3,"name":"Rosa"}')).toEqual({ id: 3, name: 'Rosa' });
        expect(parseRemembered('{"id":"3","name":"Rosa"}')).toBeNull();
        expect(parseRemembered('not JSON')).toBeNull();
        expect(parseRemembered(null)).toBeNull();
    });
});
