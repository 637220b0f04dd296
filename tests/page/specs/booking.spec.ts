import { at, clinicTime, fromNow, insertAppointment, insertPatient, inWords, newPerson, nextSaturday, sql, workday } from '../support/clinic.ts';
import { enter, expect, patientPath, test } from '../support/page.ts';

test('a new patient books in six steps, and is told everything', async ({ page }, { project }) => {
    const person = newPerson();
    const day = workday(project.name === 'phone' ? 3 : 4);

    await page.goto('/');
    await page.getByRole('link', { name: 'Book Appointment with Dr. Lisa Patel' }).click();

    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Choose a day');
    await expect(page.getByRole('heading', { level: 1 })).toBeFocused();
    await page.getByText('New patient', { exact: true }).click();
    await expect(page.getByRole('radio', { name: '60 min' })).toBeChecked();
    await expect(page.getByRole('radio', { name: '15 min' })).toBeDisabled();
    await expect(page.getByText('All times are Eastern Time')).toBeVisible();
    await chooseDay(page, day);

    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Choose a time');
    await expect(page.getByRole('heading', { name: 'Morning' })).toBeVisible();
    await page.getByRole('link', { name: '9:00 AM', exact: true }).click();

    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Your details');
    await enter(page, person);
    await expect(page.getByLabel('Mobile phone')).toHaveValue('212-555-0123');
    await page.getByRole('button', { name: 'Continue' }).click();

    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Check and confirm');
    await expect(page.getByRole('main')).toContainText(inWords(day));
    await expect(page.getByRole('main')).toContainText('9:00 AM');
    await expect(page.getByRole('main')).toContainText('New patient, 60 minutes');
    await expect(page.getByRole('main')).toContainText('March 7, 1956');
    await expect(page.getByRole('main')).toContainText('a fee of $50 applies');
    await page.getByRole('button', { name: 'Confirm booking' }).click();

    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Your appointment is booked');
    await expect(page.getByRole('main')).toContainText('Dr. Lisa Patel');
    await expect(page.getByRole('main')).toContainText(inWords(day));
    await expect(page.getByRole('main')).toContainText('9:00 AM (Eastern Time)');
    await expect(page.getByRole('main')).toContainText('240 Riverside Avenue');
    await expect(page.getByRole('main')).toContainText(person.name);
    expect(
        sql(`SELECT a.start_time AT TIME ZONE 'UTC' AT TIME ZONE 'America/New_York', duration, type, status
               FROM appointments a JOIN patients p ON p.id = a.patient_id WHERE p.email = '${person.email}'`),
    ).toBe(`${day} 09:00:00|60|new-patient|scheduled`);

    // The confirmation has an address of its own, and the way back does not lead to booking once more.
    await page.reload();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Your appointment is booked');
    await page.goBack();
    await expect(page.getByRole('heading', { level: 1 })).not.toHaveText('Check and confirm');

    // The time is gone for the next patient.
    await page.goto(`/book/5/day/${day}`);
    await expect(page.getByRole('link', { name: '10:00 AM', exact: true })).toBeVisible();
    await expect(page.getByRole('link', { name: '9:00 AM', exact: true })).toHaveCount(0);
    await expect(page.getByRole('link', { name: '9:30 AM', exact: true })).toHaveCount(0);
});

test('the calendar file of a booking can be fetched', { tag: '@once' }, async ({ page, request }) => {
    const day = workday(6);
    await page.goto(patientPath(2, at(day, '15:30'), 15, 'follow-up'));
    await enter(page, newPerson());
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('button', { name: 'Confirm booking' }).click();
    const link = page.getByRole('link', { name: 'Add to calendar' });
    const answer = await request.get((await link.getAttribute('href')) ?? '');
    expect(answer.headers()['content-type']).toContain('text/calendar');
    expect(await answer.text()).toContain('BEGIN:VEVENT');
});

test('the calendar stays where the patient has leafed to', async ({ page }, { project }) => {
    await page.goto('/book/8');
    await expect(page.getByRole('button', { name: /free time/ }).first()).toBeVisible();
    await page.getByRole('button', { name: 'Next month' }).click();
    await page.getByRole('button', { name: 'Next month' }).click();
    const calendar = page.getByRole('application', { name: /^Days with free times, / });
    const leafedTo = await calendar.getAttribute('aria-label');
    expect(leafedTo).not.toBeNull();
    await page.getByRole('button', { name: /free time/ }).last().click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Choose a time');
    // A phone shows the times in the calendar's place.
    await expect(calendar).toHaveCount(project.name === 'phone' ? 0 : 1);
    await page.goBack();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Choose a day');
    await expect(calendar).toHaveAccessibleName(leafedTo ?? '');
});

test('wrong entries are named beside their fields, and the first has the focus', async ({ page }) => {
    await page.goto(patientPath(4, at(workday(5), '10:00')));
    await page.getByRole('button', { name: 'Continue' }).click();
    await expect(page.getByRole('alert')).toContainText('4 entries need your attention');
    await expect(page.getByLabel('Full name')).toBeFocused();
    await expect(page.getByLabel('Full name')).toHaveAccessibleDescription(/Please enter the full name/);

    const person = newPerson();
    await enter(page, { ...person, email: 'rosa@nowhere', phone: '212-555', birth: { day: '30', month: '2', year: '1956' } });
    await page.getByRole('button', { name: 'Continue' }).click();
    await expect(page.getByRole('alert')).toContainText('3 entries need your attention');
    await expect(page.getByLabel('Month')).toBeFocused();
    await expect(page.getByText('Please enter a date that exists')).toBeVisible();
    await expect(page.getByText('Please enter an email address like')).toBeVisible();
    await expect(page.getByText('Please enter 10 digits')).toBeVisible();

    await page.getByLabel('Year').fill('2999');
    await page.getByLabel('Month').fill('3');
    await expect(page.getByText('The date of birth must be in the past')).toBeVisible();
});

test('a reload and the back button lose nothing that was typed', async ({ page }) => {
    const person = newPerson();
    await page.goto(patientPath(6, at(workday(7), '11:00'), 60));
    await enter(page, person);
    await page.reload();
    await expect(page.getByLabel('Full name')).toHaveValue(person.name);
    await expect(page.getByLabel('Year')).toHaveValue('1956');

    await page.getByRole('button', { name: 'Continue' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Check and confirm');
    await page.reload();
    await expect(page.getByRole('main')).toContainText(person.email);
    await page.goBack();
    await expect(page.getByLabel('Email')).toHaveValue(person.email);
    await page.goForward();
    await page.getByRole('link', { name: 'Change: When' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Choose a time');
    await page.getByRole('link', { name: '2:00 PM', exact: true }).click();
    await expect(page.getByLabel('Full name')).toHaveValue(person.name);
    await page.getByRole('button', { name: 'Continue' }).click();
    await expect(page.getByRole('main')).toContainText('2:00 PM');
    await expect(page.getByRole('main')).toContainText('60 minutes');
});

test('a booking that is still under way is asked for again under the same key', { tag: '@once' }, async ({ page }) => {
    const keys: (string | undefined)[] = [];
    await page.route('**/api/appointments', (route) => {
        keys.push(route.request().headers()['idempotency-key']);
        if (keys.length > 1) return route.continue();
        return route.fulfill({ status: 409, json: { error: 'A request with this Idempotency-Key is under way' } });
    });
    await page.goto(patientPath(5, at(workday(9), '16:00')));
    await enter(page, newPerson('Paula Stern'));
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('button', { name: 'Confirm booking' }).click();
    // Asked for at the bottom of a long page, said at its top: it comes into sight by itself.
    await expect(page.getByRole('alert')).toContainText('it will never be booked twice');
    await expect(page.getByRole('alert')).toBeInViewport({ ratio: 1 });
    await page.getByRole('button', { name: 'Confirm booking' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Your appointment is booked');
    expect(keys).toHaveLength(2);
    expect(keys[1]).toBe(keys[0]);
});

test('the confirmation promises only what comes, and never a booking that is none', { tag: '@once' }, async ({ page }) => {
    const patient = insertPatient(newPerson('Wanda Frei')).id;
    const heading = page.getByRole('heading', { level: 1 });
    const main = page.getByRole('main');
    const open = (made: Partial<Parameters<typeof insertAppointment>[0]>) =>
        page.goto(`/appointments/${insertAppointment({ doctor: 10, patient, start: fromNow('20 hours'), ...made })}/booked`);

    await open({ start: clinicTime(workday(29), '10:00') });
    await expect(heading).toHaveText('Your appointment is booked');
    await expect(main).toContainText('A confirmation is on its way to your email');
    await expect(main).toContainText('A reminder by email, 24 hours before');
    await expect(main).toContainText('A text message, 2 hours before');

    await open({});
    await expect(heading).toHaveText('Your appointment is booked');
    await expect(main).toContainText('All details are on their way to your email');
    await expect(main).not.toContainText('A confirmation');
    await expect(main).toContainText('A text message, 2 hours before');
    await expect(main).not.toContainText('A reminder by email');

    await open({ status: 'cancelled' });
    await expect(heading).toHaveText('This appointment is cancelled');
    await expect(main).not.toContainText('What happens next');
    await expect(main).not.toContainText('✓');

    await open({ start: fromNow('-30 days'), status: 'completed' });
    await expect(heading).toHaveText('Your appointment');
    await expect(main).not.toContainText('What happens next');

    await page.route(/api\/appointments\/\d+$/, (route) => route.fulfill({ status: 503, json: { error: 'Service unavailable' } }));
    await page.reload();
    await expect(page.getByRole('alert')).toBeVisible();
    await expect(heading).toHaveText('Your appointment');
});

test('the times of a day are fetched again while somebody looks at them', { tag: '@once' }, async ({ page }) => {
    const day = workday(29);
    await page.clock.install();
    await page.goto(`/book/9/day/${day}`);
    const slot = page.getByRole('link', { name: '2:30 PM', exact: true });
    await expect(slot).toBeVisible();
    insertAppointment({ doctor: 9, patient: insertPatient(newPerson('Xaver Flink')).id, start: clinicTime(day, '14:30') });
    await page.clock.fastForward(21_000);
    await expect(slot).toHaveCount(0);
    await expect(page.getByRole('link', { name: '2:00 PM', exact: true })).toBeVisible();
});

test('a month of the calendar is one request', { tag: '@once' }, async ({ page }) => {
    const asked: string[] = [];
    page.on('request', (request) => {
        if (request.url().includes('/availability')) asked.push(new URL(request.url()).searchParams.get('from') ?? 'a day');
    });
    await page.goto('/book/9');
    await expect(page.getByRole('button', { name: /free time/ }).first()).toBeVisible();
    await page.waitForLoadState('networkidle');
    expect(asked).toHaveLength(1);
    const next = page.waitForResponse(/availability\?from/);
    await page.getByRole('button', { name: 'Next month' }).click();
    await next;
    await page.waitForLoadState('networkidle');
    expect(asked).toHaveLength(2);
    expect(new Set(asked).size).toBe(2);
    expect(asked).not.toContain('a day');
});

test('the next free day has room for the length that was chosen', { tag: '@once' }, async ({ page }) => {
    let last = '';
    await page.route(/availability\?from.*duration=60|availability\?.*duration=60.*from/, async (route) => {
        const month = (await (await route.fetch()).json()) as { days: { date: string; free: number }[] };
        last = month.days.filter(({ free }) => free > 0).at(-1)?.date ?? '';
        await route.fulfill({ json: { ...month, days: month.days.map(({ date, free }) => ({ date, free: date === last ? free : 0 })) } });
    });
    await page.goto('/book/8');
    await expect(page.getByRole('link', { name: /^Next free time: / })).toBeVisible();
    await page.getByRole('radio', { name: '60 min' }).check();
    const link = page.getByRole('link', { name: /^Next free day: / });
    await expect(link).toBeVisible();
    expect(last).not.toBe('');
    expect(await link.getAttribute('href')).toContain(`/day/${last}?`);
    await expect(link).toHaveText(`Next free day: ${inWords(last)}`);
});

test('a day without free times offers the waitlist, a closed day does not', { tag: '@once' }, async ({ page }) => {
    const day = workday(1);
    const saturday = nextSaturday();
    await page.goto(`/book/10/day/${saturday}`);
    await expect(page.getByText('The doctor is not there on this day')).toBeVisible();
    await expect(page.getByRole('link', { name: 'Join the waitlist for this day' })).toHaveCount(0);
    await page.goto(`/book/10/day/${day}`);
    await expect(page.getByRole('link', { name: 'Join the waitlist for this day' })).toBeVisible();
});

async function chooseDay(page: import('@playwright/test').Page, day: string) {
    const cell = page.getByRole('button', { name: new RegExp(`^.*${inWords(day).replace(/^\w+, /, '')}, .*free`) });
    if ((await cell.count()) === 0) await page.getByRole('button', { name: 'Next month' }).click();
    await cell.click();
}
