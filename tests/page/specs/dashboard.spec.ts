import { clinicTime, fromNow, inWords, insertAppointment, insertPatient, newPerson, sql, workday } from '../support/clinic.ts';
import { enter, expect, remember, test } from '../support/page.ts';

test('what is coming, was and is cancelled are listed apart', async ({ page }, { project }) => {
    const patient = insertPatient(newPerson('Carla Diaz'));
    const doctor = project.name === 'phone' ? 5 : 6;
    insertAppointment({ doctor, patient: patient.id, start: fromNow('-400 days'), status: 'completed' });
    insertAppointment({ doctor, patient: patient.id, start: fromNow('-300 days'), status: 'no-show' });
    insertAppointment({ doctor: 7, patient: patient.id, start: clinicTime(workday(50), '09:00'), status: 'cancelled', fee: true });
    insertAppointment({ doctor: 7, patient: patient.id, start: clinicTime(workday(51), '10:30'), status: 'cancelled' });
    await remember(page, patient);

    await page.goto('/appointments');
    await expect(page.getByRole('heading', { name: 'You have no upcoming appointments' })).toBeVisible();
    await page.getByRole('link', { name: 'Past' }).click();
    await expect(page.getByText('Visited')).toBeVisible();
    await expect(page.getByText('Missed')).toBeVisible();
    await page.getByRole('link', { name: 'Cancelled' }).click();
    await expect(page.getByText('A late cancellation fee of $50 applies')).toHaveCount(1);
    await page.getByRole('link', { name: 'Book again with Dr. Maria Garcia' }).first().click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Choose a day');
});

test('an appointment is cancelled after the rule about the fee was named', async ({ page }, { project }) => {
    const patient = insertPatient(newPerson('Dora Melo'));
    const day = workday(project.name === 'phone' ? 31 : 32);
    const id = insertAppointment({ doctor: 3, patient: patient.id, start: clinicTime(day, '09:30') });
    await remember(page, patient);
    await page.goto('/appointments');
    await page.getByRole('button', { name: `Cancel the appointment on ${inWords(day)}, 9:30 AM` }).click();

    const dialog = page.getByRole('alertdialog', { name: 'Cancel this appointment?' });
    await expect(dialog).toContainText('Less than 24 hours before, it costs $50');
    await page.keyboard.press('Escape');
    await expect(dialog).toHaveCount(0);
    expect(sql(`SELECT status FROM appointments WHERE id = ${id}`)).toBe('scheduled');

    await page.getByRole('button', { name: /^Cancel the appointment/ }).click();
    await dialog.getByRole('button', { name: 'Yes, cancel it' }).click();
    await expect(page.getByText('Your appointment is cancelled.')).toBeVisible();
    await expect(page.getByRole('heading', { name: 'You have no upcoming appointments' })).toBeVisible();
    expect(sql(`SELECT status, cancellation_fee_applied FROM appointments WHERE id = ${id}`)).toBe('cancelled|f');
});

test('less than 24 hours before, the buttons are off and say why', async ({ page }, { project }) => {
    const patient = insertPatient(newPerson('Elena Prado'));
    const doctor = project.name === 'phone' ? 9 : 10;
    const id = insertAppointment({ doctor, patient: patient.id, start: fromNow('23 hours') });
    await remember(page, patient);
    await page.goto('/appointments');
    const cancel = page.getByRole('button', { name: /^Cancel the appointment/ });
    await expect(cancel).toHaveAttribute('aria-disabled', 'true');
    await expect(cancel).toHaveAccessibleDescription(/less than 24 hours away.*212-555-0140.*\$50/);
    // Not disabled to Playwright's eyes, so that it can be reached by keyboard and read.
    await cancel.click({ force: true });
    await expect(page.getByRole('alertdialog')).toHaveCount(0);
    expect(sql(`SELECT status FROM appointments WHERE id = ${id}`)).toBe('scheduled');

    await page.goto(`/appointments/${id}/reschedule`);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('This appointment cannot be moved');
});

test('an appointment is moved to another day', async ({ page }, { project }) => {
    const patient = insertPatient(newPerson('Felix Roth'));
    const from = workday(project.name === 'phone' ? 10 : 11);
    const to = workday(project.name === 'phone' ? 12 : 13);
    const id = insertAppointment({ doctor: 2, patient: patient.id, start: clinicTime(from, '10:00') });
    await remember(page, patient);
    await page.goto('/appointments');
    await page.getByRole('link', { name: /^Reschedule the appointment/ }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Choose a new time');
    await page.goto(`/appointments/${id}/reschedule/${to}`);
    await page.getByRole('button', { name: '3:30 PM', exact: true }).click();
    const dialog = page.getByRole('alertdialog', { name: 'Move the appointment?' });
    await expect(dialog).toContainText('10:00 AM');
    await expect(dialog).toContainText('3:30 PM');
    await dialog.getByRole('button', { name: 'Yes, move it' }).click();
    await expect(page.getByText(/Your appointment is now on .*3:30 PM/)).toBeVisible();
    expect(sql(`SELECT start_time = ${clinicTime(to, '15:30')} FROM appointments WHERE id = ${id}`)).toBe('t');
});

test('more than a page of appointments is turned over', { tag: '@once' }, async ({ page }) => {
    const patient = insertPatient(newPerson('Greta Holm'));
    sql(
        `INSERT INTO appointments (doctor_id, patient_id, start_time, duration, type, status, cancellation_fee_applied, cancelled_at, created_at)
         SELECT 2, ${patient.id}, ${fromNow('0 days')} - n * INTERVAL '1 day', 30, 'standard', 'cancelled', false, now(), now()
           FROM generate_series(1, 25) n`,
    );
    await remember(page, patient);
    await page.goto('/appointments?show=cancelled');
    const cards = page.getByRole('listitem').filter({ hasText: 'Dr. Michael Chen' });
    await expect(cards).toHaveCount(20);
    await page.getByRole('link', { name: 'Next page' }).click();
    await expect(cards).toHaveCount(5);
    await expect(page.getByText('Page 2 of 2')).toBeVisible();
    await page.goBack();
    await expect(cards).toHaveCount(20);
});

test('who is not remembered says who they are, and can be forgotten again', async ({ page }) => {
    const person = newPerson('Hilda Kern');
    const patient = insertPatient(person);
    await page.goto('/appointments');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('See your appointments');
    await enter(page, person);
    await page.getByRole('button', { name: 'Show my appointments' }).click();
    await expect(page.getByText('for Hilda Kern')).toBeVisible();
    expect(sql(`SELECT count(*) FROM patients WHERE email = '${person.email}'`)).toBe('1');
    expect(await page.evaluate(() => localStorage.getItem('rota.patient'))).toBe(JSON.stringify(patient));

    await page.reload();
    await expect(page.getByText('for Hilda Kern')).toBeVisible();
    await page.getByRole('button', { name: 'Use other details' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('See your appointments');
    expect(await page.evaluate(() => localStorage.getItem('rota.patient'))).toBeNull();
});

test('a slip in the details is said, and not shown as an empty list', async ({ page }) => {
    const person = newPerson('Ida Storm');
    insertPatient(person);
    await page.goto('/appointments');
    await enter(page, { ...person, name: 'Ida Strom' });
    await page.getByRole('button', { name: 'Show my appointments' }).click();
    await expect(page.getByRole('alert')).toContainText('We found no appointments under these details');
    expect(await page.evaluate(() => localStorage.getItem('rota.patient'))).toBeNull();
});

test('a remembered number that is nobody’s any more, or another’s, is forgotten', async ({ page }) => {
    const other = insertPatient(newPerson('Jana Wolf'));
    for (const stranger of [
        { id: 2_000_000_000, name: 'Kurt Abel' },
        { id: other.id, name: 'Kurt Abel' },
    ]) {
        await remember(page, stranger);
        await page.goto('/appointments');
        await expect(page.getByRole('heading', { level: 1 })).toHaveText('See your appointments');
        await expect(page.getByText('Jana Wolf')).toHaveCount(0);
    }
});

test('a time that somebody else takes while it is moved to leads to others', async ({ page }, { project }) => {
    const patient = insertPatient(newPerson('Lena Kraus'));
    const from = workday(project.name === 'phone' ? 20 : 22);
    const to = workday(project.name === 'phone' ? 21 : 23);
    const id = insertAppointment({ doctor: 4, patient: patient.id, start: clinicTime(from, '10:00') });
    await remember(page, patient);
    await page.goto(`/appointments/${id}/reschedule/${to}`);
    await page.getByRole('button', { name: '3:30 PM', exact: true }).click();
    insertAppointment({ doctor: 4, patient: insertPatient(newPerson('Max Feld')).id, start: clinicTime(to, '15:30') });
    const dialog = page.getByRole('alertdialog', { name: 'Move the appointment?' });
    await dialog.getByRole('button', { name: 'Yes, move it' }).click();
    await expect(dialog).toContainText('This time slot was just booked. Please select another time.');
    await dialog.getByRole('link', { name: 'Choose another day' }).click();
    await expect(dialog).toHaveCount(0);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Choose a new time');
    expect(sql(`SELECT start_time = ${clinicTime(from, '10:00')} FROM appointments WHERE id = ${id}`)).toBe('t');
});
