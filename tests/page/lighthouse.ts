import { launch } from 'chrome-launcher';
import lighthouse, { desktopConfig } from 'lighthouse';
import { kChromium } from './playwright.config.ts';
import { workday } from './support/clinic.ts';

/** Prints Lighthouse's scores, and how many of the demands are met: "N passed, N failed" last. */
const kDemands = { performance: 95, accessibility: 100, 'best-practices': 100 } as const;
/** One run says little on a busy machine: the middle one of three counts. */
const kRuns = 3;

const base = process.env.ROTA_PAGE_URL ?? 'http://localhost:3000';
const pages = [
    ['list', '/'],
    ['booking', '/book/4'],
    ['times', `/book/4/day/${workday(5)}`],
] as const;

async function scores(url: string, isPhone: boolean) {
    const chrome = await launch({ chromePath: kChromium.executablePath, chromeFlags: ['--headless=new', ...kChromium.args], logLevel: 'silent' });
    try {
        const flags = { port: chrome.port, onlyCategories: Object.keys(kDemands), logLevel: 'error' as const };
        const result = await lighthouse(url, flags, isPhone ? undefined : desktopConfig);
        if (result === undefined) throw new Error(`Lighthouse has no result for ${url}`);
        const { categories, audits } = result.lhr;
        const failing = Object.values(categories).flatMap(({ auditRefs }) =>
            auditRefs
                .filter(({ id, weight }) => weight > 0 && (audits[id]?.score ?? 1) < 0.9)
                .map(({ id }) => `${id} ${audits[id]?.displayValue ?? ''}`.trim()),
        );
        return {
            scores: Object.keys(kDemands).map((id) => Math.round((categories[id]?.score ?? 0) * 100)),
            paint: Math.round(audits['largest-contentful-paint']?.numericValue ?? 0),
            failing,
        };
    } finally {
        chrome.kill();
    }
}

let passed = 0;
let failed = 0;
for (const isPhone of [true, false]) {
    for (const [name, path] of pages) {
        const runs = [];
        for (let run = 0; run < kRuns; run += 1) runs.push(await scores(base + path, isPhone));
        runs.sort((a, b) => (a.scores[0] ?? 0) - (b.scores[0] ?? 0));
        const middle = runs[Math.floor(kRuns / 2)];
        if (middle === undefined) continue;
        const line = Object.keys(kDemands).map((id, index) => `${id} ${middle.scores[index]}`);
        console.log(`${isPhone ? 'phone' : 'desktop'} ${name}: ${line.join(', ')}, largest paint ${middle.paint} ms`);
        for (const [index, demand] of Object.values(kDemands).entries()) {
            if ((middle.scores[index] ?? 0) >= demand) {
                passed += 1;
            } else {
                failed += 1;
                console.log(`FAILED: ${line[index] ?? ''} is less than ${demand}: ${middle.failing.join('; ')}`);
            }
        }
    }
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
