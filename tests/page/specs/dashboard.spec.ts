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
    await expect(page.getByRole('link', { name: 'Back' })).toHaveAttribute('href', '/appointments');
    await page.goto(`/appointments/${id}/reschedule/${to}`);
    await page.getByRole('button', { name: '3:30 PM', exact: true }).click();
    const dialog = page.getByRole('alertdialog', { name: 'Move the appointment?' });
    await expect(dialog).toContainText('10:00 AM');
    await expect(dialog).toContainText('3:30 PM');
    await dialog.getByRole('button', { name: 'Yes, move it' }).click();
    await expect(page.getByText(/Your appointment is now on .*3:30 PM/)).toBeVisible();
    expect(sql(`SELECT start_time = ${clinicTime(to, '15:30')} FROM appointments WHERE id = ${id}`)).toBe('t');
});

test('a new time that somebody else takes is refused, and another day or another time is one step away', async ({ page }, { project }) => {
    const patient = insertPatient(newPerson('Gita Rao'));
    const rival = insertPatient(newPerson('Somebody Else'));
    const from = workday(project.name === 'phone' ? 22 : 23);
    const to = workday(project.name === 'phone' ? 24 : 25);
    const id = insertAppointment({ doctor: 10, patient: patient.id, start: clinicTime(from, '10:00') });
    await remember(page, patient);
    await page.goto(`/appointments/${id}/reschedule/${to}`);
    await page.getByRole('button', { name: '3:30 PM', exact: true }).click();
    const dialog = page.getByRole('alertdialog', { name: 'Move the appointment?' });
    const move = dialog.getByRole('button', { name: 'Yes, move it' });
    await expect(move).toBeVisible();
    insertAppointment({ doctor: 10, patient: rival.id, start: clinicTime(to, '15:30') });
    await move.click();
    await expect(dialog.getByRole('alert')).toContainText('This time slot was just booked. Please select another time.');
    await expect(move).toHaveAttribute('aria-disabled', 'true');

    await dialog.getByRole('link', { name: 'Choose another day' }).click();
    await expect(dialog).toHaveCount(0);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Choose a new time');
    await expect(page.getByRole('grid')).toBeVisible();
    expect(sql(`SELECT start_time = ${clinicTime(from, '10:00')} FROM appointments WHERE id = ${id}`)).toBe('t');
    await page.goto(`/appointments/${id}/reschedule/${to}`);
    await expect(page.getByRole('button', { name: '4:00 PM', exact: true })).toBeVisible();
    await expect(dialog).toHaveCount(0);

    await page.getByRole('button', { name: '4:00 PM', exact: true }).click();
    await expect(move).toBeVisible();
    insertAppointment({ doctor: 10, patient: rival.id, start: clinicTime(to, '16:00') });
    await move.click();
    await dialog.getByRole('alert').getByRole('button', { name: '4:30 PM', exact: true }).click();
    await expect(dialog).toContainText('4:30 PM');
    await move.click();
    await expect(page.getByText(/Your appointment is now on .*4:30 PM/)).toBeVisible();
    expect(sql(`SELECT start_time = ${clinicTime(to, '16:30')} FROM appointments WHERE id = ${id}`)).toBe('t');
});

test('a cancellation that would cost something by now is not made', async ({ page }, { project }) => {
    const patient = insertPatient(newPerson('Gerd Spät'));
    const id = insertAppointment({ doctor: project.name === 'phone' ? 9 : 10, patient: patient.id, start: fromNow('24 hours 2 minutes') });
    await remember(page, patient);
    await page.clock.install();
    await page.goto('/appointments');
    await page.getByRole('button', { name: /^Cancel the appointment/ }).click();
    const dialog = page.getByRole('alertdialog');
    await expect(dialog).toContainText('Cancelling is free of charge now');
    await page.clock.fastForward('03:00');
    await expect(dialog).toContainText('It is less than 24 hours away');
    await expect(dialog).not.toContainText('free of charge');
    await expect(dialog.getByRole('button', { name: 'Yes, cancel it' })).toHaveAttribute('aria-disabled', 'true');
    await dialog.getByRole('button', { name: 'Yes, cancel it' }).click({ force: true });
    await dialog.getByRole('button', { name: 'Keep it' }).click();
    await expect(dialog).toHaveCount(0);
    expect(sql(`SELECT status FROM appointments WHERE id = ${id}`)).toBe('scheduled');
});

test('nothing is cancelled before the rule about the fee is known', { tag: '@once' }, async ({ page }) => {
    const patient = insertPatient(newPerson('Gustav Rund'));
    insertAppointment({ doctor: 10, patient: patient.id, start: clinicTime(workday(26), '09:00') });
    await remember(page, patient);
    await page.route('**/api/clinic', (route) => route.fulfill({ status: 503, json: { error: 'Service unavailable' } }));
    await page.goto('/appointments');
    await page.getByRole('button', { name: /^Cancel the appointment/ }).click();
    const dialog = page.getByRole('alertdialog');
    await expect(dialog.getByRole('alert')).toContainText('Something went wrong on our side');
    await expect(dialog.getByRole('button', { name: 'Yes, cancel it' })).toHaveAttribute('aria-disabled', 'true');
    await page.unroute('**/api/clinic');
    await dialog.getByRole('button', { name: 'Try again' }).click();
    await expect(dialog).toContainText('Less than 24 hours before, it costs $50');
    await expect(dialog.getByRole('button', { name: 'Yes, cancel it' })).not.toHaveAttribute('aria-disabled');
});

test('of many that lie ahead the nearest come first', { tag: '@once' }, async ({ page }) => {
    const patient = insertPatient(newPerson('Gunda Voll'));
    // At night, when nobody else wants one.
    sql(
        `INSERT INTO appointments (doctor_id, patient_id, start_time, duration, type, status, cancellation_fee_applied, created_at)
         SELECT 10, ${patient.id}, ${clinicTime(workday(2), '03:00')} + n * INTERVAL '1 day', 30, 'standard', 'scheduled', false, now()
           FROM generate_series(0, 24) n`,
    );
    await remember(page, patient);
    await page.goto('/appointments');
    const cards = page.getByRole('listitem').filter({ hasText: 'Dr. ' });
    await expect(cards).toHaveCount(20);
    await expect(cards.first()).toContainText(inWords(workday(2)));
    await page.getByRole('link', { name: 'Next page' }).click();
    await expect(page.getByText('Page 2 of 2')).toBeVisible();
    await expect(cards).toHaveCount(5);
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

test('who mistypes is told that nobody is known by these details', { tag: '@once' }, async ({ page }) => {
    const person = newPerson('Holger Falk');
    insertPatient(person);
    for (const slip of [{ name: 'Holger Flak' }, { birth: { ...person.birth, day: '8' } }]) {
        await page.goto('/appointments');
        await enter(page, { ...person, ...slip });
        await page.getByRole('button', { name: 'Show my appointments' }).click();
        await expect(page.getByRole('alert')).toContainText('We found no appointments under these details');
        await expect(page.getByRole('alert')).toBeInViewport({ ratio: 1 });
        expect(await page.evaluate(() => localStorage.getItem('rota.patient'))).toBeNull();
    }
    await page.getByLabel('Day', { exact: true }).fill('7');
    await page.getByRole('button', { name: 'Show my appointments' }).click();
    await expect(page.getByText('for Holger Falk')).toBeVisible();
});
