import assert from 'node:assert/strict';
import type { Session } from './session.ts';
import type { Step } from './steps.ts';

/** What is tried beside the prediction, and written into the text. */
export function whatIfSteps(session: Session): readonly Step[] {
  const { page, workbench, preview, plan, text } = session;
  return [
    {
      title: 'tries a larger batch with the keyboard, and the text stays as it is',
      async run() {
        await session.openTab('What-if');
        await preview.getByRole('slider', { name: 'Batch', exact: true }).focus();
        await page.keyboard.press('ArrowRight');
        await preview.getByRole('row', { name: /^Latency .* worse$/ }).waitFor();
        await session.picture('what-if');
        assert.equal(await workbench.dirtyTab(plan).count(), 0);
      },
    },
    {
      title: 'writes it into the plan: an unsaved edit that touches nothing else',
      async run() {
        await preview.getByRole('button', { name: 'Write this into the plan' }).click();
        await preview.getByText(/✓ Written: .*sequences = 192/).waitFor();
        await workbench.dirtyTab(plan).waitFor();
        await session.picture('what-if-written');
        assert.equal(session.read(plan), text, 'nothing is saved by itself');
        await workbench.save();
        await workbench.dirtyTab(plan).waitFor({ state: 'hidden' });
        const written = session.read(plan);
        const block = /workload baseline-whole-workload extends long-batch \{\n {2}sequences = 192\n\}\n\n/;
        const use = 'workload = baseline-whole-workload';
        assert.match(written, block);
        assert.equal(written.replace(block, '').replace(use, 'workload = long-batch'), text);
        assert.equal(await preview.getByLabel('Batch in sequences').inputValue(), '192');
      },
    },
    {
      title: 'takes it back with one undo',
      async run() {
        await page.keyboard.press('ControlOrMeta+z');
        await workbench.dirtyTab(plan).waitFor();
        await workbench.save();
        await workbench.dirtyTab(plan).waitFor({ state: 'hidden' });
        assert.equal(session.read(plan), text);
      },
    },
  ];
}
