import Mocha from 'mocha';
import { activationSuite } from './activation.ts';
import { commandsSuite } from './commands.ts';
import { diagnosticsSuite } from './diagnostics.ts';
import { editingSuite } from './editing.ts';
import { hoverSuite } from './hover.ts';
import { languageModelToolsSuite } from './languageModelTools.ts';
import { launchesSuite } from './launches.ts';
import { manifestSuite } from './manifest.ts';
import { previewSuite } from './preview.ts';
import { MarkedReporter } from './reporter.ts';
import { restartSuite } from './restart.ts';
import { shippedSuite } from './shipped.ts';
import { tasksSuite } from './tasks.ts';

/** Longer than any wait inside a test, so that a wait's own message, which says more, comes first. */
const testTimeoutMs = 300_000;

/**
 * Runs the suite; the extension host calls this once it is up, and turns a rejection into a failing
 * exit status.
 */
export function run(): Promise<void> {
  const mocha = new Mocha({ ui: 'bdd', timeout: testTimeoutMs, reporter: MarkedReporter });
  // What Mocha does before it loads a test file: it binds `describe` and `it` to this instance.
  mocha.suite.emit('pre-require', globalThis, '', mocha);
  // Activation comes first: it is about an editor in which nothing has been opened yet.
  for (const suite of [
    activationSuite,
    manifestSuite,
    diagnosticsSuite,
    hoverSuite,
    shippedSuite,
    commandsSuite,
    launchesSuite,
    previewSuite,
    editingSuite,
    languageModelToolsSuite,
    tasksSuite,
    restartSuite,
  ])
    suite();
  return new Promise((resolve, reject) => {
    mocha.run((failures) => (failures === 0 ? resolve() : reject(new Error(`${failures} tests failed`))));
  });
}
