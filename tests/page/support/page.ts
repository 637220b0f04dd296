import AxeBuilder from '@axe-core/playwright';
import { expect, test as base, type Page } from '@playwright/test';
import type { Known, Person } from './clinic.ts';

/** Every test fails by what the browser complains about, refusals that the test expects aside. */
export const test = base.extend<{ complaints: string[] }>({
    complaints: [
        async ({ page }, use) => {
            const complaints: string[] = [];
            page.on('pageerror', (error) => complaints.push(error.message));
            page.on('console', (message) => {
                if (message.type() !== 'error' && message.type() !== 'warning') return;
                // The browser reports every answer of 400 and more, those that a test is about included.
                if (message.text().startsWith('Failed to load resource')) return;
                complaints.push(message.text());
            });
            await use(complaints);
            expect(complaints).toEqual([]);
        },
        { auto: true },
    ],
});

export { expect };

export async function remember(page: Page, patient: Known): Promise<void> {
    await page.addInitScript((value) => localStorage.setItem('rota.patient', value), JSON.stringify(patient));
}

export async function enter(page: Page, person: Person): Promise<void> {
    await page.getByLabel('Full name').fill(person.name);
    await page.getByLabel('Month').fill(person.birth.month);
    await page.getByLabel('Day', { exact: true }).fill(person.birth.day);
    await page.getByLabel('Year').fill(person.birth.year);
    await page.getByLabel('Email').fill(person.email);
    await page.getByLabel('Mobile phone').pressSequentially(person.phone.replaceAll('-', ''));
}

/** Step 4 for a time, as a link would open it. */
export function patientPath(doctor: number, start: string, duration = 30, type = 'standard'): string {
    return stepPath('patient', doctor, start, duration, type);
}

/** Step 5, for whom the browser remembers. */
export function confirmPath(doctor: number, start: string): string {
    return stepPath('confirm', doctor, start, 30, 'standard');
}

function stepPath(step: string, doctor: number, start: string, duration: number, type: string): string {
    return `/book/${doctor}/${step}?${new URLSearchParams({ type, duration: String(duration), start }).toString()}`;
}

/** No violation of any rule of axe, with the best practices. */
export async function expectAccessible(page: Page): Promise<void> {
    // Skeletons have gone, and with them what they hide.
    await page.waitForLoadState('networkidle');
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`)).toEqual([]);
}
