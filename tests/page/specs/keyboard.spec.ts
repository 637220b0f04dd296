import type { Page } from '@playwright/test';
import { clinicTime, insertAppointment, insertPatient, inWords, newPerson, sql, workday } from '../support/clinic.ts';
import { expect, remember, test } from '../support/page.ts';

/** Tab until what has the focus is named so. */
async function tabTo(page: Page, name: string | RegExp): Promise<void> {
    for (let presses = 0; presses < 80; presses += 1) {
        await page.keyboard.press('Tab');
        const nameOf = (element: Element) => `${element.getAttribute('aria-label') ?? ''} ${element.textContent}`;
        // Behind the last one nothing on the page has the focus.
        const text = await page.locator(':focus').evaluate(nameOf, undefined, { timeout: 1000 }).catch(() => '');
        if (typeof name === 'string' ? text.includes(name) : name.test(text)) return;
    }
    throw new Error(`Tab never came to ${name}`);
}

test('everything from the list to the confirmation can be done by keyboard alone', async ({ page }, { project }) => {
    const keyboard = page.keyboard;
    const focused = page.locator(':focus');

    await page.goto('/');
    await expect(page.getByRole('link', { name: /Book Appointment with Dr. Jennifer Lee/ })).toBeVisible();
    await keyboard.press('Tab');
    await expect(focused).toHaveText('Skip to the content');
    await keyboard.press('Enter');
    await tabTo(page, 'Book Appointment with Dr. Jennifer Lee');
    await expect(focused).toHaveCSS('outline-style', 'solid');
    await keyboard.press('Enter');

    await expect(page.getByRole('heading', { level: 1 })).toBeFocused();
    // The calendar is one stop; arrow keys move in it, over the end of the month as well.
    await expect(page.getByRole('button', { name: /free time/ }).first()).toBeVisible();
    await tabTo(page, 'Next month');
    const thisMonth = (await page.getByRole('grid').getAttribute('aria-label')) ?? '';
    await keyboard.press('Enter');
    await expect(page.getByRole('grid')).not.toHaveAttribute('aria-label', thisMonth);
    await expect(page.getByRole('button', { name: /free time/ }).first()).toBeVisible();
    await tabTo(page, /\d.*,/);
    await keyboard.press('ArrowRight');
    await keyboard.press('ArrowDown');
    for (let days = 0; days < 7; days += 1) {
        const label = (await focused.getAttribute('aria-label')) ?? '';
        if (/^(Mon|Tues|Wednes|Thurs|Fri)/.test(label)) break;
        await keyboard.press('ArrowRight');
    }
    await keyboard.press('Enter');

    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Choose a time');
    await expect(page.getByRole('heading', { level: 1 })).toBeFocused();
    const time = project.name === 'phone' ? '11:00 AM' : '11:30 AM';
    await expect(page.getByRole('link', { name: time, exact: true })).toBeVisible();
    await tabTo(page, time);
    await keyboard.press('Enter');

    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Your details');
    await tabTo(page, '');
    while (!(await page.getByLabel('Full name').evaluate((element) => element === document.activeElement))) await keyboard.press('Tab');
    for (const text of ['Tess Quinn', '4', '9', '1950', 'tess@example.com', '2125550188']) {
        await keyboard.type(text);
        await keyboard.press('Tab');
    }
    await expect(focused).toHaveText('Continue');
    await keyboard.press('Enter');

    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Check and confirm');
    await tabTo(page, 'Confirm booking');
    await keyboard.press('Enter');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Your appointment is booked');

    await page.goto('/appointments');
    await expect(page.getByRole('button', { name: /^Cancel the appointment/ }).first()).toBeVisible();
    await tabTo(page, 'Cancel the appointment');
    await keyboard.press('Enter');
    await expect(page.getByRole('alertdialog')).toBeVisible();
    // The focus stays inside, and returns to the button.
    for (let presses = 0; presses < 6; presses += 1) {
        await keyboard.press('Tab');
        expect(await page.getByRole('alertdialog').evaluate((dialog) => dialog.contains(document.activeElement))).toBe(true);
    }
    await keyboard.press('Escape');
    await expect(page.getByRole('button', { name: /^Cancel the appointment/ }).first()).toBeFocused();
});

test('an appointment is moved and cancelled by keyboard alone', async ({ page }, { project }) => {
    const patient = insertPatient(newPerson('Ulla Taste'));
    const [from, to] = project.name === 'phone' ? [workday(34), workday(36)] : [workday(35), workday(37)];
    const id = insertAppointment({ doctor: 10, patient: patient.id, start: clinicTime(from, '10:00') });
    await remember(page, patient);
    const dialog = page.getByRole('alertdialog');
    await page.goto('/appointments');
    await expect(page.getByRole('link', { name: /^Reschedule the appointment/ })).toBeVisible();
    await tabTo(page, 'Reschedule the appointment');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Choose a new time');
    await page.goto(`/appointments/${id}/reschedule/${to}`);
    await expect(page.getByRole('button', { name: '3:00 PM', exact: true })).toBeVisible();
    await tabTo(page, /^ 3:00/);
    await page.keyboard.press('Enter');
    await expect(dialog).toContainText('3:00 PM');
    await tabTo(page, 'Yes, move it');
    await page.keyboard.press('Enter');
    await expect(page.getByText(/Your appointment is now on .*3:00 PM/)).toBeVisible();

    await tabTo(page, 'Cancel the appointment');
    await page.keyboard.press('Enter');
    await expect(dialog).toContainText('Cancelling is free of charge now');
    await tabTo(page, 'Yes, cancel it');
    await page.keyboard.press('Enter');
    await expect(page.getByText('Your appointment is cancelled.')).toBeVisible();
    expect(sql(`SELECT status, start_time = ${clinicTime(to, '15:00')} FROM appointments WHERE id = ${id}`)).toBe('cancelled|t');
});

test('the waitlist is joined and left by keyboard alone', async ({ page }, { project }) => {
    const day = workday(project.name === 'phone' ? 38 : 39);
    const patient = insertPatient(newPerson('Vera Taste'));
    await remember(page, patient);
    await page.goto(`/waitlist?date=${day}`);
    await expect(page.getByLabel('Doctor')).toBeVisible();
    while (!(await page.getByLabel('Doctor').evaluate((element) => element === document.activeElement))) await page.keyboard.press('Tab');
    // As in any list: the letters that a choice begins with.
    await page.keyboard.type('Dr. Jen');
    await expect(page.getByLabel('Doctor')).toHaveValue('9');
    while (!(await page.getByRole('radio', { name: 'Any time' }).evaluate((element) => element === document.activeElement))) {
        await page.keyboard.press('Tab');
    }
    await page.keyboard.press('ArrowDown');
    await expect(page.getByRole('radio', { name: 'Morning' })).toBeChecked();
    await tabTo(page, 'Join Waitlist');
    await page.keyboard.press('Enter');
    await expect(page.getByText('You are on the waitlist')).toBeVisible();
    expect(sql(`SELECT doctor_id, desired_date, preferred_time_range FROM waitlist WHERE patient_id = ${patient.id}`)).toBe(`9|${day}|morning`);
    await tabTo(page, 'See my appointments');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { name: 'Waiting for' })).toBeVisible();
    await tabTo(page, 'Leave the waitlist for');
    await page.keyboard.press('Enter');
    await expect(page.getByText(`You are no longer waiting for ${inWords(day)}.`)).toBeVisible();
});
