import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';

function variable(name: string): string {
    const value = process.env[name];
    if (value === undefined) throw new Error(`${name} is not set: these tests are started by tests/page/run`);
    return value;
}

/** The clinic's database, for what no patient could do: filling a day, making an appointment of yesterday. */
export function sql(statement: string): string {
    return execFileSync('psql', ['-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', variable('ROTA_PAGE_DATABASE_URL')], {
        input: `SET timezone = 'UTC'; ${statement}`,
        encoding: 'utf8',
    }).trim();
}

export function server(action: 'start' | 'stop' | 'start_if_stopped'): void {
    execFileSync(`${variable('ROTA_PAGE_ROOT')}/tests/page/rotad`, [action], { stdio: 'inherit' });
}

const kZone = 'America/New_York';

/** A working day of the clinic, counted from tomorrow: another number is another day. The 62nd is the last within 90 days. */
export function workday(number: number): string {
    const today = new Intl.DateTimeFormat('en-CA', { timeZone: kZone }).format(new Date());
    const date = new Date(`${today}T00:00:00Z`);
    for (let left = number; left > 0; ) {
        date.setUTCDate(date.getUTCDate() + 1);
        if (![0, 6].includes(date.getUTCDay())) left -= 1;
    }
    return date.toISOString().slice(0, 10);
}

/** A day on which nobody works. */
export function nextSaturday(): string {
    const date = new Date(`${workday(1)}T00:00:00Z`);
    while (date.getUTCDay() !== 6) date.setUTCDate(date.getUTCDate() + 1);
    return date.toISOString().slice(0, 10);
}

/** A time of the clinic's clock with its offset, as the API writes it. */
export function at(day: string, time: string): string {
    // Noon UTC is the same day in New York; the clock changes at night.
    const parts = new Intl.DateTimeFormat('en-US', { timeZone: kZone, timeZoneName: 'longOffset' }).formatToParts(new Date(`${day}T12:00:00Z`));
    const offset = parts.find((part) => part.type === 'timeZoneName')?.value.replace('GMT', '') ?? '';
    return `${day}T${time}:00${offset}`;
}

export function inWords(day: string, locale = 'en-US'): string {
    return new Intl.DateTimeFormat(locale, { weekday: 'long', month: 'long', day: 'numeric', timeZone: 'UTC' }).format(new Date(`${day}T00:00:00Z`));
}

export interface Person {
    name: string;
    email: string;
    phone: string;
    birth: { day: string; month: string; year: string };
}

/** Nobody has been here before. */
export function newPerson(name = 'Rosa Alvarez'): Person {
    return {
        name,
        email: `${randomUUID().slice(0, 8)}@example.com`,
        phone: '212-555-0123',
        birth: { day: '7', month: '3', year: '1956' },
    };
}

export interface Known {
    id: number;
    name: string;
}

export function insertPatient(person: Person): Known {
    const key = person.name.toLowerCase();
    const { year, month, day } = person.birth;
    const id = sql(
        `INSERT INTO patients (name, email, phone, date_of_birth, name_key, created_at)
         VALUES ('${person.name}', '${person.email}', '${person.phone}', '${year}-${month}-${day}', '${key}', now()) RETURNING id`,
    );
    return { id: Number(id), name: person.name };
}

interface Made {
    doctor: number;
    patient: number;
    /** An expression of SQL, in UTC. */
    start: string;
    duration?: number;
    status?: 'scheduled' | 'completed' | 'cancelled' | 'no-show';
    fee?: boolean;
}

export function insertAppointment({ doctor, patient, start, duration = 30, status = 'scheduled', fee = false }: Made): number {
    const cancelled = status === 'cancelled' ? 'now()' : 'NULL';
    return Number(
        sql(
            `INSERT INTO appointments (doctor_id, patient_id, start_time, duration, type, status, cancellation_fee_applied, cancelled_at, created_at)
             VALUES (${doctor}, ${patient}, ${start}, ${duration}, 'standard', '${status}', ${fee}, ${cancelled}, now()) RETURNING id`,
        ),
    );
}

/** A time of the clinic's clock as SQL sees it. */
export const clinicTime = (day: string, time: string): string => `(TIMESTAMP '${day} ${time}' AT TIME ZONE '${kZone}' AT TIME ZONE 'UTC')`;

/** Within the next day, when the clinic is usually open, as SQL sees it. */
export function soon(): string {
    const now = `(now() AT TIME ZONE '${kZone}')`;
    const next = `CASE WHEN EXTRACT(HOUR FROM ${now}) < 15 THEN INTERVAL '16 hours 30 minutes' ELSE INTERVAL '32 hours 30 minutes' END`;
    return `((date_trunc('day', ${now}) + ${next}) AT TIME ZONE '${kZone}' AT TIME ZONE 'UTC')`;
}

/** The minute so far from now, as SQL sees it: '5 hours', '-40 days'. */
export const fromNow = (interval: string): string => `(date_trunc('minute', now() AT TIME ZONE 'UTC') + INTERVAL '${interval}')`;

/** Every half hour of a day from 8:00 to 18:00. */
export function fillDay(doctor: number, day: string, patient: number): void {
    sql(
        `INSERT INTO appointments (doctor_id, patient_id, start_time, duration, type, status, cancellation_fee_applied, created_at)
         SELECT ${doctor}, ${patient}, ${clinicTime(day, '08:00')} + n * INTERVAL '30 minutes', 30, 'standard', 'scheduled', false, now()
           FROM generate_series(0, 19) n`,
    );
}
