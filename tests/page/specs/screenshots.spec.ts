import { clinicTime, fillDay, fromNow, insertAppointment, insertPatient, newPerson, workday } from '../support/clinic.ts';
import { enter, expect, remember, test } from '../support/page.ts';

/** Every page as a patient sees it, for docs/screenshots. */
test('every page', async ({ page }, { project }) => {
    test.setTimeout(120_000);
    const size = project.name.replace('screenshots-', '');
    const draw = async (name: string) => {
        await page.waitForLoadState('networkidle');
        await page.screenshot({ path: `${process.env.ROTA_PAGE_ROOT ?? '.'}/docs/screenshots/${name}-${size}.png` });
    };
    const heading = page.getByRole('heading', { level: 1 });

    await page.goto('/');
    await expect(page.getByText(/Next: /).first()).toBeVisible();
    await draw('doctors');

    await page.getByRole('link', { name: 'Book Appointment with Dr. Lisa Patel' }).click();
    await expect(page.getByRole('button', { name: /free time/ }).first()).toBeVisible();
    await draw('day');

    await page.goto(`/book/5/day/${workday(size === 'phone' ? 3 : 4)}`);
    await page.getByRole('link', { name: '9:30 AM', exact: true }).click();
    await expect(heading).toHaveText('Your details');
    await page.goBack();
    await expect(heading).toHaveText('Choose a time');
    await draw('time');
    await page.goForward();
    await page.getByRole('button', { name: 'Continue' }).click();
    await expect(page.getByRole('alert')).toBeVisible();
    await draw('details-mistakes');
    await enter(page, newPerson());
    await draw('details');
    await page.getByRole('button', { name: 'Continue' }).click();
    await expect(heading).toHaveText('Check and confirm');
    await draw('confirm');
    await page.getByRole('button', { name: 'Confirm booking' }).click();
    await expect(heading).toHaveText('Your appointment is booked');
    await draw('booked');

    const patient = insertPatient(newPerson('Lena Voss'));
    insertAppointment({ doctor: size === 'phone' ? 2 : 3, patient: patient.id, start: fromNow('5 hours') });
    insertAppointment({ doctor: size === 'phone' ? 6 : 7, patient: patient.id, start: clinicTime(workday(12), '10:00') });
    await remember(page, patient);
    await page.goto('/appointments');
    await expect(page.getByRole('button', { name: /^Cancel/ }).first()).toBeVisible();
    await draw('appointments');
    await page.goto('/appointments?show=cancelled');
    await draw('appointments-cancelled');
    await page.goto('/waitlist');
    await expect(heading).toBeVisible();
    await draw('waitlist');
    await page.goto('/cancellation-policy');
    await expect(heading).toBeVisible();
    await draw('cancellation-policy');

    const full = workday(size === 'phone' ? 30 : 31);
    fillDay(8, full, patient.id);
    await page.goto(`/book/8/day/${full}`);
    await expect(page.getByRole('link', { name: 'Join the waitlist for this day' })).toBeVisible();
    await draw('full-day');

    await page.emulateMedia({ colorScheme: 'dark' });
    await page.goto('/');
    await expect(page.getByText(/Next: /).first()).toBeVisible();
    await draw('doctors-dark');
});
