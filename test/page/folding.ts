import assert from 'node:assert/strict';
import type { Panel } from './panel.ts';
import { boxOf } from './picture.ts';
import { deploymentOf, type ExampleName, exampleText, foldsOf, modelOf, openedOf } from './plans.ts';
import { near, openExample, type PageTest, textOf } from './tests.ts';

/** How many nodes the page shows, by a search for everything. */
async function countOf(panel: Panel): Promise<number> {
  const search = panel.page.getByRole('searchbox');
  await search.fill('kind:');
  const [, all = ''] = /of (\d+)/.exec(await textOf(panel.page.locator('.count'))) ?? [];
  await search.fill('');
  return Number(all);
}

/** Waits until the answer to the latest question is shown. */
async function answered(panel: Panel, count: number): Promise<void> {
  const search = panel.page.getByRole('searchbox');
  await search.fill('kind:');
  await panel.page.locator('.count', { hasText: new RegExp(`of ${count}$`) }).waitFor();
  await search.fill('');
}

function expected(name: ExampleName, deployment: string, opened: readonly string[]) {
  return openedOf(name, deployment, { opened, closed: [] });
}

export const foldingTests: readonly PageTest[] = [
  {
    title: 'a switch at the title of a stage opens its GPUs, and closes them again',
    async run(open) {
      const { panel } = await openExample(open, 'deployment-analysis');
      const closed = await countOf(panel);
      await panel.canvas.focus();
      for (const key of ['Home', 'ArrowRight']) await panel.page.keyboard.press(key);
      await panel.page.getByRole('button', { name: 'Open 8 GPUs of Stage front' }).click();
      const { topology } = expected('deployment-analysis', 'baseline-whole', ['gpus /front']);
      await answered(panel, topology.nodes.length);
      assert.ok(topology.nodes.length > closed + 40);
      assert.deepEqual(panel.state && Reflect.get(Object(panel.state), 'folds'), {
        'baseline-whole': { opened: ['gpus /front'], closed: [] },
      });
      await panel.page.getByRole('searchbox').fill('gpu:3 attention norm');
      await panel.node('front/l0-1/gpu3/input-norm').click();
      await panel.page.getByRole('button', { name: 'Close 8 GPUs of Stage front' }).click();
      await answered(panel, closed);
    },
  },
  {
    title: 'a click on a drawn switch opens what it stands for, and shows it from its beginning',
    async run(open) {
      const { panel } = await openExample(open, 'training', { deployment: 'train-2048' });
      const picture = deploymentOf(modelOf('training'), 'train-2048').overview;
      assert.ok(picture);
      const id = 'stage /stage-0';
      const box = boxOf(picture, id);
      const corner = await panel.toScreen(box.x + box.width, box.y);
      panel.sent.length = 0;
      await panel.canvas.click({ position: { x: corner.x - 10, y: corner.y + 9 } });
      const opened = expected('training', 'train-2048', [id]);
      await answered(panel, opened.topology.nodes.length);
      assert.equal(panel.sent.filter(({ type }) => type === 'reveal').length, 0, 'the editor does not move');
      const index = opened.topology.groups.findIndex((group) => group.id === id);
      const [x = 0, y = 0] = opened.positions.groups.slice(4 * index);
      const after = await panel.toScreen(x, y);
      const canvas = await panel.canvas.boundingBox();
      assert.ok(canvas && after.x >= 0 && after.x < canvas.width / 2, `x of the stage: ${after.x}`);
      assert.ok(canvas && after.y >= 0 && after.y < canvas.height / 2, `y of the stage: ${after.y}`);
    },
  },
  {
    title: 'U opens what is selected and F closes it, on the canvas and in the tree',
    async run(open) {
      const { panel } = await openExample(open, 'training', { deployment: 'train-2048' });
      const { keyboard } = panel.page;
      const closed = await countOf(panel);
      await panel.canvas.focus();
      for (const key of ['Home', 'ArrowRight', 'u']) await keyboard.press(key);
      const { topology } = expected('training', 'train-2048', ['stage /stage-0']);
      await answered(panel, topology.nodes.length);
      await panel.canvas.focus();
      for (const key of ['Home', 'ArrowRight', 'f']) await keyboard.press(key);
      await panel.waitForSent((message) => message.type === 'fold' && message.folds.closed.includes('stage /stage-0'));
      await answered(panel, closed);
      assert.equal(await panel.selected.getAttribute('data-node-id'), 'stage /stage-0', 'the box is selected now');
      await panel.node('stage /stage-0').focus();
      await keyboard.press('u');
      await answered(panel, topology.nodes.length);
    },
  },
  {
    title: 'any one GPU of 2,048 opens from the filter, beside the others of its stage',
    async run(open) {
      const { panel } = await openExample(open, 'training', { deployment: 'train-2048' });
      await panel.page.getByRole('spinbutton', { name: 'GPU' }).fill('777');
      await panel.page.getByRole('button', { name: 'Open GPU 777' }).click();
      const { topology } = expected('training', 'train-2048', ['gpu 777']);
      const own = topology.nodes.filter(({ gpus }) => gpus.length === 1 && gpus[0] === 777);
      assert.ok(own.length > 10);
      await panel.page
        .getByRole('treeitem', { name: /GPU 777/ })
        .first()
        .waitFor();
      assert.equal(await panel.page.getByRole('button', { name: 'Open GPU 777' }).isVisible(), false);
      await panel.page.getByRole('button', { name: 'Clear filters' }).click();
      await answered(panel, topology.nodes.length);
    },
  },
  {
    title: 'filters by GPU, stage, layer and kind narrow the search',
    async run(open) {
      const { panel, model } = await openExample(open, 'deployment-analysis', { detailed: true });
      const { nodes } = deploymentOf(model, 'baseline-whole').topology;
      const count = panel.page.locator('.count');
      await panel.page.getByRole('spinbutton', { name: 'GPU' }).fill('3');
      let left = nodes.filter(({ gpus }) => gpus.includes(3));
      assert.equal(await textOf(count), `${left.length} of ${nodes.length}`);
      await panel.page.getByRole('spinbutton', { name: 'Layer' }).fill('1');
      left = left.filter(({ layers }) => layers.includes(1));
      assert.equal(await textOf(count), `${left.length} of ${nodes.length}`);
      await panel.page.getByRole('combobox', { name: 'Kind' }).selectOption('communication');
      left = left.filter(({ kind }) => kind === 'communication');
      assert.ok(left.length > 0);
      assert.equal(await textOf(count), `${left.length} of ${nodes.length}`);
      await panel.page.getByRole('combobox', { name: 'Stage' }).selectOption('back');
      assert.equal(await textOf(count), `0 of ${nodes.length}`);
      await panel.page.getByRole('button', { name: 'Clear filters' }).click();
      assert.equal(await count.textContent(), '');
    },
  },
  {
    title: 'what the server does not draw is refused with the reason, and the picture stays',
    async run(open) {
      const panel = await open({
        answer: (message) =>
          message.type === 'fold'
            ? { ...message, type: 'folded', answer: { refused: 'That would draw 9,000 nodes.' } }
            : undefined,
      });
      await panel.send({ type: 'model', model: modelOf('deployment-analysis') });
      await panel.tab('DAG').click();
      const count = await countOf(panel);
      await panel.canvas.focus();
      for (const key of ['Home', 'ArrowRight', 'u']) await panel.page.keyboard.press(key);
      await panel.page.getByRole('status').filter({ hasText: 'That would draw 9,000 nodes.' }).waitFor();
      assert.equal(await countOf(panel), count);
      assert.equal(await panel.page.getByRole('button', { name: 'Fold all' }).isVisible(), false);
    },
  },
  {
    title: 'what was opened is open after an edit and after a reload, and Fold all closes it',
    async run(open) {
      const { panel, model } = await openExample(open, 'deployment-analysis');
      const closed = await countOf(panel);
      await panel.page.getByRole('spinbutton', { name: 'GPU' }).fill('9');
      await panel.page.getByRole('button', { name: 'Open GPU 9' }).click();
      const { length } = expected('deployment-analysis', 'baseline-whole', ['gpu 9']).topology.nodes;
      await panel.page.getByRole('button', { name: 'Clear filters' }).click();
      await answered(panel, length);
      panel.sent.length = 0;
      const text = exampleText('deployment-analysis').replace('10_000', '9_000');
      await panel.send({ type: 'model', model: modelOf('deployment-analysis', text) });
      await panel.waitForSent(({ type }) => type === 'fold');
      assert.equal(await countOf(panel), length, 'the picture stays while the new one is drawn');
      await panel.page.getByRole('searchbox').fill('gpu:9 layer:2 attention');
      await panel.node('back/l2-3/gpu9/attention').click();
      await panel.page.getByRole('region', { name: 'Selected node' }).getByText('seq=9000').first().waitFor();

      modelOf('deployment-analysis');
      const again = await open({ state: panel.state, answer: foldsOf('deployment-analysis') });
      await again.send({ type: 'model', model });
      await answered(again, length);
      await again.page.getByRole('button', { name: 'Fold all' }).click();
      await answered(again, closed);
    },
  },
  {
    title: 'nodes glide to their places where motion is welcome, and jump where it is not',
    async run(open) {
      for (const motion of [true, false]) {
        const { panel } = await openExample(open, 'deployment-analysis', {}, { motion });
        await panel.canvas.focus();
        for (const key of ['Home', 'ArrowRight']) await panel.page.keyboard.press(key);
        await panel.settle();
        await panel.stopTime();
        const [before] = await panel.passFrames(1);
        await panel.page.getByRole('button', { name: 'Open 8 GPUs of Stage front' }).click();
        const { topology } = expected('deployment-analysis', 'baseline-whole', ['gpus /front']);
        await answered(panel, topology.nodes.length);
        const pictures = await panel.passFrames(20);
        assert.notEqual(pictures.at(-1), before);
        // A glide takes 160 ms, so ten frames or so; whoever jumps shows the last picture at once.
        const moving = pictures.indexOf(pictures.at(-1) ?? '');
        if (motion) assert.ok(moving >= 8 && moving <= 11 && new Set(pictures).size === moving + 1, `${moving} frames`);
        else assert.ok(moving <= 1, `${moving} frames`);
      }
    },
  },
  {
    title: 'the map shows what part is in view and goes where it is clicked and dragged; small panels have none',
    async run(open) {
      const { panel, model } = await openExample(open, 'deployment-analysis', { detailed: true });
      const { positions } = deploymentOf(model, 'baseline-whole');
      const map = panel.page.locator('.minimap');
      const frame = await panel.page.locator('.minimap-view').boundingBox();
      const whole = await panel.page.locator('.minimap-canvas').boundingBox();
      const size = await panel.canvas.boundingBox();
      assert.ok(frame && whole && size);
      const camera = await panel.camera();
      near(frame.width / whole.width, size.width / camera.zoom / positions.width, 0.05, 'share in view');
      const middleOf = async () => {
        const now = await panel.camera();
        return { x: now.x + size.width / 2 / now.zoom, y: now.y + size.height / 2 / now.zoom };
      };
      const { mouse } = panel.page;
      await mouse.move(whole.x + whole.width * 0.75, whole.y + whole.height / 2);
      await mouse.down();
      await panel.settle();
      near((await middleOf()).x, positions.width * 0.75, positions.width * 0.01, 'x after the click');
      await mouse.move(whole.x + whole.width * 0.25, whole.y + whole.height / 2, { steps: 3 });
      await mouse.up();
      await panel.settle();
      near((await middleOf()).x, positions.width * 0.25, positions.width * 0.01, 'x after the drag');
      await panel.canvas.focus();
      await panel.page.keyboard.press('0');
      await panel.settle();
      assert.equal(await map.isVisible(), false, 'all is in view');
      const small = await openExample(open, 'deployment-analysis', { detailed: true }, { width: 460, height: 700 });
      assert.equal(await small.panel.page.locator('.minimap').isVisible(), false);
    },
  },
  {
    title: 'heat shows time, bytes or memory',
    async run(open) {
      const { panel, model } = await openExample(open, 'deepseek-v3-h800');
      const { topology } = deploymentOf(model, 'deepseek-v3-32');
      const pictures = new Set<string>();
      for (const [value, legend] of [
        ['bytes', 'bytes, as a share of the most'],
        ['memory', 'memory in use of its fullest GPU'],
        ['time', 'share of the longest time'],
      ] as const) {
        await panel.page.getByRole('combobox', { name: 'Heat' }).selectOption(value);
        await panel.page.getByText(legend).waitFor();
        await panel.settle();
        pictures.add((await panel.canvas.screenshot()).toString('base64'));
        const heats = topology.nodes.map(({ heat }) => heat[value]);
        assert.ok(heats.some((heat) => heat > 0.5) && heats.every((heat) => heat >= 0 && heat <= 1), value);
      }
      assert.equal(pictures.size, 3);
    },
  },
];
