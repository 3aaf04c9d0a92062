import type { PartResults } from '../../../scripts/vscode/results.ts';
import { lineMark } from '../../../scripts/vscode/results.ts';

/** One thing that the person does, with what must be seen then. */
export interface Step {
  readonly title: string;
  run(): Promise<void>;
}

/**
 * Takes the steps in order, up to the first that fails: each builds on what the one before left on
 * the screen, so those after it would only fail for the same reason.
 */
export async function takeSteps(steps: readonly Step[], onFailure: () => Promise<void>): Promise<PartResults> {
  let passed = 0;
  for (const { title, run } of steps) {
    const begun = performance.now();
    try {
      await run();
    } catch (error) {
      const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
      print(`FAILED ${title}`);
      await onFailure();
      return { passed, failed: 1, notReached: steps.length - passed - 1, failures: [{ title, reason }] };
    }
    passed += 1;
    print(`ok ${title} (${Math.round(performance.now() - begun)} ms)`);
  }
  return { passed, failed: 0, notReached: 0, failures: [] };
}

function print(line: string): void {
  process.stdout.write(`${lineMark}${line}\n`);
}
