import type { Page } from '@playwright/test';
import { at, clinicTime, fillDay, fromNow, insertAppointment, insertPatient, newPerson, workday } from '../support/clinic.ts';
import { enter, expect, expectAccessible, patientPath, remember, test } from '../support/page.ts';

test('no page and no dialog violates a rule of axe', async ({ page, colorScheme }, { project }) => {
    test.setTimeout(180_000);
    const shift = ['phone', 'desktop', 'phone-dark', 'desktop-light'].indexOf(project.name);
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
    const taken = { error: 'Time slot no longer available', available_slots: [{ start_time: at(workday(18), '16:30'), duration: 30 }] };
    await page.route('**/api/appointments', (route) => route.fulfill({ status: 409, json: taken }), { times: 1 });
    await page.getByRole('button', { name: 'Confirm booking' }).click();
    await expect(page.getByRole('button', { name: '4:30 PM' })).toBeVisible();
    await expectAccessible(page);

    await page.evaluate(() => localStorage.clear());
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

test('nor does any page that says no, and none at the end of a way', async ({ page }, { project }) => {
    test.setTimeout(180_000);
    const shift = ['phone', 'desktop', 'phone-dark', 'desktop-light'].indexOf(project.name);
    const day = workday(52 + shift);
    const patient = insertPatient(newPerson('Lotte Ende'));
    const rival = insertPatient(newPerson('Somebody Else'));
    const id = insertAppointment({ doctor: 10, patient: patient.id, start: clinicTime(day, '09:00') });
    insertAppointment({ doctor: 10, patient: patient.id, start: clinicTime(day, '09:30'), status: 'cancelled', fee: true });
    const heading = page.getByRole('heading', { level: 1 });
    const down = { status: 503, json: { error: 'Service unavailable' } };

    await page.goto('/book/999');
    await expect(heading).toHaveText('We could not find this doctor');
    await expectAccessible(page);
    await page.goto('/book/4/confirm');
    await expect(heading).toHaveText('A step is missing');
    await expectAccessible(page);
    await page.goto('/waitlist');
    await expect(page.getByRole('heading', { name: 'Who is waiting?' })).toBeVisible();
    await expectAccessible(page);
    await enter(page, newPerson('Lore Neu'));
    await page.getByRole('button', { name: 'Continue' }).click();
    await expect(page.getByText('For Lore Neu')).toBeVisible();
    await page.getByRole('button', { name: 'Join Waitlist' }).click();
    await expect(page.getByText('Please choose a doctor')).toBeVisible();
    await expectAccessible(page);
    await page.getByLabel('Doctor').selectOption('10');
    await page.getByLabel('Day').fill(day);
    await page.getByRole('button', { name: 'Join Waitlist' }).click();
    await expect(page.getByText('You are on the waitlist')).toBeVisible();
    await expectAccessible(page);
    await page.evaluate(() => localStorage.clear());
    await page.goto('/appointments');
    await enter(page, newPerson('Lars Unbekannt'));
    await page.getByRole('button', { name: 'Show my appointments' }).click();
    await expect(page.getByRole('alert')).toContainText('We found no appointments');
    await expectAccessible(page);

    await remember(page, patient);
    await page.goto(`/appointments/${id}/booked`);
    await expect(heading).toHaveText('Your appointment is booked');
    await expectAccessible(page);
    await page.goto('/appointments/999999/booked');
    await expect(heading).toHaveText('We could not find this appointment');
    await expectAccessible(page);
    await page.goto('/appointments?show=cancelled');
    await expect(page.getByText('A late cancellation fee of $50 applies')).toBeVisible();
    await expectAccessible(page);
    await page.goto(`/appointments/${id}/reschedule/${day}`);
    await page.getByRole('button', { name: '2:00 PM', exact: true }).click();
    insertAppointment({ doctor: 10, patient: rival.id, start: clinicTime(day, '14:00') });
    await page.getByRole('button', { name: 'Yes, move it' }).click();
    await expect(page.getByRole('alertdialog').getByRole('alert')).toContainText('just booked');
    await expectAccessible(page);
    const late = insertAppointment({ doctor: 5 + shift, patient: patient.id, start: fromNow('6 hours') });
    await page.goto(`/appointments/${late}/reschedule`);
    await expect(heading).toHaveText('This appointment cannot be moved');
    await expectAccessible(page);

    await page.route('**/api/**', (route) => route.fulfill(down));
    for (const path of ['/', '/book/4', `/book/4/day/${day}`, patientPath(4, at(day, '09:00')), '/appointments', `/appointments/${id}/booked`]) {
        await page.goto(path);
        await expect(page.getByRole('alert').first()).toContainText('Something went wrong on our side');
        await expectAccessible(page);
    }
    await page.unroute('**/api/**');
    await page.goto('/');
    await expect(page.getByRole('heading', { name: 'Dr. David Kim' })).toBeVisible();
    await page.context().setOffline(true);
    await expect(page.getByText('You are offline.')).toBeVisible();
    await expectAccessible(page);
});

/** Every page that has something to press, for a patient who has an appointment near and one far. */
async function pagesOf(page: Page, shift: number): Promise<string[]> {
    const patient = insertPatient(newPerson('Mona Weber'));
    const far = insertAppointment({ doctor: 9, patient: patient.id, start: clinicTime(workday(28 + shift), '09:00') });
    insertAppointment({ doctor: 9, patient: patient.id, start: clinicTime(workday(28 + shift), '09:30'), duration: 15, status: 'cancelled' });
    insertAppointment({ doctor: 7 + shift, patient: patient.id, start: fromNow('9 hours') });
    await remember(page, patient);
    return [
        '/',
        '/book/4',
        `/book/4/day/${workday(18)}`,
        patientPath(4, at(workday(18), '09:00')),
        `${patientPath(4, at(workday(18), '09:00'))}&other=1`,
        patientPath(4, at(workday(18), '09:00')).replace('patient', 'confirm'),
        `/appointments/${far}/booked`,
        '/appointments',
        '/appointments?show=cancelled',
        `/appointments/${far}/reschedule`,
        '/waitlist',
        '/cancellation-policy',
        '/nowhere',
    ];
}

test('no page is wider than the screen, even with letters of double size', async ({ page }, { project }) => {
    const paths = await pagesOf(page, project.name.startsWith('phone') ? 0 : 1);
    await page.addInitScript(() =>
        document.addEventListener('DOMContentLoaded', () => document.documentElement.style.setProperty('font-size', '200%')),
    );
    const tooWide = () => {
        const edge = document.documentElement.clientWidth;
        const isTooWide = (element: Element) => element.getBoundingClientRect().right > edge + 1 && element.className !== 'visually-hidden';
        return Array.from(document.querySelectorAll('body *')).filter(isTooWide).map((element) => `${element.tagName} ${element.className}`);
    };
    for (const path of paths) {
        await page.goto(path);
        await page.waitForLoadState('networkidle');
        expect.soft(await page.evaluate(tooWide), path).toEqual([]);
    }
});

test('whatever can be tapped is as large as a finger', { tag: '@once' }, async ({ page }) => {
    const kCanBeTapped = 'a, button, select, label:has(> input), input:not(label > input), [role=button]:not([aria-disabled])';
    const tooSmall = (selector: string) => {
        // A link within a sentence is as high as its line; a radio button is tapped through the label around it.
        const isInText = (element: Element) => element.matches('p a') && getComputedStyle(element).display === 'inline';
        return Array.from(document.querySelectorAll<HTMLElement>(selector))
            .filter((element) => element.tabIndex >= 0 || element.matches('label'))
            .filter((element) => !isInText(element) && element.checkVisibility({ visibilityProperty: true }))
            .map((element) => ({ box: element.getBoundingClientRect(), name: element.getAttribute('aria-label') ?? element.textContent }))
            .filter(({ box }) => box.right > 0 && box.bottom > 0 && (box.width < 44 || box.height < 44))
            .map(({ box, name }) => `${name}: ${box.width} x ${box.height}`);
    };
    for (const path of await pagesOf(page, 2)) {
        await page.goto(path);
        await page.waitForLoadState('networkidle');
        expect.soft(await page.evaluate(tooSmall, kCanBeTapped), path).toEqual([]);
    }
});
