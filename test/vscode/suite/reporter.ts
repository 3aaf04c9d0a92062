import { writeFileSync } from 'node:fs';
import Mocha from 'mocha';
import { lineMark, type PartResults, resultsVariable } from '../../../scripts/vscode/results.ts';

const { EVENT_RUN_END, EVENT_SUITE_BEGIN, EVENT_TEST_FAIL, EVENT_TEST_PASS } = Mocha.Runner.constants;

/**
 * Prints one marked line a test, since an extension host's output is mixed with the editor's own,
 * and writes the results to a file, since in a browser the exit status is all that comes back.
 */
export class MarkedReporter extends Mocha.reporters.Base {
  private passed = 0;
  private readonly reasons: { title: string; reason: string }[] = [];

  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    runner.on(EVENT_SUITE_BEGIN, (suite) => {
      if (!suite.root) print(suite.fullTitle());
    });
    runner.on(EVENT_TEST_PASS, (test) => {
      this.passed += 1;
      print(`  ok ${test.title} (${test.duration ?? 0} ms)`);
    });
    runner.on(EVENT_TEST_FAIL, (test, error: unknown) => {
      const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.reasons.push({ title: test.fullTitle(), reason });
      print(`  FAILED ${test.title}: ${error instanceof Error ? error.message : String(error)}`);
    });
    runner.on(EVENT_RUN_END, () => this.write(runner.total));
  }

  private write(total: number): void {
    const failed = this.reasons.length;
    // A failed hook counts as one failure and leaves the tests under it unreached.
    const notReached = Math.max(0, total - this.passed - failed);
    const results: PartResults = { passed: this.passed, failed, notReached, failures: this.reasons };
    const file = process.env[resultsVariable];
    if (file !== undefined) writeFileSync(file, JSON.stringify(results));
  }
}

function print(line: string): void {
  for (const each of line.split('\n')) console.log(lineMark + each);
}
