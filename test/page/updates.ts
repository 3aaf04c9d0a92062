import assert from 'node:assert/strict';
import type { PreviewModel } from '../../server/src/services/preview/protocol.ts';
import { boxOf } from './picture.ts';
import { deploymentOf, exampleText, modelOf, shownOf } from './plans.ts';
import { near, openExample, type PageTest, textOf } from './tests.ts';

export const updateTests: readonly PageTest[] = [
  {
    title: 'an edit keeps zoom, selection and place, and shows the new figures',
    async run(open) {
      const { panel } = await openExample(open, 'deployment-analysis');
      await panel.canvas.focus();
      for (const key of ['Home', 'ArrowRight', 'ArrowRight', 'ArrowRight', '+', '+'])
        await panel.page.keyboard.press(key);
      await panel.settle();
      const id = await panel.selected.getAttribute('data-node-id');
      const before = await panel.camera();
      const edited = modelOf('deployment-analysis', exampleText('deployment-analysis').replace('10_000', '5_000'));
      await panel.send({ type: 'model', model: edited });
      assert.equal(await panel.selected.getAttribute('data-node-id'), id);
      near((await panel.camera()).zoom, before.zoom, 1e-9, 'zoom');
      const latency = deploymentOf(edited, 'baseline-whole').summary.find(({ label }) => label === 'Latency');
      assert.ok((await textOf(panel.page.locator('.summary'))).includes(latency?.text ?? 'none'));
      assert.match(await textOf(panel.page.getByRole('region', { name: 'Selected node' })), /seq=5000/);
    },
  },
  {
    title: 'what is selected stays at its place when a layer is added before it',
    async run(open) {
      const { panel, model } = await openExample(open, 'deployment-analysis', { detailed: true });
      const id = 'back/l3/gpu10/attention';
      await panel.page.getByRole('searchbox').fill('gpu:10 layer:3 attention');
      await panel.node(id).click();
      await panel.settle();
      const old = boxOf(deploymentOf(model, 'baseline-whole'), id);
      const before = await panel.toScreen(old.x, old.y);
      const text = exampleText('deployment-analysis').replace(
        'hidden  = 4096',
        'hidden  = 4096\n  vocabulary = 32_000',
      );
      const edited = modelOf('deployment-analysis', text);
      const now = boxOf(deploymentOf(edited, 'baseline-whole'), id);
      assert.ok(now.x > old.x + 50, 'an embedding has come before it');
      await panel.send({ type: 'model', model: edited });
      const after = await panel.toScreen(now.x, now.y);
      near(after.x, before.x, 1, 'x of the selected node');
      near(after.y, before.y, 1, 'y of the selected node');
    },
  },
  {
    title: 'a selected node that is gone is no longer selected',
    async run(open) {
      const { panel } = await openExample(open, 'deployment-analysis');
      await panel.page.getByRole('searchbox').fill('next stage');
      await panel.page.getByRole('treeitem', { name: /to the next stage/ }).click();
      await panel.page.getByRole('searchbox').fill('');
      const renamed = modelOf('deployment-analysis', exampleText('deployment-analysis').replaceAll('front', 'first'));
      await panel.send({ type: 'model', model: renamed });
      assert.equal(await panel.selected.count(), 0);
      await panel.page.getByRole('treeitem', { name: 'Stage first' }).waitFor();
      await panel.page.getByText('Select a node to see').waitFor();
    },
  },
  {
    title: 'each deployment is found again as it was left',
    async run(open) {
      const { panel } = await openExample(open, 'deployment-analysis');
      const chooser = panel.page.getByLabel('Deployment', { exact: true });
      await panel.canvas.focus();
      for (const key of ['End', '+', '+']) await panel.page.keyboard.press(key);
      await panel.settle();
      const left = await panel.camera();
      await chooser.selectOption('proposed');
      await panel.settle();
      assert.notDeepEqual(await panel.camera(), left);
      assert.equal(await panel.selected.count(), 0);
      await chooser.selectOption('baseline-whole');
      await panel.settle();
      assert.deepEqual(await panel.camera(), left);
      assert.equal(await panel.selected.getAttribute('data-node-id'), 'sink');
    },
  },
  {
    title: 'a broken text keeps the last picture, greyed, with the reason, and a mended one clears it',
    async run(open) {
      const { panel, model } = await openExample(open, 'deployment-analysis');
      const stale: PreviewModel = { ...model, stale: 'Line 12: `layers` needs a value' };
      const filter = () => panel.canvas.evaluate((canvas) => getComputedStyle(canvas).filter);
      assert.equal(await filter(), 'none');
      await panel.send({ type: 'model', model: stale });
      await panel.page.getByRole('status').filter({ hasText: 'Line 12: layers needs a value' }).waitFor();
      assert.equal(await textOf(panel.page.locator('.banner code')), 'layers');
      assert.equal(await filter(), 'grayscale(1)');
      assert.ok((await panel.view('dag').locator('[data-node-id]').count()) > 0);
      await panel.tab('Memory').click();
      assert.equal(
        await panel.page
          .locator('.bar-track')
          .first()
          .evaluate((bar) => getComputedStyle(bar).filter),
        'grayscale(1)',
      );
      await panel.tab('DAG').click();
      await panel.send({ type: 'model', model });
      assert.equal(await filter(), 'none');
      assert.equal(await panel.page.getByText('Line 12').isVisible(), false);
    },
  },
  {
    title: 'no verdict of a broken text looks or reads as one of the text, in any view',
    async run(open) {
      const { panel, model } = await openExample(open, 'deployment-analysis');
      const verdicts = panel.page.locator('.verdict:visible, [class*="verdict-"]:visible');
      const colours = () =>
        verdicts.evaluateAll((found) => [...new Set(found.map((verdict) => getComputedStyle(verdict).color))]);
      const muted = await panel.page
        .locator('.figure dt')
        .first()
        .evaluate((label) => getComputedStyle(label).color);
      await panel.tab('Memory').click();
      assert.notDeepEqual(await colours(), [muted]);
      await panel.send({ type: 'model', model: { ...model, stale: 'Line 12: a mistake' } });
      for (const view of ['Memory', 'Traffic', 'Compare'] as const) {
        await panel.tab(view).click();
        assert.deepEqual(await colours(), [muted], view);
      }
      assert.match(await textOf(panel.page.locator('.summary')), /✓ fits \(last valid text\)/);
      assert.match(await textOf(panel.view('compare').locator('table.claims')), /✓ yes\s+\(last valid text\)/);
      await panel.send({ type: 'model', model });
      assert.ok(!(await textOf(panel.page.locator('body'))).includes('last valid text'));
      assert.notDeepEqual(await colours(), [muted]);
    },
  },
  {
    title: 'a deployment that cannot be computed any more keeps its picture while others go on',
    async run(open) {
      const { panel } = await openExample(open, 'deployment-analysis', { deployment: 'proposed' });
      const text = exampleText('deployment-analysis').replace('parallel { ep = 16 }', 'parallel { ep = 15 }');
      const edited = modelOf('deployment-analysis', text);
      assert.ok(!edited.deployments.some(({ name }) => name === 'proposed') && edited.deployments.length === 2);
      await panel.send({ type: 'model', model: edited });
      await panel.page.getByRole('status').filter({ hasText: 'Deployment proposed cannot be computed' }).waitFor();
      assert.equal(await panel.page.getByLabel('Deployment', { exact: true }).inputValue(), 'proposed');
      await panel.page.getByLabel('Deployment', { exact: true }).selectOption('baseline-whole');
      assert.equal(await panel.page.getByText('cannot be computed: see').isVisible(), false);
    },
  },
  {
    title: 'nodes that the cursor in the text is about are marked, in the tree and in the picture',
    async run(open) {
      const { panel, model } = await openExample(open, 'deepseek-v3-h800');
      const picture = shownOf(model, 'deepseek-v3-32');
      const id = 'kv-transfer/prefill-decode';
      const before = await panel.canvas.screenshot();
      await panel.send({ type: 'highlight', deployment: 'deepseek-v3-32', nodes: [id] });
      await panel.page.getByRole('treeitem', { name: /KV cache transfer.*at the cursor/ }).waitFor();
      const box = boxOf(picture, id);
      const { y } = await panel.toScreen(box.x, box.y);
      const size = await panel.canvas.boundingBox();
      assert.ok(size && y > 0 && y < size.height, 'it is in view');
      assert.notDeepEqual(await panel.canvas.screenshot(), before);
      await panel.send({ type: 'highlight', deployment: '', nodes: [] });
      assert.equal(await panel.page.locator('.at-cursor').count(), 0);
    },
  },
  {
    title: 'marks of another deployment do not show',
    async run(open) {
      const { panel } = await openExample(open, 'deployment-analysis', { deployment: 'proposed' });
      await panel.send({ type: 'highlight', deployment: 'baseline-whole', nodes: ['source'] });
      assert.equal(await panel.page.locator('.at-cursor').count(), 0);
      await panel.send({ type: 'highlight', deployment: 'proposed', nodes: ['source'] });
      assert.equal(await panel.page.locator('.at-cursor').count(), 1);
    },
  },
  {
    title: 'an edit leaves the focus where it is',
    async run(open) {
      const { panel } = await openExample(open, 'deployment-analysis');
      const focused = () => panel.page.evaluate(() => document.activeElement?.getAttribute('data-tree-id') ?? '');
      await panel.node('sink').focus();
      const edited = modelOf('deployment-analysis', exampleText('deployment-analysis').replace('10_000', '9_000'));
      await panel.send({ type: 'model', model: edited });
      assert.equal(await focused(), 'sink');
    },
  },
];
