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
      title: 'rests the mouse on the name of a deployment and sees first what is predicted of it',
      async run() {
        await workbench.goTo(placeOf(text, /(\bdeployment\s+)proposed/));
        // A line of figures that comes later would move the text from under the mouse.
        await page.locator('.codelens-decoration:visible', { hasText: 'latency' }).last().waitFor();
        const hover = await workbench.hover(placeOf(text, /(\bdeployment\s+)proposed/));
        await hover.locator('table', { hasText: 'Predicted' }).first().waitFor();
        const said = (await hover.textContent()) ?? '';
        const [predicted, fullest, formula, source] = [
          'Predicted',
          'The fullest GPU holds',
          'tokens / step',
          'model = moe-4l',
        ].map((part) => said.replaceAll('\u00a0', ' ').replace(/\s+/g, ' ').indexOf(part));
        assert.ok(
          predicted !== undefined && fullest !== undefined && formula !== undefined && source !== undefined,
          said,
        );
        assert.ok(0 <= predicted && predicted < fullest && fullest < formula && formula < source, said);
        await session.picture('hover-deployment');
        await page.keyboard.press('Escape');
      },
    },
    {
      title: 'clicks the figures above a deployment, and each opens the view that it is from',
      async run() {
        await workbench.goTo(placeOf(text, /(\bdeployment\s+)proposed/));
        const lenses = page.locator('.codelens-decoration:visible', { hasText: 'latency' });
        const lens = (figure: string) => lenses.last().locator('a', { hasText: figure });
        for (const [figure, tab] of [
          ['of 79.2 GiB', 'Memory'],
          ['tokens/s', 'Time'],
          ['latency', 'Timeline'],
        ] as const) {
          await lens(figure).click();
          await session.preview.getByRole('tab', { name: tab, exact: true, selected: true }).waitFor();
          await session.until('its deployment', async () => (await session.deployment.inputValue()) === 'proposed');
          if (figure === 'tokens/s') {
            await session.preview.getByRole('tooltip').getByText('formula: tokens / step').waitFor();
            await session.picture('lens-throughput');
          }
        }
        await session.picture('lens');
        await workbench.closeTab(`Preview ${session.plan}`);
        await workbench.focusText();
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
