import { gzipSync } from 'node:zlib';
import { expect, test } from '../support/page.ts';

test('the first load is small, and asks nobody else for anything', { tag: '@once' }, async ({ page, baseURL }) => {
    const scripts: Promise<number>[] = [];
    const strangers: string[] = [];
    page.on('response', (response) => {
        if (!response.url().startsWith(baseURL ?? '')) strangers.push(response.url());
        if (response.request().resourceType() !== 'script') return;
        scripts.push(response.body().then((body) => gzipSync(body).length));
    });
    await page.goto('/');
    await page.waitForLoadState('networkidle');
    const bytes = (await Promise.all(scripts)).reduce((sum, size) => sum + size, 0);
    expect(bytes).toBeGreaterThan(50_000);
    expect(bytes).toBeLessThan(120_000);
    expect(strangers).toEqual([]);
});

test('the frame of the page shows before any script, and the page takes its place exactly', async ({ page }) => {
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    await page.route('**/assets/*.js', async (route) => {
        await released;
        await route.continue();
    });
    await page.goto('/', { waitUntil: 'commit' });
    const frame = await page.locator('.shell-header').boundingBox();
    const logo = await page.locator('.shell-header img').boundingBox();
    const title = await page.locator('.shell-title').boundingBox();
    expect(frame?.height).toBeGreaterThan(0);
    release();
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await expect(page.locator('.shell')).toHaveCount(0);
    expect(await page.getByRole('banner').boundingBox()).toEqual(frame);
    expect(await page.getByRole('banner').locator('img').boundingBox()).toEqual(logo);
    const heading = await page.getByRole('heading', { level: 1 }).boundingBox();
    expect(heading?.x).toBe(title?.x);
    expect(heading?.y).toBe(title?.y);
});

test('the page that is opened is on its way before React has arrived', { tag: '@once' }, async ({ page }) => {
    await page.route(/\/assets\/base-/, () => undefined);
    const file = page.waitForRequest(/\/assets\/DoctorAvailability-/);
    await page.goto('/book/4', { waitUntil: 'commit' });
    await file;
});

test('scripts are kept for ever, the page is asked for anew', { tag: '@once' }, async ({ request }) => {
    const page = await request.get('/book/4');
    expect(page.status()).toBe(200);
    expect(page.headers()['cache-control']).toBe('no-cache');
    const script = /src="(\/assets\/[^"]+\.js)"/.exec(await page.text())?.[1] ?? '';
    const answer = await request.get(script);
    expect(answer.headers()['cache-control']).toContain('immutable');
    expect(answer.headers()['content-encoding']).toBe('gzip');
    expect((await request.get('/assets/gone.js')).status()).toBe(404);
    expect((await request.get('/favicon.svg')).headers()['cache-control']).toBe('public, max-age=86400');
});

test('the security headers stand on every kind of answer', { tag: '@once' }, async ({ request }) => {
    for (const path of ['/', '/photos/david-kim.svg', '/assets/gone.js', '/cancellation-policy']) {
        const headers = (await request.get(path)).headers();
        const policy = headers['content-security-policy'] ?? '';
        expect(policy, path).toContain("default-src 'none'");
        expect(policy, path).toContain("script-src 'self'");
        expect(policy, path).not.toContain('unsafe');
        expect(headers['x-content-type-options'], path).toBe('nosniff');
        expect(headers['x-frame-options'], path).toBe('DENY');
        expect(headers['referrer-policy'], path).toBe('no-referrer');
        expect(headers['server'], path).toBe('nginx');
    }
    const api = (await request.get('/api/doctors')).headers();
    expect(api['content-type']).toContain('application/json');
    expect(api['x-content-type-options']).toBe('nosniff');
});
