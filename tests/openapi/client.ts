// A patient's whole way through the API, by a client whose types come from docs/openapi.yaml (openapi-typescript) and that knows
// nothing else of the server: what does not fit the document does not compile, what the server does otherwise fails here.
import assert from 'node:assert/strict';
import createClient from 'openapi-fetch';
import type { components, paths } from './generated/schema.ts';

type Slot = components['schemas']['Slot'];

const [baseUrl] = process.argv.slice(2);
assert(baseUrl !== undefined, 'usage: node client.ts URL');
const api = createClient<paths>({ baseUrl });

const day = (offset: number): string => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);
const key = (): { 'Idempotency-Key': string } => ({ 'Idempotency-Key': crypto.randomUUID() });

/** The data of an answer that must have that status. */
async function expectStatus<Data>(status: number, pending: Promise<{ data?: Data; error?: unknown; response: Response }>): Promise<Data> {
    const { data, error, response } = await pending;
    assert.equal(response.status, status, JSON.stringify(error));
    assert(data !== undefined);
    return data;
}

async function chooseDoctor(): Promise<number> {
    const clinic = await expectStatus(200, api.GET('/api/clinic'));
    assert.equal(clinic.timezone, 'America/New_York');
    const doctors = await expectStatus(200, api.GET('/api/doctors', { params: { query: { next_available: true } } }));
    const open = doctors.find((doctor) => typeof doctor.next_available === 'string');
    assert(open !== undefined);
    const { data: same } = await api.GET('/api/doctors/{id}', { params: { path: { id: open.id } } });
    assert.equal(same?.name, open.name);
    return open.id;
}

/** The first day, a week from now or later, with several free times: the day and these. */
async function chooseDay(doctor: number): Promise<{ date: string; slots: Slot[] }> {
    const path = { id: doctor };
    const range = await expectStatus(
        200,
        api.GET('/api/doctors/{id}/availability', { params: { path, query: { from: day(7), to: day(30) } } }),
    );
    assert('days' in range);
    const free = range.days.find((candidate) => candidate.free > 3);
    assert(free !== undefined);
    const one = await expectStatus(200, api.GET('/api/doctors/{id}/availability', { params: { path, query: { date: free.date } } }));
    assert('slots' in one);
    assert.equal(one.slots.length, free.free);
    return one;
}

async function register(): Promise<number> {
    const body = { name: 'Clara Generated', email: 'clara@example.com', phone: '212-555-0142', date_of_birth: '1960-05-17' };
    const made = await expectStatus(201, api.POST('/api/patients', { params: { header: key() }, body }));
    const again = await expectStatus(200, api.POST('/api/patients', { body }));
    assert.deepEqual(again, made);
    const wrong = await api.POST('/api/patients', { body: { ...body, email: 'nobody' } });
    assert(wrong.error !== undefined && 'details' in wrong.error);
    assert.deepEqual(wrong.error.details, [{ field: 'email', message: 'Invalid email format' }]);
    return made.id;
}

/** Books, repeats the request as after a lost connection, and hears what is left when it asks for the same time anew. */
async function book(doctor: number, patient: number, slot: Slot): Promise<number> {
    const body = { doctor_id: doctor, patient_id: patient, start_time: slot.start_time, duration: slot.duration, type: 'standard' as const };
    const header = key();
    const booked = await expectStatus(201, api.POST('/api/appointments', { params: { header }, body }));
    const repeated = await expectStatus(201, api.POST('/api/appointments', { params: { header }, body }));
    assert.deepEqual(repeated, booked);
    const { error, response } = await api.POST('/api/appointments', { params: { header: key() }, body });
    assert.equal(response.status, 409);
    assert(error !== undefined && 'available_slots' in error);
    assert(!error.available_slots.some(({ start_time }) => start_time === slot.start_time));
    return booked.id;
}

async function reschedule(id: number, to: Slot): Promise<void> {
    const path = { id };
    const before = await expectStatus(200, api.GET('/api/appointments/{id}', { params: { path } }));
    assert.equal(before.status, 'scheduled');
    const moved = await expectStatus(200, api.PATCH('/api/appointments/{id}', { params: { path }, body: { start_time: to.start_time } }));
    assert.equal(moved.start_time, to.start_time);
    const entry = await expectStatus(200, api.GET('/api/appointments/{id}/calendar.ics', { params: { path }, parseAs: 'text' }));
    assert.match(entry, /^BEGIN:VCALENDAR/);
}

async function waitAndLeave(doctor: number, patient: number, date: string): Promise<void> {
    const body = { doctor_id: doctor, patient_id: patient, desired_date: date, preferred_time_range: 'morning' as const };
    const { id } = await expectStatus(201, api.POST('/api/waitlist', { params: { header: key() }, body }));
    const waiting = await expectStatus(200, api.GET('/api/waitlist/{doctor_id}', { params: { path: { doctor_id: doctor } } }));
    assert(waiting.some((entry) => entry.id === id && entry.patient.id === patient));
    const own = await expectStatus(200, api.GET('/api/patients/{id}/waitlist', { params: { path: { id: patient } } }));
    assert.deepEqual(own.map((entry) => entry.id), [id]);
    await expectStatus(200, api.DELETE('/api/waitlist/entries/{id}', { params: { path: { id } } }));
}

async function cancel(id: number, patient: number): Promise<void> {
    const path = { id };
    const cancelled = await expectStatus(200, api.DELETE('/api/appointments/{id}', { params: { path } }));
    assert.equal(cancelled.cancellation_fee_applied, false);
    const again = await api.DELETE('/api/appointments/{id}', { params: { path } });
    assert.equal(again.error?.error, 'Appointment is already cancelled');
    const page = await expectStatus(
        200,
        api.GET('/api/patients/{id}/appointments', { params: { path: { id: patient }, query: { page: 1, limit: 20, category: 'cancelled' } } }),
    );
    assert.deepEqual(page.appointments.map((appointment) => appointment.id), [id]);
}

const doctor = await chooseDoctor();
const { date, slots } = await chooseDay(doctor);
const [first, second] = slots;
assert(first !== undefined && second !== undefined);
const patient = await register();
const appointment = await book(doctor, patient, first);
await reschedule(appointment, second);
await waitAndLeave(doctor, patient, date);
await cancel(appointment, patient);
