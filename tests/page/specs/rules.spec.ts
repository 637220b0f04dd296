import type { Page } from '@playwright/test';
import { at, clinicTime, fromNow, insertAppointment, insertPatient, newPerson, workday } from '../support/clinic.ts';
import { confirmPath, expect, remember, test } from '../support/page.ts';

/** Another clinic's, none of them a default. */
const kRules = {
    fee_window_hours: 48,
    fee_cents: 2550,
    max_advance_days: 20,
    waitlist_max_entries: 1,
    email_reminder_minutes: 72 * 60,
    sms_reminder_minutes: 90,
};

async function changeRules(page: Page): Promise<void> {
    await page.route('**/api/clinic', async (route) => {
        const clinic = (await (await route.fetch()).json()) as object;
        await route.fulfill({ json: { ...clinic, ...kRules } });
    });
}

test('what the page says of the rules is what the server says', { tag: '@once' }, async ({ page }) => {
    const main = page.getByRole('main');
    const patient = insertPatient(newPerson('Regula Frei'));
    const far = insertAppointment({ doctor: 10, patient: patient.id, start: clinicTime(workday(53), '10:00') });
    const near = insertAppointment({ doctor: 8, patient: patient.id, start: fromNow('50 hours') });
    insertAppointment({ doctor: 8, patient: patient.id, start: fromNow('30 hours') });
    await changeRules(page);
    await remember(page, patient);

    await page.goto('/cancellation-policy');
    await expect(page.getByRole('heading', { name: '48 hours or more before' })).toBeVisible();
    await expect(page.getByRole('heading', { name: 'Less than 48 hours before' })).toBeVisible();
    await expect(main).toContainText('A late cancellation costs $25.50.');
    await page.goto(confirmPath(4, at(workday(5), '09:00')));
    await expect(main).toContainText('Cancelling is free up to 48 hours before. After that a fee of $25.50 applies.');
    await page.goto(`/appointments/${far}/booked`);
    await expect(main).toContainText('A confirmation is on its way to your email');
    await expect(main).toContainText('A reminder by email, 72 hours before');
    await expect(main).toContainText('A text message, 90 minutes before');
    await page.goto(`/appointments/${near}/booked`);
    await expect(main).toContainText('All details are on their way to your email');
    await expect(main).toContainText('A text message, 90 minutes before');
    await expect(main).not.toContainText('A reminder by email');
    await page.goto('/appointments');
    await expect(main.getByText(/It is less than 48 hours away.* \$25\.50/)).toHaveCount(1);
    await page.getByRole('button', { name: /^Cancel the appointment/ }).last().click();
    await expect(page.getByRole('alertdialog')).toContainText('Less than 48 hours before, it costs $25.50.');

    await page.goto('/waitlist?doctor=4');
    await expect(main).toContainText('You can be on up to 1 waitlist at a time.');
    await page.getByLabel('Day').fill(workday(30));
    await page.getByRole('button', { name: 'Join Waitlist' }).click();
    await expect(main.getByText(/^Please choose a day up to \w+, \w+ \d+, \d{4}$/)).toBeVisible();
});

test('the calendar ends where the server takes no more bookings', { tag: '@once' }, async ({ page }) => {
    await changeRules(page);
    await page.goto('/book/4');
    const next = page.getByRole('button', { name: 'Next month' });
    await expect(next).toBeVisible();
    let leaves = 0;
    for (; await next.isEnabled(); leaves += 1) await next.click();
    // Twenty days end in this month or the next one.
    expect(leaves).toBeLessThanOrEqual(1);
    await expect(page.getByRole('button', { name: /, not bookable$/ }).last()).toBeVisible();
});

test('where the rules do not come the calendar says so, and comes by a button', { tag: '@once' }, async ({ page }) => {
    await page.route('**/api/clinic', (route) => route.fulfill({ status: 503, json: { error: 'Service unavailable' } }));
    await page.goto('/book/4');
    await expect(page.getByRole('alert')).toContainText('Something went wrong on our side');
    await page.unroute('**/api/clinic');
    await page.getByRole('button', { name: 'Try again' }).click();
    await expect(page.getByRole('button', { name: /free time/ }).first()).toBeVisible();
    await expect(page.getByRole('alert')).toHaveCount(0);
});
