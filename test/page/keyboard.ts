import assert from 'node:assert/strict';
import { deploymentOf } from './plans.ts';
import { near, openExample, type PageTest } from './tests.ts';

export const keyboardTests: readonly PageTest[] = [
  {
    title: 'arrow keys follow the edges from the input to the output and back',
    async run(open) {
      const { panel, model } = await openExample(open, 'deployment-analysis', { detailed: true });
      const { topology } = deploymentOf(model, 'baseline-whole');
      const { keyboard } = panel.page;
      await panel.canvas.focus();
      await keyboard.press('Home');
      let at = await panel.selected.getAttribute('data-node-id');
      assert.equal(at, 'source');
      for (let steps = 0; at !== 'sink'; steps++) {
        assert.ok(steps < 100, 'the output is reached');
        await keyboard.press('ArrowRight');
        const next = await panel.selected.getAttribute('data-node-id');
        assert.ok(
          topology.edges.some(({ from, to }) => from === at && to === next),
          `an edge leads from ${at} to ${next}`,
        );
        assert.ok(topology.nodes.find(({ id }) => id === next)?.critical, `${next} is on the critical path`);
        at = next;
      }
      await keyboard.press('ArrowLeft');
      const back = await panel.selected.getAttribute('data-node-id');
      assert.ok(topology.edges.some(({ from, to }) => from === back && to === 'sink'));
      assert.equal(panel.sent.filter(({ type }) => type === 'reveal').length, 0, 'arrows do not move the editor');
    },
  },
  {
    title: 'up and down go to the same operation on the neighbouring GPU',
    async run(open) {
      const { panel } = await openExample(open, 'deployment-analysis', { detailed: true, deployment: 'proposed' });
      const { keyboard } = panel.page;
      await panel.page.getByRole('searchbox').fill('gpu:4 layer:0 attention norm');
      await keyboard.press('Enter');
      await panel.page.getByRole('searchbox').fill('');
      assert.equal(await panel.selected.getAttribute('data-node-id'), 'all/l0/gpu4/input-norm');
      await panel.canvas.focus();
      await keyboard.press('ArrowDown');
      assert.equal(await panel.selected.getAttribute('data-node-id'), 'all/l0/gpu5/input-norm');
      await keyboard.press('ArrowUp');
      await keyboard.press('ArrowUp');
      assert.equal(await panel.selected.getAttribute('data-node-id'), 'all/l0/gpu3/input-norm');
    },
  },
  {
    title: 'Enter asks for the source of the selected node, Escape lets it go',
    async run(open) {
      const { panel } = await openExample(open, 'deployment-analysis', { deployment: 'proposed' });
      await panel.canvas.focus();
      await panel.page.keyboard.press('End');
      await panel.page.keyboard.press('Enter');
      const sent = await panel.waitForSent(({ type }) => type === 'reveal');
      assert.deepEqual(sent, { type: 'reveal', deployment: 'proposed', id: 'sink' });
      await panel.page.keyboard.press('Escape');
      assert.equal(await panel.selected.count(), 0);
    },
  },
  {
    title: 'plus and minus zoom, zero shows all, shift with arrows moves',
    async run(open) {
      const { panel, model } = await openExample(open, 'deployment-analysis', { detailed: true });
      const { positions } = deploymentOf(model, 'baseline-whole');
      const { keyboard } = panel.page;
      await panel.canvas.focus();
      const first = await panel.camera();
      await keyboard.press('+');
      await panel.settle();
      near((await panel.camera()).zoom, first.zoom * 1.25, 0.001, 'zoom after plus');
      await keyboard.press('-');
      await panel.settle();
      near((await panel.camera()).zoom, first.zoom, 0.001, 'zoom after minus');
      await keyboard.press('Shift+ArrowRight');
      await panel.settle();
      near((await panel.camera()).x, first.x + 60 / first.zoom, 0.01, 'x after shift and right');
      await keyboard.press('0');
      await panel.settle();
      const size = await panel.canvas.boundingBox();
      const start = await panel.toScreen(0, 0);
      const end = await panel.toScreen(positions.width, positions.height);
      assert.ok(size && start.x >= 0 && start.y >= 0 && end.x <= size.width && end.y <= size.height, 'all is in view');
    },
  },
  {
    title: 'glides where motion is welcome, and arrives; jumps where it is not',
    async run(open) {
      for (const motion of [true, false]) {
        const { panel } = await openExample(open, 'deployment-analysis', {}, { motion });
        const target = (await panel.camera()).zoom * 1.25;
        await panel.stopTime();
        await panel.canvas.focus();
        await panel.page.keyboard.press('+');
        const zooms: number[] = [];
        for (let frame = 0; frame < 20; frame++) {
          await panel.passFrames(1);
          zooms.push((await panel.camera()).zoom);
        }
        near(zooms.at(-1) ?? 0, target, 1e-6, 'zoom at the end');
        const arrived = zooms.findIndex((zoom) => Math.abs(zoom - target) < 1e-6);
        if (motion) assert.ok(arrived >= 8 && arrived <= 11, `${arrived} frames`);
        else assert.ok(arrived <= 1, `${arrived} frames`);
        assert.ok(
          zooms.slice(1).every((zoom, at) => zoom >= (zooms[at] ?? 0)),
          'it never turns back',
        );
      }
    },
  },
  {
    title: 'a selected node outside the canvas is brought into view',
    async run(open) {
      const { panel, model } = await openExample(open, 'deployment-analysis', { detailed: true });
      const { positions } = deploymentOf(model, 'baseline-whole');
      const size = await panel.canvas.boundingBox();
      assert.ok(size && (await panel.toScreen(positions.width, 0)).x > size.width, 'the output is out of view');
      await panel.canvas.focus();
      await panel.page.keyboard.press('End');
      await panel.settle();
      const end = await panel.toScreen(positions.width - 24, 0);
      assert.ok(end.x > 0 && end.x <= size.width);
    },
  },
  {
    title: 'the tree is walked, opened and closed with the keyboard alone, on the same selection',
    async run(open) {
      const { panel, model } = await openExample(open, 'deployment-analysis');
      const { keyboard } = panel.page;
      const focused = () => panel.page.evaluate(() => document.activeElement?.getAttribute('data-tree-id') ?? '');
      const tree = panel.page.getByRole('tree');
      assert.equal(await tree.locator('[tabindex="0"]').count(), 1, 'one stop for Tab');
      await panel.page.getByRole('searchbox').focus();
      // Past the four filters.
      for (let stop = 0; stop < 5; stop++) await keyboard.press('Tab');
      assert.equal(await focused(), 'source');
      await keyboard.press('ArrowDown');
      assert.match(await focused(), /^stage /);
      const closed = await panel.page.getByRole('treeitem').count();
      await keyboard.press('ArrowRight');
      assert.ok((await panel.page.getByRole('treeitem').count()) > closed);
      await keyboard.press('ArrowRight');
      assert.match(await focused(), /^layer /);
      await keyboard.press('ArrowRight');
      await keyboard.press('ArrowRight');
      const id = await focused();
      const { overview } = deploymentOf(model, 'baseline-whole');
      assert.ok(overview?.topology.nodes.some((node) => node.id === id));
      assert.equal(await panel.selected.getAttribute('data-node-id'), id);
      await keyboard.press('Enter');
      await panel.waitForSent((message) => message.type === 'reveal' && message.id === id);
      assert.equal(await focused(), id, 'focus stays');
      await keyboard.press('ArrowLeft');
      await keyboard.press('ArrowLeft');
      assert.match(await focused(), /^layer /);
      assert.equal(await panel.selected.count(), 0, 'the closed layer hides the selected row');
      await keyboard.press('Home');
      assert.equal(await focused(), 'source');
    },
  },
  {
    title: 'tabs are changed with arrow keys',
    async run(open) {
      const { panel } = await openExample(open, 'deployment-analysis');
      await panel.tab('DAG').focus();
      await panel.page.keyboard.press('ArrowRight');
      await panel.page.getByRole('tab', { name: 'Memory', selected: true }).waitFor();
      await panel.view('memory').waitFor();
      for (let left = 0; left < 3; left++) await panel.page.keyboard.press('ArrowLeft');
      await panel.page.getByRole('tab', { name: 'Differences', selected: true }).waitFor();
      assert.equal(await panel.page.evaluate(() => document.activeElement?.id), 'tab-differences');
    },
  },
];
