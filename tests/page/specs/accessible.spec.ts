import { at, clinicTime, fillDay, fromNow, insertAppointment, insertPatient, newPerson, workday } from '../support/clinic.ts';
import { enter, expect, expectAccessible, patientPath, remember, test } from '../support/page.ts';

for (const colorScheme of ['light', 'dark'] as const) {
    test.describe(`in the ${colorScheme}`, () => {
        test.use({ colorScheme });

        test('no page and no dialog violates a rule of axe', async ({ page }, { project }) => {
            test.setTimeout(180_000);
            const shift = (project.name === 'phone' ? 0 : 2) + (colorScheme === 'dark' ? 1 : 0);
            const patient = insertPatient(newPerson('Lena Voss'));
            const full = workday(52 + shift);
            fillDay(3, full, insertPatient(newPerson('Full House')).id);
            insertAppointment({ doctor: 2, patient: patient.id, start: clinicTime(workday(25 + shift), '09:00') });
            insertAppointment({ doctor: 3 + shift, patient: patient.id, start: fromNow('5 hours') });
            const heading = page.getByRole('heading', { level: 1 });
            const start = at(workday(18), '16:00');

            await page.goto('/');
            await expect(page.getByText(/Next: /).first()).toBeVisible();
            expect(await page.evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches)).toBe(colorScheme === 'dark');
            await expectAccessible(page);
            await page.goto('/?q=nobody');
            await expectAccessible(page);
            await page.goto('/book/4');
            await expect(page.getByRole('button', { name: /free time/ }).first()).toBeVisible();
            await expectAccessible(page);
            await page.goto(`/book/4/day/${workday(18)}?type=new-patient`);
            await expect(page.getByRole('link', { name: '9:00 AM', exact: true })).toBeVisible();
            await expectAccessible(page);
            await page.goto(`/book/3/day/${full}`);
            await expect(page.getByText('No free times on this day')).toBeVisible();
            await expectAccessible(page);
            await page.goto(patientPath(4, start));
            await expectAccessible(page);
            await page.getByRole('button', { name: 'Continue' }).click();
            await expectAccessible(page);
            await enter(page, newPerson());
            await page.getByRole('button', { name: 'Continue' }).click();
            await expect(heading).toHaveText('Check and confirm');
            await expectAccessible(page);

            await page.goto('/appointments');
            await expect(heading).toHaveText('See your appointments');
            await expectAccessible(page);
            await remember(page, patient);
            await page.goto('/appointments');
            await expect(page.getByRole('button', { name: /^Cancel the/ })).toHaveCount(2);
            await expectAccessible(page);
            await page.getByRole('button', { name: /^Cancel the/ }).last().click();
            await expect(page.getByRole('alertdialog')).toBeVisible();
            await expectAccessible(page);
            await page.keyboard.press('Escape');
            await page.getByRole('link', { name: /^Reschedule/ }).click();
            await expect(page.getByRole('button', { name: /free time/ }).first()).toBeVisible();
            await expectAccessible(page);
            await page.goto(`${new URL(page.url()).pathname}/${workday(18)}`);
            await page.getByRole('button', { name: '10:00 AM', exact: true }).click();
            await expect(page.getByRole('alertdialog')).toBeVisible();
            await expectAccessible(page);
            await page.goto('/appointments?show=past');
            await expectAccessible(page);
            await page.goto(patientPath(4, start));
            await expect(page.getByRole('heading', { name: 'Is the appointment for you?' })).toBeVisible();
            await expectAccessible(page);
            await page.goto(`/waitlist?doctor=3&date=${full}`);
            await expectAccessible(page);
            await page.getByRole('button', { name: 'Join Waitlist' }).click();
            await expect(page.getByText('You are on the waitlist')).toBeVisible();
            await expectAccessible(page);
            await page.goto('/cancellation-policy');
            await expectAccessible(page);
            await page.goto('/nowhere');
            await expectAccessible(page);
        });
    });
}

test('no page is wider than the screen, even with letters of double size', async ({ page }) => {
    const patient = insertPatient(newPerson('Mona Weber'));
    insertAppointment({ doctor: 9, patient: patient.id, start: clinicTime(workday(28), '09:00'), duration: 15, status: 'cancelled' });
    await remember(page, patient);
    await page.addInitScript(() =>
        document.addEventListener('DOMContentLoaded', () => document.documentElement.style.setProperty('font-size', '200%')),
    );
    const tooWide = () => {
        const edge = document.documentElement.clientWidth;
        const isTooWide = (element: Element) => element.getBoundingClientRect().right > edge + 1 && element.className !== 'visually-hidden';
        return Array.from(document.querySelectorAll('body *')).filter(isTooWide).map((element) => `${element.tagName} ${element.className}`);
    };
    for (const path of ['/', '/book/4', `/book/4/day/${workday(18)}`, '/appointments?show=cancelled', '/waitlist', '/cancellation-policy']) {
        await page.goto(path);
        await page.waitForLoadState('networkidle');
        expect(await page.evaluate(tooWide), path).toEqual([]);
    }
});
