import type { FullConfig, Reporter, Suite, TestCase, TestResult } from '@playwright/test/reporter';

/** One line for each failure with all its output, and the count last: what scripts/test reads. */
export default class CountReporter implements Reporter {
    private passed = 0;
    private failed = 0;
    private expected = 0;

    onBegin(_config: FullConfig, suite: Suite): void {
        this.expected = suite.allTests().length;
    }

    onTestEnd(test: TestCase, result: TestResult): void {
        if (result.status === 'passed') {
            this.passed += 1;
            return;
        }
        this.failed += 1;
        const name = test.titlePath().filter(Boolean).join(' > ');
        console.log(`FAILED (${result.status}): ${name}`);
        for (const error of result.errors) console.log(`    ${(error.stack ?? error.message ?? '').replaceAll('\n', '\n    ')}`);
    }

    onError(error: { message?: string }): void {
        this.failed += 1;
        console.log(`FAILED: ${error.message ?? 'unknown'}`);
    }

    onEnd(): void {
        // A test that never ran, because what it depends on failed, has not passed.
        const missing = this.expected - this.passed - this.failed;
        if (missing > 0) this.failed += missing;
        console.log(`${this.passed} passed, ${this.failed} failed`);
    }
}
