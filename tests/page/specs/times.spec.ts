import type { Locator } from '@playwright/test';
import { newPerson } from '../support/clinic.ts';
import { enter, expect, test } from '../support/page.ts';

test('the list has painted its largest part within a second', async ({ page }) => {
    await page.goto('/');
    await expect(page.getByText(/Next: /).first()).toBeVisible();
    const paint = await page.evaluate(
        () =>
            new Promise<number>((resolve) => {
                new PerformanceObserver((list) => resolve(list.getEntries().at(-1)?.startTime ?? Infinity)).observe({
                    type: 'largest-contentful-paint',
                    buffered: true,
                });
            }),
    );
    console.log(`largest paint of the list after ${Math.round(paint)} ms`);
    expect(paint).toBeLessThan(1000);
});

test('every step inside the page takes less than a second', async ({ page }) => {
    /** From a click to what the next step shows. */
    const step = async (name: string, click: Locator, shown: Locator) => {
        const started = Date.now();
        await click.click();
        await expect(shown).toBeVisible();
        const took = Date.now() - started;
        console.log(`${name} in ${took} ms`);
        expect.soft(took, name).toBeLessThan(1000);
    };
    const heading = (name: string) => page.getByRole('heading', { level: 1, name });
    const freeDay = page.getByRole('button', { name: /free time/ });
    const freeTime = page.getByRole('link', { name: /^\d+:\d\d [AP]M$/ });

    await page.goto('/');
    await page.waitForLoadState('networkidle');
    await step('from the list to the calendar', page.getByRole('link', { name: 'Book Appointment with Dr. Robert Taylor' }), freeDay.first());
    await step('from the calendar to the times', freeDay.last(), freeTime.first());
    await step('from the times to the details', freeTime.first(), page.getByLabel('Full name'));
    await enter(page, newPerson());
    await step('from the details to the check', page.getByRole('button', { name: 'Continue' }), heading('Check and confirm'));
    await step('from the check to the confirmation', page.getByRole('button', { name: 'Confirm booking' }), heading('Your appointment is booked'));
    const cancel = page.getByRole('main').getByRole('button', { name: /^Cancel/ });
    await step('from the confirmation to the appointments', page.getByRole('link', { name: 'See my appointments' }), cancel.first());
});
