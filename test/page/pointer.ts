import assert from 'node:assert/strict';
import { boxOf, bringIntoView } from './picture.ts';
import { deploymentOf, shownOf } from './plans.ts';
import { near, openExample, type PageTest, textOf } from './tests.ts';

export const pointerTests: readonly PageTest[] = [
  {
    title: 'a click on a drawn node selects it and asks for its source',
    async run(open) {
      const { panel, model } = await openExample(open, 'deployment-analysis', { deployment: 'proposed' });
      const picture = shownOf(model, 'proposed');
      const id = 'all/l0-3/all/router';
      const box = await bringIntoView(panel, picture, id);
      panel.sent.length = 0;
      await panel.canvas.click({ position: { x: box.x + box.width / 2, y: box.y + box.height / 2 } });
      assert.deepEqual(await panel.waitForSent(({ type }) => type === 'reveal'), {
        type: 'reveal',
        deployment: 'proposed',
        id,
      });
      assert.equal(await panel.selected.getAttribute('data-node-id'), id);
    },
  },
  {
    title: 'a click on nothing selects nothing',
    async run(open) {
      const { panel } = await openExample(open, 'deepseek-v3-h800');
      await panel.node('source').click();
      panel.sent.length = 0;
      const box = await panel.canvas.boundingBox();
      await panel.canvas.click({ position: { x: 3, y: (box?.height ?? 0) - 3 } });
      assert.equal(await panel.selected.count(), 0);
      assert.equal(panel.sent.filter(({ type }) => type === 'reveal').length, 0);
    },
  },
  {
    title: 'a click in the tree selects the node and asks for its source',
    async run(open) {
      const { panel } = await openExample(open, 'deployment-analysis', { deployment: 'proposed' });
      await panel.node('sink').click();
      await panel.waitForSent((message) => message.type === 'reveal' && message.id === 'sink');
      assert.equal(await panel.selected.getAttribute('data-node-id'), 'sink');
    },
  },
  {
    title: 'a click on a memory bar asks for its source',
    async run(open) {
      const { panel, model } = await openExample(open, 'deepseek-v3-h800', { view: 'memory' });
      const [, second] = deploymentOf(model, 'deepseek-v3-32').memory;
      assert.ok(second?.source !== undefined);
      await panel
        .view('memory')
        .getByRole('button', { name: `${second.name} ${second.place}` })
        .click();
      const sent = await panel.waitForSent(({ type }) => type === 'reveal');
      assert.deepEqual(sent, { type: 'reveal', deployment: 'deepseek-v3-32', id: second.source });
    },
  },
  {
    title: 'the wheel zooms around the pointer',
    async run(open) {
      const { panel, model } = await openExample(open, 'deepseek-v3-h800');
      const picture = deploymentOf(model, 'deepseek-v3-32');
      const box = boxOf(picture, 'prefill/all/l0-2/all/attention');
      const before = await panel.toScreen(box.x, box.y);
      const canvas = await panel.canvas.boundingBox();
      assert.ok(canvas);
      const { zoom } = await panel.camera();
      await panel.page.mouse.move(canvas.x + before.x, canvas.y + before.y);
      await panel.page.mouse.wheel(0, -240);
      await panel.page.waitForFunction(
        (old) =>
          Number(document.querySelector<HTMLCanvasElement>('.dag-canvas')?.dataset.camera?.split(' ')[2]) > old * 1.2,
        zoom,
      );
      const after = await panel.toScreen(box.x, box.y);
      near(after.x, before.x, 1, 'x of the node under the pointer');
      near(after.y, before.y, 1, 'y of the node under the pointer');
      const shown = await textOf(panel.page.getByLabel('Zoom', { exact: true }));
      assert.equal(shown, `${Math.round((await panel.camera()).zoom * 100)} %`);
    },
  },
  {
    title: 'a drag moves the picture with the pointer and selects nothing',
    async run(open) {
      const { panel } = await openExample(open, 'deepseek-v3-h800');
      const before = await panel.toScreen(0, 0);
      const canvas = await panel.canvas.boundingBox();
      assert.ok(canvas);
      const { mouse } = panel.page;
      await mouse.move(canvas.x + 400, canvas.y + 300);
      await mouse.down();
      await mouse.move(canvas.x + 340, canvas.y + 250, { steps: 4 });
      await mouse.up();
      await panel.settle();
      const after = await panel.toScreen(0, 0);
      near(after.x - before.x, -60, 1, 'movement in x');
      near(after.y - before.y, -50, 1, 'movement in y');
      assert.equal(await panel.selected.count(), 0);
    },
  },
];
