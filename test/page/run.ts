/**
 * Tests of the preview's page alone, in a real browser, over the built `dist/` (run `node scripts/build.ts` before):
 * `node test/page/run.ts [WORD ...]` runs the tests whose title has all words. Prints a line per test.
 */
import { launchBrowser } from '../../scripts/vscode/browser.ts';
import { curveTests } from './curves.ts';
import { differencesTests } from './differences.ts';
import { exportTests } from './exports.ts';
import { foldingTests } from './folding.ts';
import { gestureTests } from './gestures.ts';
import { headerTests } from './header.ts';
import { keyboardTests } from './keyboard.ts';
import { machineTests } from './machines.ts';
import { Panel } from './panel.ts';
import { pictureTests } from './picture.ts';
import { pointerTests } from './pointer.ts';
import { rendererTests } from './renderers.ts';
import { restoredTests } from './restored.ts';
import { safetyTests } from './safety.ts';
import { searchTests } from './search.ts';
import type { PageTest } from './tests.ts';
import { themeOf } from './themes.ts';
import { themeTests } from './themeTests.ts';
import { timeTests } from './time.ts';
import { timelineTests } from './timeline.ts';
import { trafficTests } from './traffic.ts';
import { updateTests } from './updates.ts';
import { viewTests } from './views.ts';
import { whatIfTests } from './whatIf.ts';

const words = process.argv.slice(2);
const all: readonly PageTest[] = [
  ...viewTests,
  ...headerTests,
  ...timeTests,
  ...pictureTests,
  ...pointerTests,
  ...keyboardTests,
  ...timelineTests,
  ...trafficTests,
  ...updateTests,
  ...foldingTests,
  ...machineTests,
  ...rendererTests,
  ...gestureTests,
  ...safetyTests,
  ...restoredTests,
  ...whatIfTests,
  ...curveTests,
  ...searchTests,
  ...differencesTests,
  ...exportTests,
  ...themeTests,
];
const chosen = all.filter(({ title }) => words.every((word) => title.includes(word)));
const { browser, close } = await launchBrowser();
let failed = 0;
for (const { title, run } of chosen) {
  const begun = performance.now();
  const panels: Panel[] = [];
  try {
    await run(async (options = {}) => {
      const panel = await Panel.open(browser, { theme: themeOf('dark'), ...options });
      panels.push(panel);
      return panel;
    });
    const errors = panels.flatMap((panel) => panel.errors);
    if (errors.length > 0) throw new Error(`the page reported ${errors.join('; ')}`);
    console.log(`ok ${title} (${Math.round(performance.now() - begun)} ms)`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED ${title}\n  ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  }
  for (const panel of panels) await panel.close();
}
await close();
console.log(`${chosen.length - failed} passed, ${failed} failed`);
process.exitCode = failed > 0 || chosen.length === 0 ? 1 : 0;
