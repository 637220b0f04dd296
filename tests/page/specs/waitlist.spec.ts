import { fillDay, insertPatient, inWords, newPerson, nextSaturday, sql, workday } from '../support/clinic.ts';
import { enter, expect, remember, test } from '../support/page.ts';

test('a full day leads to the waitlist, and whoever waits can leave', async ({ page }, { project }) => {
    const day = workday(project.name === 'phone' ? 20 : 21);
    fillDay(7, day, insertPatient(newPerson('Full House')).id);
    const patient = insertPatient(newPerson('Ines Costa'));
    await remember(page, patient);

    await page.goto(`/book/7/day/${day}`);
    await expect(page.getByText('No free times on this day')).toBeVisible();
    await page.getByRole('link', { name: 'Join the waitlist for this day' }).click();
    await expect(page.getByLabel('Doctor')).toHaveValue('7');
    await expect(page.getByLabel('Day')).toHaveValue(day);
    await page.getByText('Morning', { exact: true }).click();
    await page.getByRole('button', { name: 'Join Waitlist' }).click();
    await expect(page.getByText('You are on the waitlist')).toBeVisible();
    expect(sql(`SELECT doctor_id, desired_date, preferred_time_range, status FROM waitlist WHERE patient_id = ${patient.id}`)).toBe(
        `7|${day}|morning|waiting`,
    );

    await page.getByRole('link', { name: 'See my appointments' }).click();
    await expect(page.getByRole('heading', { name: 'Waiting for' })).toBeVisible();
    await page.getByRole('button', { name: `Leave the waitlist for ${inWords(day)}` }).click();
    await expect(page.getByText(`You are no longer waiting for ${inWords(day)}.`)).toBeVisible();
    await expect(page.getByRole('heading', { name: 'Waiting for' })).toHaveCount(0);
});

test('the rules of the waitlist are said in plain words', { tag: '@once' }, async ({ page }) => {
    const patient = insertPatient(newPerson('Jana Wolf'));
    await remember(page, patient);
    const join = async (day: string) => {
        await page.goto(`/waitlist?doctor=4&date=${day}`);
        await page.getByRole('button', { name: 'Join Waitlist' }).click();
    };
    await join(workday(40));
    await expect(page.getByText('You are on the waitlist')).toBeVisible();
    await join(workday(40));
    await expect(page.getByRole('alert')).toContainText('You are already on the waitlist for this day.');
    await join(workday(41));
    await expect(page.getByText('You are on the waitlist')).toBeVisible();
    await join(workday(44));
    await expect(page.getByText('You are on the waitlist')).toBeVisible();
    await join(workday(45));
    await expect(page.getByRole('alert')).toContainText('You are already on as many waitlists as you can be at a time.');
});

test('what is missing is named, before anything is sent', { tag: '@once' }, async ({ page }) => {
    await page.goto('/waitlist');
    await enter(page, newPerson('Karl Adam'));
    await page.getByRole('button', { name: 'Continue' }).click();
    await expect(page.getByText('For Karl Adam')).toBeVisible();
    await page.getByRole('button', { name: 'Join Waitlist' }).click();
    await expect(page.getByLabel('Doctor')).toBeFocused();
    await expect(page.getByText('Please choose a doctor')).toBeVisible();
    await expect(page.getByText('Please choose a day')).toBeVisible();
    await page.getByLabel('Doctor').selectOption('4');
    await page.getByLabel('Day').fill('2020-01-01');
    await expect(page.getByText('Please choose today or a later day')).toBeVisible();
    await page.getByLabel('Day').fill('2099-01-01');
    await expect(page.getByText(/^Please choose a day up to /)).toBeVisible();
    await page.getByLabel('Day').fill(nextSaturday());
    await expect(page.getByText('The doctor is not there on that day of the week')).toBeVisible();
    await page.getByRole('button', { name: 'Join Waitlist' }).click();
    await expect(page.getByLabel('Day')).toBeFocused();
    await expect(page.getByText('You are on the waitlist')).toHaveCount(0);
});
