import { expect, test } from '../support/page.ts';

test('everything from the list to the confirmation can be done by keyboard alone', async ({ page }, { project }) => {
    const keyboard = page.keyboard;
    const focused = page.locator(':focus');
    const tabTo = async (name: string | RegExp) => {
        for (let presses = 0; presses < 80; presses += 1) {
            await keyboard.press('Tab');
            const text = await focused.evaluate((element) => `${element.getAttribute('aria-label') ?? ''} ${element.textContent}`).catch(() => '');
            if (typeof name === 'string' ? text.includes(name) : name.test(text)) return;
        }
        throw new Error(`Tab never came to ${name}`);
    };

    await page.goto('/');
    await expect(page.getByRole('link', { name: /Book Appointment with Dr. Jennifer Lee/ })).toBeVisible();
    await keyboard.press('Tab');
    await expect(focused).toHaveText('Skip to the content');
    await keyboard.press('Enter');
    await tabTo('Book Appointment with Dr. Jennifer Lee');
    await expect(focused).toHaveCSS('outline-style', 'solid');
    await keyboard.press('Enter');

    await expect(page.getByRole('heading', { level: 1 })).toBeFocused();
    // The calendar is one stop; arrow keys move in it, over the end of the month as well.
    await expect(page.getByRole('button', { name: /free time/ }).first()).toBeVisible();
    await tabTo('Next month');
    await keyboard.press('Enter');
    await tabTo(/\d.*,/);
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
    await tabTo(time);
    await keyboard.press('Enter');

    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Your details');
    await tabTo('');
    while (!(await page.getByLabel('Full name').evaluate((element) => element === document.activeElement))) await keyboard.press('Tab');
    for (const text of ['Tess Quinn', '4', '9', '1950', 'tess@example.com', '2125550188']) {
        await keyboard.type(text);
        await keyboard.press('Tab');
    }
    await expect(focused).toHaveText('Continue');
    await keyboard.press('Enter');

    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Check and confirm');
    await tabTo('Confirm booking');
    await keyboard.press('Enter');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Your appointment is booked');

    await page.goto('/appointments');
    await expect(page.getByRole('button', { name: /^Cancel the appointment/ }).first()).toBeVisible();
    await tabTo('Cancel the appointment');
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
