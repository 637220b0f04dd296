import { defineConfig } from '@playwright/test';

/** Debian's Chromium, kept from talking to anybody but us. */
export const kChromium = {
    executablePath: '/usr/bin/chromium',
    args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
    ],
};

const kPhone = { viewport: { width: 390, height: 844 }, hasTouch: true };
const kDesktop = { viewport: { width: 1280, height: 900 } };

export default defineConfig({
    testDir: 'specs',
    outputDir: `${process.env.ROTA_PAGE_VAR ?? '.'}/results`,
    // Every test takes a doctor or a day of its own, so that they may run side by side.
    fullyParallel: true,
    workers: 2,
    // A test that sometimes fails has found something.
    retries: 0,
    timeout: 60_000,
    expect: { timeout: 10_000 },
    forbidOnly: true,
    reporter: [['./support/count_reporter.ts']],
    use: {
        baseURL: process.env.ROTA_PAGE_URL,
        browserName: 'chromium',
        launchOptions: kChromium,
        locale: 'en-US',
        // Far from the clinic: a page that looked at the browser's zone would show wrong times.
        timezoneId: 'Asia/Tokyo',
        contextOptions: { reducedMotion: 'reduce' },
        trace: 'retain-on-failure',
    },
    projects: [
        { name: 'phone', use: kPhone, testIgnore: '**/outage.spec.ts' },
        { name: 'desktop', use: kDesktop, testIgnore: '**/outage.spec.ts' },
        // Stops the server that the others use, and so comes after them.
        { name: 'outage', use: kPhone, testMatch: '**/outage.spec.ts', dependencies: ['phone', 'desktop'] },
    ],
});
