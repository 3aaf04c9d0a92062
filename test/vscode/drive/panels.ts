import assert from 'node:assert/strict';
import type { Session } from './session.ts';
import type { Step } from './steps.ts';
import { placeOf } from './workbench.ts';

const OTHER = 'deepseek-v3-h800.moeplan';

/** Several previews, each of its own plan; what they show after a reload, and when their plan is closed or gone. */
export function panelSteps(session: Session): readonly Step[] {
  const { page, workbench, preview, plan, text } = session;
  const own = workbench.tab(`Preview ${plan}`);
  const other = workbench.tab(`Preview ${OTHER}`);
  const previews = page.locator('.tab').filter({ hasText: /Preview \S+\.moeplan/ });
  const canvas = preview.locator('canvas.dag-canvas');
  const banner = preview.getByRole('status').filter({ hasText: 'Not up to date.' });
  /** How the picture was left before the window was reloaded. */
  let left = '';
  const before = session.read(OTHER);
  return [
    {
      title: 'opens a second preview with the keyboard: each shows its own plan',
      async run() {
        await workbench.focusText();
        await workbench.openFromExplorer(OTHER);
        await page.keyboard.press('ControlOrMeta+k');
        await page.keyboard.press('v');
        await other.waitFor();
        await session.deployment.getByText('deepseek-v3-32').waitFor({ state: 'attached' });
        assert.equal(await previews.count(), 2);
      },
    },
    {
      title: 'goes to the other plan and sees its preview come to the front; the command opens no third',
      async run() {
        await page.locator(`.tab[data-resource-name="${plan}"]`).first().click();
        await session.deployment.getByText('proposed').waitFor({ state: 'attached' });
        await workbench.runCommand('Moeplan: Compare Deployments');
        await preview.getByRole('tab', { name: 'Compare', selected: true }).waitFor();
        assert.equal(await previews.count(), 2);
        await page.locator(`.tab[data-resource-name="${OTHER}"]`).first().click();
        await workbench.runCommand('Moeplan: Compare Deployments');
        await session.deployment.getByText('deepseek-v3-32').waitFor({ state: 'attached' });
        await preview.getByRole('tab', { name: 'Compare', selected: true }).waitFor();
        assert.equal(await previews.count(), 2);
        await session.openTab('Memory');
      },
    },
    {
      title: 'leaves a picture zoomed, with a group opened and a node selected, and reloads the window',
      async run() {
        await own.click();
        await session.openTab('DAG');
        await session.deployment.selectOption('proposed');
        await canvas.focus();
        for (const key of ['Home', 'ArrowRight', 'u']) await page.keyboard.press(key);
        await preview.getByRole('treeitem', { name: 'Layer 0' }).waitFor();
        await canvas.focus();
        for (const key of ['Home', 'ArrowRight', '+', '+', '+']) await page.keyboard.press(key);
        await session.selected('all/l0/all/input-norm').waitFor();
        await session.until('the picture to rest', async () => {
          const before = left;
          left = (await canvas.getAttribute('data-camera')) ?? '';
          return left === before;
        });
        assert.deepEqual(await workbench.errors(), []);
        // Meanwhile another program changes one plan and deletes the other.
        session.write(plan, text.replace('10_000 tokens', '5_000 tokens'));
        session.remove(OTHER);
        await Promise.all([page.waitForEvent('load'), workbench.runCommand('Developer: Reload Window')]);
        await own.waitFor();
      },
    },
    {
      title: 'finds the preview as it was left, of the plan as it is now',
      async run() {
        await session.selected('all/l0/all/input-norm').waitFor();
        assert.equal(await session.deployment.inputValue(), 'proposed');
        await preview.getByRole('button', { name: 'Fold all' }).waitFor();
        assert.equal(await canvas.getAttribute('data-camera'), left);
        await preview
          .getByRole('region', { name: 'Selected node' })
          .getByText(/seq=5000/)
          .first()
          .waitFor();
        assert.equal(await previews.count(), 2);
        await session.picture('reloaded');
      },
    },
    {
      title: 'is told that a plan is gone, and sees its preview come back with the plan',
      async run() {
        await other.click();
        await preview.getByText(`${OTHER} is not there any more`).waitFor();
        await session.picture('gone');
        session.write(plan, text);
        session.write(OTHER, before);
        // Instead of the text the editor shows that it is gone, and cannot be given the focus, until it has seen the file.
        await workbench.editor.getByText('DeepSeek-V3 served').first().waitFor();
        await workbench.focusText();
        await workbench.openFromExplorer(OTHER);
        await preview.getByRole('tab', { name: 'Memory', selected: true }).waitFor();
        await session.deployment.getByText('deepseek-v3-32').waitFor({ state: 'attached' });
        await workbench.closeTab(`Preview ${OTHER}`);
        await page.locator(`.tab[data-resource-name="${plan}"]`).first().click();
      },
    },
    {
      title: 'types what cannot be read and sees the last picture, greyed, with the reason',
      async run() {
        await preview.getByRole('button', { name: 'Fold all' }).click();
        await workbench.goTo(placeOf(text, /(^\s*)model moe-4l/));
        await page.keyboard.type('deployment ) ');
        await banner.waitFor();
        await preview.locator('#app.stale').waitFor();
        await session.nodes.first().waitFor();
        await session.picture('stale');
        await workbench.runCommand('File: Revert File');
        await banner.waitFor({ state: 'hidden' });
        await preview.locator('#app:not(.stale)').waitFor();
      },
    },
    {
      title: 'closes the text and works on with its preview',
      async run() {
        await workbench.closeTab(plan);
        await session.openTab('What-if');
        await preview.getByRole('slider', { name: 'Batch', exact: true }).focus();
        await page.keyboard.press('ArrowRight');
        await preview.getByRole('row', { name: /^Latency .* worse$/ }).waitFor();
        await preview.getByRole('button', { name: 'Reset all' }).click();
        await session.openTab('DAG');
        await session.nodes.first().click();
        // Its source is opened again, beside the preview.
        await page.locator(`.tab[data-resource-name="${plan}"]`).waitFor();
        await workbench.closeTab(OTHER);
      },
    },
  ];
}
