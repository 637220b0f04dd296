import { clinicTime, fillDay, insertAppointment, insertPatient, newPerson, soon, workday } from '../support/clinic.ts';
import { enter, expect, remember, test } from '../support/page.ts';

/** Every page as a patient sees it, for docs/screenshots. */
test('every page', async ({ page }, { project }) => {
    test.setTimeout(240_000);
    const isPhone = project.name === 'screenshots-phone';
    const heading = page.getByRole('heading', { level: 1 });
    const draw = async (name: string, { whole = true } = {}) => {
        await page.waitForLoadState('networkidle');
        // Nothing is under the mouse by chance.
        await page.mouse.move(0, 0);
        const path = `${process.env.ROTA_PAGE_ROOT ?? '.'}/docs/screenshots/${name}-${isPhone ? 'phone' : 'desktop'}.png`;
        await page.screenshot({ path, fullPage: whole });
    };
    const open = async (path: string, ready: string | RegExp) => {
        await page.goto(path);
        await expect(page.getByText(ready).filter({ visible: true }).first()).toBeVisible();
    };
    // A week from now, so that most days are still free.
    const day = workday(isPhone ? 8 : 9);

    await open('/', /Next: /);
    await draw('doctors', { whole: false });
    await open('/book/5', 'Next free time');
    await draw('day');
    await open(`/book/5/day/${day}`, '9:30 AM');
    await draw('time');
    await page.getByRole('link', { name: '9:30 AM', exact: true }).click();
    await page.getByRole('button', { name: 'Continue' }).click();
    await expect(page.getByRole('alert')).toBeVisible();
    await draw('details-mistakes');
    await enter(page, { ...newPerson(), email: 'rosa.alvarez@example.com' });
    await draw('details');
    await page.getByRole('button', { name: 'Continue' }).click();
    await expect(heading).toHaveText('Check and confirm');
    await draw('confirm');

    // Somebody is faster by a second.
    const rival = insertPatient(newPerson('Somebody Else'));
    insertAppointment({ doctor: 5, patient: rival.id, start: clinicTime(day, '09:30') });
    await page.getByRole('button', { name: 'Confirm booking' }).click();
    await expect(page.getByText('This time slot was just booked')).toBeVisible();
    await draw('taken');
    await page.getByRole('alert').getByRole('button', { name: '10:00 AM', exact: true }).click();
    await page.getByRole('button', { name: 'Confirm booking' }).click();
    await expect(heading).toHaveText('Your appointment is booked');
    await draw('booked');

    await page.evaluate(() => localStorage.clear());
    await open('/appointments', 'See your appointments');
    await draw('sign-in');
    const patient = insertPatient(newPerson('Lena Voss'));
    const [near, far] = isPhone ? [2, 6] : [3, 7];
    insertAppointment({ doctor: near, patient: patient.id, start: soon() });
    const appointment = insertAppointment({ doctor: far, patient: patient.id, start: clinicTime(workday(12), '10:00') });
    insertAppointment({ doctor: near, patient: patient.id, start: clinicTime('2025-03-11', '14:30'), status: 'completed' });
    insertAppointment({ doctor: far, patient: patient.id, start: clinicTime(workday(14), '10:00'), status: 'cancelled', fee: true });
    await remember(page, patient);
    await open('/appointments', 'for Lena Voss');
    await expect(page.getByRole('button', { name: /^Cancel the/ })).toHaveCount(2);
    await draw('appointments');
    await page.getByRole('button', { name: /^Cancel the/ }).last().click();
    await expect(page.getByRole('alertdialog')).toBeVisible();
    await draw('cancel', { whole: false });
    await open('/appointments?show=past', 'Visited');
    await draw('appointments-past');
    await open('/appointments?show=cancelled', 'A late cancellation fee');
    await draw('appointments-cancelled');
    await open(`/appointments/${appointment}/reschedule/${workday(16)}`, '2:00 PM');
    await draw('reschedule');
    await page.getByRole('button', { name: '2:00 PM', exact: true }).click();
    await expect(page.getByRole('alertdialog')).toBeVisible();
    await draw('reschedule-confirm', { whole: false });

    const full = workday(isPhone ? 30 : 31);
    fillDay(8, full, rival.id);
    await open(`/book/8/day/${full}`, 'Join the waitlist for this day');
    await draw('full-day');
    await page.getByRole('link', { name: 'Join the waitlist for this day' }).click();
    await expect(page.getByLabel('Day', { exact: true })).toHaveValue(full);
    await draw('waitlist');
    await page.getByRole('button', { name: 'Join Waitlist' }).click();
    await expect(page.getByText('You are on the waitlist')).toBeVisible();
    await draw('waitlist-joined');
    await open('/cancellation-policy', 'A late cancellation costs');
    await draw('cancellation-policy');
    await open('/nowhere', 'We could not find this page');
    await draw('not-found');

    await page.emulateMedia({ colorScheme: 'dark' });
    await open('/', /Next: /);
    await draw('doctors-dark', { whole: false });
    await open(`/book/5/day/${day}`, '2:00 PM');
    await draw('time-dark');
    await page.getByRole('button', { name: 'Español' }).click();
    await open(`/book/5/day/${day}`, 'Elija una hora');
    await draw('time-spanish');
});
