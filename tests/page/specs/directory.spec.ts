import { expect, test } from '../support/page.ts';

test('all doctors are listed with what a patient wants to know', async ({ page }) => {
    await page.goto('/');
    const cards = page.getByRole('main').getByRole('listitem');
    await expect(cards).toHaveCount(10);
    const kim = cards.filter({ hasText: 'Dr. David Kim' });
    await expect(kim).toContainText('Cardiology');
    await expect(kim).toContainText('18 years of experience');
    await expect(kim).toContainText('board-certified');
    await expect(kim).toContainText(/Next: .*\d:\d\d [AP]M/);
    await expect(kim.getByRole('link', { name: 'Book Appointment with Dr. David Kim' })).toHaveText('Book Appointment');
    await expect(page).toHaveTitle('Find your doctor · Riverside Medical Clinic');
});

test('each portrait is a picture that is there', { tag: '@once' }, async ({ page, request }) => {
    await page.goto('/');
    const portraits = page.getByRole('main').locator('img');
    await expect(portraits).toHaveCount(10);
    for (const portrait of await portraits.all()) {
        const answer = await request.get((await portrait.getAttribute('src')) ?? '');
        expect(answer.status()).toBe(200);
        expect(answer.headers()['content-type']).toContain('image/svg+xml');
    }
});

test('a portrait that does not come leaves the initials in its place', { tag: '@once' }, async ({ page }) => {
    await page.route('**/photos/david-kim.svg', (route) => route.fulfill({ status: 404 }));
    await page.goto('/');
    const kim = page.getByRole('main').getByRole('listitem').filter({ hasText: 'Dr. David Kim' });
    const initials = kim.getByText('DK', { exact: true });
    await expect(initials).toBeVisible();
    const size = await initials.boundingBox();
    expect([size?.width, size?.height]).toEqual([112, 112]);
    await expect(page.getByRole('main').locator('img')).toHaveCount(9);
});

test('specialty and search narrow the list, and the address keeps both', async ({ page }) => {
    await page.goto('/');
    await page.getByRole('radio', { name: 'Cardiology' }).check();
    await expect(page.getByText('3 doctors')).toBeVisible();
    await page.getByLabel('Search by name').fill('kim');
    await expect(page.getByText('1 doctor', { exact: true })).toBeVisible();
    await page.reload();
    await expect(page.getByText('1 doctor', { exact: true })).toBeVisible();

    await page.getByRole('link', { name: /Book Appointment with Dr. David Kim/ }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Choose a day');
    await page.goBack();
    await expect(page.getByLabel('Search by name')).toHaveValue('kim');

    await page.getByLabel('Search by name').fill('nobody');
    await expect(page.getByRole('heading', { name: 'No doctor matches' })).toBeVisible();
    await page.getByRole('button', { name: 'Show all doctors' }).click();
    await expect(page.getByText('10 doctors')).toBeVisible();
});

test('an address that does not exist says so', { tag: '@once' }, async ({ page }) => {
    await page.goto('/nowhere');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('We could not find this page');
    await page.goto('/book/999');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('We could not find this doctor');
    await page.goto('/appointments/999999/booked');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('We could not find this appointment');
});
