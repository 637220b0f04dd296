import type { Page } from '@playwright/test';
import { at, clinicTime, insertAppointment, insertPatient, newPerson, sql, workday } from '../support/clinic.ts';
import { confirmPath, enter, expect, patientPath, remember, test } from '../support/page.ts';

const kDown = { status: 503, json: { error: 'Service unavailable' } };
const remembered = (page: Page) => page.evaluate(() => localStorage.getItem('rota.patient'));

test('doctors who do not come are said so before and at the last step', { tag: '@once' }, async ({ page }) => {
    await remember(page, insertPatient(newPerson('Mia Fern')));
    const start = at(workday(27), '09:30');
    for (const path of [patientPath(4, start), confirmPath(4, start)]) {
        await page.route('**/api/doctors', (route) => route.fulfill(kDown));
        await page.goto(path);
        await expect(page.getByRole('alert')).toContainText('Something went wrong on our side');
        await page.unroute('**/api/doctors');
        await page.getByRole('button', { name: 'Try again' }).click();
        await expect(page.getByRole('main')).toContainText('Dr. David Kim');
        await expect(page.getByRole('alert')).toHaveCount(0);
    }
});

test('a patient whom the clinic does not know any more enters the details again', { tag: '@once' }, async ({ page }) => {
    const start = at(workday(27), '10:00');
    await page.goto('/');
    await page.evaluate(() => localStorage.setItem('rota.patient', JSON.stringify({ id: 999999, name: 'Nobody Now' })));
    await page.goto(confirmPath(4, start));
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Your details');
    expect(await remembered(page)).toBeNull();
    const person = newPerson('Nobody Now');
    await enter(page, person);
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('button', { name: 'Confirm booking' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Your appointment is booked');

    await page.evaluate(() => localStorage.setItem('rota.patient', JSON.stringify({ id: 999999, name: 'Nobody Now' })));
    await page.goto(`/waitlist?doctor=4&date=${workday(27)}`);
    await expect(page.getByRole('heading', { name: 'Who is waiting?' })).toBeVisible();
    expect(await remembered(page)).toBeNull();
});

test('a number that is somebody else’s by now shows nothing of theirs', { tag: '@once' }, async ({ page }) => {
    const person = newPerson('Olga Fremd');
    const stranger = insertPatient(person);
    insertAppointment({ doctor: 10, patient: stranger.id, start: clinicTime(workday(27), '11:00') });
    const answers = page.waitForResponse(`**/api/patients/${stranger.id}`);
    await remember(page, { id: stranger.id, name: 'Mine Before' });
    await page.goto(confirmPath(4, at(workday(27), '11:00')));
    await answers;
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Your details');
    await expect(page.getByText(person.email)).toHaveCount(0);
    expect(await remembered(page)).toBeNull();
});

test('who books for somebody else stays the one whom the browser remembers', async ({ page }, { project }) => {
    const patient = insertPatient(newPerson('Petra Selbst'));
    const other = newPerson('Paul Ander');
    await remember(page, patient);
    await page.goto(patientPath(10, at(workday(28), project.name === 'phone' ? '10:00' : '11:00')));
    await page.getByRole('button', { name: 'No, for somebody else' }).click();
    await enter(page, other);
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('button', { name: 'Confirm booking' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Your appointment is booked');
    await expect(page.getByRole('main')).toContainText('Paul Ander');
    expect(sql(`SELECT count(*) FROM appointments a JOIN patients p ON p.id = a.patient_id WHERE p.email = '${other.email}'`)).toBe('1');
    expect(await remembered(page)).toBe(JSON.stringify(patient));
    await page.getByRole('link', { name: 'See my appointments' }).click();
    await expect(page.getByText('for Petra Selbst')).toBeVisible();
});

test('a browser that keeps nothing can book all the same', { tag: '@once' }, async ({ page }) => {
    await page.addInitScript(() => {
        for (const area of ['localStorage', 'sessionStorage']) {
            Object.defineProperty(window, area, {
                get: () => {
                    throw new DOMException('Access is denied for this document.', 'SecurityError');
                },
            });
        }
    });
    await page.goto(patientPath(10, at(workday(28), '14:00')));
    await enter(page, newPerson('Quentin Zu'));
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('button', { name: 'Confirm booking' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Your appointment is booked');
    await page.getByRole('link', { name: 'See my appointments' }).click();
    await expect(page.getByText('for Quentin Zu')).toBeVisible();
});
