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

const kPhone = { viewport: { width: 390, height: 844 }, hasTouch: true, colorScheme: 'light' } as const;
const kDesktop = { viewport: { width: 1280, height: 900 }, colorScheme: 'dark' } as const;

/** The tag of tests about what no size of the screen changes: they run on the phone alone. */
const kOnce = /@once/;

const kApart = ['**/outage.spec.ts', '**/times.spec.ts', '**/screenshots.spec.ts'];

export default defineConfig({
    testDir: 'specs',
    outputDir: `${process.env.ROTA_PAGE_VAR ?? '.'}/results`,
    // Every test takes a doctor or a day of its own, so that they may run side by side.
    fullyParallel: true,
    workers: 2,
    // A test that sometimes fails has found something.
    retries: 0,
    timeout: 90_000,
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
        { name: 'phone', use: kPhone, testIgnore: kApart },
        { name: 'desktop', use: kDesktop, testIgnore: kApart, grepInvert: kOnce },
        // The other two pairs of size and colours: tests/full/page.
        { name: 'phone-dark', use: { ...kPhone, colorScheme: 'dark' }, testMatch: '**/accessible.spec.ts' },
        { name: 'desktop-light', use: { ...kDesktop, colorScheme: 'light' }, testMatch: '**/accessible.spec.ts', grepInvert: kOnce },
        // Stops the server that the others use: tests/page/run has it run alone.
        { name: 'outage', use: kPhone, testMatch: '**/outage.spec.ts' },
        // Only for an optimized build on a machine that does nothing else: tests/full/page.
        { name: 'times', use: kPhone, testMatch: '**/times.spec.ts', fullyParallel: false },
        { name: 'times-desktop', use: kDesktop, testMatch: '**/times.spec.ts', fullyParallel: false },
        // The pictures in docs/screenshots: tests/full/page as well.
        { name: 'screenshots-phone', use: { ...kPhone, deviceScaleFactor: 1.5 }, testMatch: '**/screenshots.spec.ts' },
        { name: 'screenshots-desktop', use: { ...kDesktop, colorScheme: 'light' }, testMatch: '**/screenshots.spec.ts' },
    ],
});
