import assert from 'node:assert/strict';
import type { Session } from './session.ts';
import type { Step } from './steps.ts';
import { placeOf } from './workbench.ts';

/** A plan is opened and read: its findings, hovers and names. */
export function readingSteps(session: Session): readonly Step[] {
  const { page, workbench, text, isWeb } = session;
  return [
    {
      title: isWeb ? 'is in Restricted Mode' : 'is in a trusted folder',
      async run() {
        const item = page.locator('.statusbar-item', { hasText: 'Restricted Mode' });
        if (isWeb) await item.first().waitFor();
        else assert.equal(await item.count(), 0);
      },
    },
    {
      title: 'sees the squiggle of a claim that is not met',
      async run() {
        await workbench.goToProblem(/claim/i);
        await workbench.editor.locator('.squiggly-error, .squiggly-warning, .squiggly-info').first().waitFor();
        await session.picture('squiggle');
      },
    },
    {
      title: 'rests the mouse on a range of GPUs and sees what their memory holds',
      async run() {
        const hover = await workbench.hover(placeOf(text, /(\bgpus\s*=\s*)\d+\.\.\d+/));
        await hover
          .locator('table', { hasText: /[GM]iB/ })
          .first()
          .waitFor();
        await session.picture('hover');
        await page.keyboard.press('Escape');
      },
    },
    {
      title: 'finds a name in a plan that is not open',
      async run() {
        await page.keyboard.press('ControlOrMeta+t');
        const widget = page.locator('.quick-input-widget');
        await widget.locator('input').first().fill('#deepseek-v3-32');
        await widget.locator('.monaco-list-row', { hasText: 'deepseek-v3-h800.moeplan' }).first().waitFor();
        await page.keyboard.press('Escape');
        await widget.waitFor({ state: 'hidden' });
      },
    },
  ];
}
