import { expect, test } from '../support/page.ts';

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

test('moving on inside the page takes less than a second', async ({ page }) => {
    await page.goto('/');
    await page.waitForLoadState('networkidle');
    const started = Date.now();
    await page.getByRole('link', { name: 'Book Appointment with Dr. Robert Taylor' }).click();
    await expect(page.getByRole('button', { name: /free time/ }).first()).toBeVisible();
    const took = Date.now() - started;
    console.log(`from the list to the calendar in ${took} ms`);
    expect(took).toBeLessThan(1000);
});
