import { at, newPerson, sql, workday } from '../support/clinic.ts';
import { enter, expect, patientPath, test } from '../support/page.ts';

test('of two who want the same time one gets it, and the other gets another', async ({ browser, page }, { project }) => {
    const day = workday(project.name === 'phone' ? 8 : 9);
    const start = at(day, '13:00');
    const other = await (await browser.newContext()).newPage();
    const people = [newPerson('Ana Ruiz'), newPerson('Ben Ortiz')] as const;

    for (const [index, each] of [page, other].entries()) {
        await each.goto(patientPath(8, start));
        await enter(each, people[index] ?? people[0]);
        await each.getByRole('button', { name: 'Continue' }).click();
        await expect(each.getByRole('button', { name: 'Confirm booking' })).toBeVisible();
    }
    await Promise.all([page, other].map((each) => each.getByRole('button', { name: 'Confirm booking' }).click()));

    const isBooked = async (each: typeof page) => (await each.getByRole('heading', { name: 'Your appointment is booked' }).count()) === 1;
    const isRefused = async (each: typeof page) => (await each.getByRole('alert').count()) === 1;
    for (const each of [page, other]) await expect.poll(async () => (await isBooked(each)) || (await isRefused(each))).toBe(true);
    expect([await isBooked(page), await isBooked(other)].filter(Boolean)).toHaveLength(1);

    const loser = (await isBooked(page)) ? other : page;
    await expect(loser.getByRole('alert')).toContainText('This time slot was just booked. Please select another time.');
    await expect(loser.getByRole('alert')).toBeInViewport({ ratio: 1 });
    await expect(loser.getByRole('button', { name: 'Confirm booking' })).toHaveAttribute('aria-disabled', 'true');
    await expect(loser.getByRole('alert').getByRole('button', { name: '1:00 PM', exact: true })).toHaveCount(0);
    await loser.getByRole('alert').getByRole('button', { name: '1:30 PM', exact: true }).click();
    await expect(loser.getByRole('alert')).toHaveCount(0);
    await expect(loser.getByRole('main')).toContainText('1:30 PM');
    await loser.getByRole('button', { name: 'Confirm booking' }).click();
    await expect(loser.getByRole('heading', { level: 1 })).toHaveText('Your appointment is booked');

    expect(
        sql(`SELECT count(*) FROM appointments a JOIN patients p ON p.id = a.patient_id
              WHERE p.email IN ('${people[0].email}', '${people[1].email}') AND a.doctor_id = 8`),
    ).toBe('2');
});
