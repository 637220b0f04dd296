import { at, insertPatient, newPerson, server, sql, workday } from '../support/clinic.ts';
import { confirmPath, enter, expect, patientPath, remember, test } from '../support/page.ts';

test.describe.configure({ mode: 'serial' });

test.afterEach(() => server('start_if_stopped'));

test('a server that stops in the middle of a booking loses nothing, and books once', async ({ page }) => {
    const person = newPerson('Nina Sommer');
    await page.goto(patientPath(2, at(workday(16), '10:00')));
    await enter(page, person);
    await page.getByRole('button', { name: 'Continue' }).click();
    await expect(page.getByRole('button', { name: 'Confirm booking' })).toBeVisible();

    server('stop');
    await page.getByRole('button', { name: 'Confirm booking' }).click();
    await expect(page.getByRole('alert')).toContainText('it will never be booked twice');
    await expect(page.getByRole('main')).toContainText(person.email);

    server('start');
    await page.getByRole('button', { name: 'Confirm booking' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Your appointment is booked');
    expect(sql(`SELECT count(*) FROM appointments a JOIN patients p ON p.id = a.patient_id WHERE p.email = '${person.email}'`)).toBe('1');
});

test('an answer that is lost on its way is asked for again, and the booking is made once', async ({ page }) => {
    const person = newPerson('Otto Lang');
    let lost = 0;
    // The server carries it out; the browser never hears of it.
    await page.route('**/api/appointments', async (route) => {
        lost += 1;
        if (lost > 1) return route.continue();
        await route.fetch();
        return route.abort('connectionreset');
    });
    await page.goto(patientPath(2, at(workday(16), '11:00')));
    await enter(page, person);
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('button', { name: 'Confirm booking' }).click();
    await expect(page.getByRole('alert')).toContainText('it will never be booked twice');
    await page.reload();
    await page.getByRole('button', { name: 'Confirm booking' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Your appointment is booked');
    expect(sql(`SELECT count(*) FROM appointments a JOIN patients p ON p.id = a.patient_id WHERE p.email = '${person.email}'`)).toBe('1');
});

test('a page opened without a server says so, and heals by a button', async ({ page }) => {
    server('stop');
    await page.goto('/');
    await expect(page.getByRole('alert')).toContainText('Something went wrong on our side');
    server('start');
    await page.getByRole('button', { name: 'Try again' }).click();
    await expect(page.getByRole('heading', { name: 'Dr. David Kim' })).toBeVisible();
});

test('a browser without a network says so', async ({ page, context }) => {
    await page.goto('/');
    await expect(page.getByRole('heading', { name: 'Dr. David Kim' })).toBeVisible();
    await context.setOffline(true);
    await expect(page.getByText('You are offline.')).toBeVisible();
    await context.setOffline(false);
    await expect(page.getByText('You are offline.')).toHaveCount(0);
});

test('the last step says that the patient could not be read, and heals by a button', async ({ page }) => {
    const patient = insertPatient(newPerson('Petra Jung'));
    await remember(page, patient);
    let isBroken = true;
    await page.route(`**/api/patients/${patient.id}`, (route) =>
        isBroken ? route.fulfill({ status: 500, json: { error: 'Internal server error' } }) : route.continue(),
    );
    await page.goto(confirmPath(5, at(workday(17), '10:00')));
    await expect(page.getByRole('alert')).toContainText('Something went wrong on our side');
    isBroken = false;
    await page.getByRole('button', { name: 'Try again' }).click();
    await expect(page.getByRole('main')).toContainText('Petra Jung');
});

test('what could not be fetched comes by itself once the network is back', async ({ page, context }) => {
    await page.goto('/book/4');
    await expect(page.getByRole('button', { name: /free time/ }).first()).toBeVisible();
    await page.getByRole('link', { name: 'Back' }).click();
    await context.setOffline(true);
    await page.getByRole('link', { name: 'Book Appointment with Dr. Robert Taylor' }).click();
    await expect(page.getByRole('alert')).toContainText('There is no connection to the clinic right now');
    await context.setOffline(false);
    await expect(page.getByRole('button', { name: /free time/ }).first()).toBeVisible();
    await expect(page.getByRole('alert')).toHaveCount(0);
});
