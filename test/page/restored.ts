import assert from 'node:assert/strict';
import { answerWhatIf, lastSent } from './answers.ts';
import type { Panel } from './panel.ts';
import { analysisOf, exampleText, foldsOf, modelOf } from './plans.ts';
import { kept, near, openExample, type PageTest, showWholeStep, textOf } from './tests.ts';

/** Waits until the page has kept a state that matches. */
async function selectedId(panel: Panel): Promise<string> {
  return (await panel.selected.getAttribute('data-node-id')) ?? '';
}

/** A page comes back whenever its tab was hidden, not only when the window was reloaded. */
export const restoredTests: readonly PageTest[] = [
  {
    title: 'comes back with the place and the selection of each picture, those with groups opened too',
    async run(open) {
      const answer = foldsOf('deployment-analysis');
      const { panel, model } = await openExample(open, 'deployment-analysis', {}, { answer });
      await panel.canvas.focus();
      for (const key of ['End', '+', '+']) await panel.page.keyboard.press(key);
      const chooser = panel.page.getByLabel('Deployment', { exact: true });
      await panel.settle();
      const first = await panel.camera();
      await chooser.selectOption('proposed');
      await panel.canvas.focus();
      for (const key of ['Home', 'ArrowRight', 'ArrowRight', 'u']) await panel.page.keyboard.press(key);
      await panel.page.getByRole('button', { name: 'Fold all' }).waitFor();
      await panel.settle();
      for (const key of ['Home', 'ArrowRight', 'ArrowRight', '+', '+', '+']) await panel.page.keyboard.press(key);
      await panel.settle();
      const [camera, id] = [await panel.camera(), await selectedId(panel)];
      const state = await kept(panel, (text) => {
        return [`"zoom":${camera.zoom},`, `"selected":"${id}"`].every((part) => text.includes(part));
      });

      const again = await open({ state, answer });
      await again.send({ type: 'model', model });
      await again.node(id).and(again.selected).waitFor();
      await again.page.getByRole('button', { name: 'Fold all' }).waitFor();
      await again.settle();
      assert.deepEqual(await again.camera(), camera);
      await again.page.getByLabel('Deployment', { exact: true }).selectOption('baseline-whole');
      await again.settle();
      assert.deepEqual(await again.camera(), first);
      assert.equal(await selectedId(again), 'sink');
    },
  },
  {
    title: 'comes back with what is tried, and from what differences are shown',
    async run(open) {
      const { panel, model } = await openExample(open, 'deployment-analysis', {
        view: 'differences',
        deployment: 'proposed',
      });
      await panel.page.getByLabel('From', { exact: true }).selectOption({ label: 'proposed in the last commit' });
      await panel.tab('What-if').click();
      await answerWhatIf(panel, analysisOf('deployment-analysis'));
      await panel.page.getByRole('slider', { name: 'Batch', exact: true }).focus();
      await panel.page.keyboard.press('ArrowRight');
      const state = await kept(panel, (text) => text.includes('"tried":{"deployment":"proposed"'));

      const again = await open({ state });
      await again.send({ type: 'model', model });
      assert.deepEqual((await lastSent(again, 'whatIf')).changes, { sequences: 192 });
      await answerWhatIf(again, analysisOf('deployment-analysis'));
      assert.equal(await again.page.getByLabel('Batch in sequences').inputValue(), '192');
      await again.tab('Differences').click();
      assert.equal((await lastSent(again, 'differences')).base, 'last-commit');
    },
  },
  {
    title: 'comes back with the stretch of time and the slice that were in view',
    async run(open) {
      const { panel, model } = await openExample(open, 'deepseek-v3-h800', { view: 'timeline' });
      const canvas = panel.view('timeline').locator('canvas.timeline-canvas');
      const steps = panel.page.getByLabel('Step on the timeline');
      await steps.selectOption({ index: 1 });
      await showWholeStep(panel);
      await canvas.focus();
      for (const key of ['ArrowRight', 'ArrowDown', '+', '+', '+']) await panel.page.keyboard.press(key);
      await panel.settle();
      const span = await canvas.getAttribute('data-span');
      const step = await steps.inputValue();
      const selected = await textOf(panel.page.getByRole('region', { name: 'Selected slice' }));
      const state = await kept(panel, (text) => text.includes(`"span":{"start":${span?.split(' ')[0]},`));

      const again = await open({ state });
      await again.send({ type: 'model', model });
      await again.settle();
      assert.equal(await again.page.getByLabel('Step on the timeline').inputValue(), step);
      assert.equal(await again.view('timeline').locator('canvas.timeline-canvas').getAttribute('data-span'), span);
      assert.equal(await textOf(again.page.getByRole('region', { name: 'Selected slice' })), selected);
    },
  },
  {
    title: 'keeps nothing of deployments that are gone',
    async run(open) {
      const { panel } = await openExample(open, 'deployment-analysis');
      await kept(panel, (text) => text.includes('"folded baseline-whole"'));
      const text = exampleText('deployment-analysis').replaceAll('baseline-whole', 'renamed');
      await panel.send({ type: 'model', model: modelOf('deployment-analysis', text) });
      await kept(panel, (saved) => !saved.includes('baseline-whole'));
    },
  },
  {
    title:
      'a line of the text shows its boxes: the deployment and the graph are chosen, the first is selected and in view',
    async run(open) {
      const { panel, model } = await openExample(open, 'deepseek-v3-h800', { view: 'memory' });
      const [deployment] = model.deployments;
      const nodes = ['not/drawn', 'sink', 'source'];
      await panel.send({ type: 'show', view: 'dag', deployment: deployment?.name ?? '', nodes });
      await panel.page.getByRole('tab', { name: 'DAG', selected: true }).waitFor();
      await panel.settle();
      assert.equal(await selectedId(panel), 'sink');
      assert.equal(await panel.page.locator('.tree-node.at-cursor').count(), 2);
      const picture = deployment?.overview ?? deployment;
      const index = picture?.topology.nodes.findIndex(({ id }) => id === 'sink') ?? -1;
      const [x = 0] = picture?.positions.nodes.slice(4 * index) ?? [];
      const box = await panel.canvas.boundingBox();
      const at = await panel.toScreen(x, 0);
      assert.ok(at.x > 0 && at.x < (box?.width ?? 0), `${at.x} of ${box?.width}`);
    },
  },
  {
    title: 'the cursor in a stage marks its bar of memory, also one that is drawn later',
    async run(open) {
      const { panel, model } = await openExample(open, 'deployment-analysis', { deployment: 'baseline-whole' });
      await panel.send({ type: 'highlight', deployment: 'baseline-whole', nodes: ['memory/0/1'] });
      await panel.tab('Memory').click();
      const marked = panel.view('memory').locator('.bar.at-cursor');
      assert.deepEqual(await marked.evaluateAll((all) => all.map((bar) => bar.getAttribute('data-source'))), [
        'memory/0/1',
      ]);
      await panel.page.getByLabel('Deployment', { exact: true }).selectOption('proposed');
      assert.equal(await marked.count(), 0, `of ${model.deployments.length} deployments one is meant`);
    },
  },
  {
    title: 'typing where the cursor is leaves the picture where the reader has moved it',
    async run(open) {
      const { panel } = await openExample(open, 'deepseek-v3-h800');
      const highlight = { type: 'highlight', deployment: 'deepseek-v3-32', nodes: ['sink'] } as const;
      await panel.send(highlight);
      await panel.settle();
      const there = await panel.camera();
      await panel.canvas.focus();
      for (let moves = 0; moves < 40; moves += 1) await panel.page.keyboard.press('Shift+ArrowLeft');
      await panel.settle();
      const moved = await panel.camera();
      assert.ok(moved.x < there.x - 100);
      await panel.send(highlight);
      await panel.settle();
      near((await panel.camera()).x, moved.x, 1e-9, 'x');
      await panel.send({ ...highlight, nodes: [] });
      await panel.send(highlight);
      await panel.settle();
      assert.ok((await panel.camera()).x > moved.x + 100, 'another line brings its node into view');
    },
  },
];
