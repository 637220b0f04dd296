import { clinicTime, insertAppointment, insertPatient, newPerson, workday } from '../support/clinic.ts';
import { expect, remember, test } from '../support/page.ts';

declare global {
    interface Window {
        shifts: { value: number; what: string }[];
    }
}

// A network as slow as this shows every skeleton. What the page knows of the clinic comes before all else, or after it: it
// stands in sentences of nearly every page.
const kSlowMs = 500;
const kClinicMs = { first: 200, last: 900 };
/** What Google calls good is 0.1; a reader of seventy deserves better. */
const kMost = 0.03;

for (const [order, clinicMs] of Object.entries(kClinicMs)) {
    test(`nothing moves when what was waited for arrives, the clinic ${order}`, async ({ page }, { project }) => {
        test.setTimeout(120_000);
        const patient = insertPatient(newPerson('Stella Ruhig'));
        const doctor = project.name === 'phone' ? 4 : 5;
        const hour = order === 'first' ? '09:00' : '10:00';
        const id = insertAppointment({ doctor, patient: patient.id, start: clinicTime(workday(47), hour) });
        insertAppointment({ doctor, patient: patient.id, start: clinicTime(workday(48), hour) });
        await remember(page, patient);
        await page.addInitScript(() => {
            window.shifts = [];
            new PerformanceObserver((list) => {
                for (const entry of list.getEntries() as (PerformanceEntry & { value: number; sources: { node: Node | null }[] })[]) {
                    const nodes = entry.sources.map(({ node }) => (node instanceof Element ? `${node.tagName}.${node.className}` : node?.nodeName));
                    window.shifts.push({ value: entry.value, what: nodes.join(', ') });
                }
            }).observe({ type: 'layout-shift', buffered: true });
        });
        await page.route('**/api/**', async (route) => {
            const { pathname } = new URL(route.request().url());
            await new Promise((resolve) => setTimeout(resolve, pathname === '/api/clinic' ? clinicMs : kSlowMs));
            await route.continue();
        });
        const paths = [
            '/',
            '/book/4',
            `/book/4/day/${workday(18)}`,
            `/appointments/${id}/booked`,
            '/appointments',
            `/appointments/${id}/reschedule`,
            '/waitlist?doctor=4',
            '/cancellation-policy',
        ];
        for (const path of paths) {
            await page.goto(path);
            await page.waitForLoadState('networkidle');
            const shifts = await page.evaluate(() => window.shifts);
            const sum = shifts.reduce((total, { value }) => total + value, 0);
            expect.soft(sum, `${path}: ${JSON.stringify(shifts)}`).toBeLessThan(kMost);
        }
    });
}
