import assert from 'node:assert/strict';
import { PALETTES } from '../../server/src/graph/palette.ts';
import type { PreviewPicture } from '../../server/src/services/preview/protocol.ts';
import { lastSent } from './answers.ts';
import type { Panel, PanelOptions } from './panel.ts';
import { boxOf, colorOf, same } from './picture.ts';
import { openedOf } from './plans.ts';
import { type OpenPanel, openExample, type PageTest, textOf } from './tests.ts';
import { themeOf } from './themes.ts';

const NAME = 'deepseek-v3-h800';
const DEPLOYMENT = 'deepseek-v3-32';
const CELL = 'machine decode/gpu17';

interface Machines {
  readonly panel: Panel;
  readonly picture: PreviewPicture;
}

/** The machines of two pools of 16 GPUs each. */
async function openMachines(open: OpenPanel, options: Partial<PanelOptions> = {}): Promise<Machines> {
  const { panel } = await openExample(open, NAME, {}, options);
  await panel.page.getByRole('button', { name: 'Machines' }).click();
  await panel.page.locator('.legend', { hasText: 'filled by what it holds' }).waitFor();
  await panel.settle();
  const picture = openedOf(NAME, DEPLOYMENT, { opened: [], closed: ['pool prefill', 'pool decode'] });
  return { panel, picture };
}

async function middleOf({ panel, picture }: Machines, id: string): Promise<{ x: number; y: number }> {
  const box = boxOf(picture, id);
  return panel.toScreen(box.x + box.width / 2, box.y + box.height / 2);
}

export const machineTests: readonly PageTest[] = [
  {
    title: 'machines: a cell names its GPU and its memory while the pointer rests on it, and a click leads to its pool',
    async run(open) {
      const shown = await openMachines(open);
      const { panel } = shown;
      const position = await middleOf(shown, CELL);
      await panel.canvas.hover({ position });
      const tip = await textOf(panel.page.locator('.dag-tip'));
      assert.match(tip, /^GPU 17\s/);
      assert.match(tip, /Memory in use\s+[\d.]+ of 79.2 GiB/);
      assert.match(tip, /KV cache/);
      panel.sent.length = 0;
      await panel.canvas.click({ position });
      assert.deepEqual(await panel.waitForSent(({ type }) => type === 'reveal'), {
        type: 'reveal',
        deployment: DEPLOYMENT,
        id: CELL,
      });
      await panel.canvas.hover({ position: { x: 2, y: 2 } });
      assert.equal(await panel.page.locator('.dag-tip').isVisible(), false);
    },
  },
  {
    title: 'machines: the keyboard goes from GPU to GPU, and each is said with its memory',
    async run(open) {
      const { panel } = await openMachines(open);
      await panel.page.getByRole('searchbox').fill('gpu:17 kind:gpu');
      await panel.page.keyboard.press('Enter');
      assert.equal(await panel.selected.getAttribute('data-node-id'), CELL);
      await panel.page.getByRole('searchbox').fill('');
      await panel.canvas.focus();
      await panel.page.keyboard.press('ArrowRight');
      assert.equal(await panel.selected.getAttribute('data-node-id'), 'machine decode/gpu18');
      const said = await textOf(panel.page.locator('.dag > [aria-live]'));
      assert.match(said, /^GPU 18, Memory in use [\d.]+ of 79.2 GiB/);
      await panel.page.keyboard.press('ArrowLeft');
      assert.equal(await panel.selected.getAttribute('data-node-id'), CELL);
      await panel.page.keyboard.press('u');
      assert.deepEqual((await lastSent(panel, 'fold')).folds, { opened: ['pool decode'], closed: ['pool prefill'] });
    },
  },
  {
    title: 'machines: words for the picture and the list read pools, links and GPUs in order',
    async run(open) {
      const { panel } = await openMachines(open);
      const described = (await panel.canvas.getAttribute('aria-describedby'))?.split(' ')[0] ?? '';
      const told = (await panel.page.locator(`#${described}`).textContent()) ?? '';
      const parts = [
        'Input.',
        'Pool prefill, 16 GPUs in 2 nodes',
        'Between nodes: ',
        'KV cache transfer: ',
        'Pool decode',
      ];
      const places = parts.map((part) => told.indexOf(part));
      assert.ok(
        places.every((place, index) => place >= 0 && place > (places[index - 1] ?? -1)),
        told,
      );
      for (const text of ['Pool decode', 'node 2']) await panel.page.locator('.tree-group', { hasText: text }).click();
      const rows = await panel.page.getByRole('treeitem').allInnerTexts();
      const first = rows.findIndex((row) => row.startsWith('GPU 16'));
      assert.deepEqual(
        rows.slice(first, first + 8).map((row) => /^GPU (\d+)/.exec(row)?.[1]),
        ['16', '17', '18', '19', '20', '21', '22', '23'],
      );
      assert.match(rows[first] ?? '', /of 79.2 GiB/);
      const order = ['Input', 'Pool prefill', 'KV cache', 'Pool decode', 'Decode step', 'node 2', 'GPU 16', 'node 3'];
      const at = order.map((start) => rows.findIndex((row) => row.startsWith(start)));
      assert.deepEqual(
        at,
        at.toSorted((a, b) => a - b),
      );
      assert.ok(!at.includes(-1), rows.join('\n'));
    },
  },
  ...[false, true].map(
    (card): PageTest => ({
      title: `machines: ${card ? 'WebGL2' : 'Canvas 2D'} fills cells from the bottom, and Fit shows all of them`,
      async run(open) {
        for (const kind of ['dark', 'hc-light'] as const) {
          const shown = await openMachines(open, { card, theme: themeOf(kind), width: 1000, height: 620 });
          const { panel, picture } = shown;
          const list = panel.page.getByRole('button', { name: 'List' });
          await panel.page.getByRole('button', { name: 'Fit' }).click();
          await panel.settle();
          assert.equal(await panel.canvas.getAttribute('data-renderer'), card ? 'webgl' : 'canvas');
          const { zoom } = await panel.camera();
          const size = await panel.canvas.boundingBox();
          assert.ok(size && size.width <= 1000);
          assert.ok(picture.positions.height * zoom <= size.height + 1);
          const { x, y, width, height } = boxOf(picture, CELL);
          const bottom = await panel.toScreen(x + width / 2, y + height);
          const top = await panel.toScreen(x + width / 2, y);
          const palette = PALETTES[kind];
          const [low, high] = await panel.colorsAt([
            { x: bottom.x, y: bottom.y - 0.15 * (bottom.y - top.y) },
            { x: top.x, y: top.y + 0.15 * (bottom.y - top.y) },
          ]);
          assert.ok(low && same(low, colorOf(palette.memory.weights)), `${kind}: ${low} below`);
          assert.ok(high && same(high, colorOf(palette.nodes.gpu.fill)), `${kind}: ${high} above`);
          assert.ok(await list.isVisible());
        }
      },
    }),
  ),
  {
    title: 'machines: an export draws them, and the button leads back to the operations',
    async run(open) {
      const { panel } = await openMachines(open);
      await panel.page.getByRole('button', { name: 'Export', exact: true }).click();
      await panel.page.getByRole('button', { name: 'Export SVG' }).click();
      assert.equal((await lastSent(panel, 'export')).picture, 'machines');
      await panel.page.getByRole('button', { name: 'Machines' }).click();
      await panel.page.locator('.legend', { hasText: 'share of the longest time' }).waitFor();
      await panel.page.getByRole('button', { name: 'Export', exact: true }).click();
      await panel.page.getByRole('button', { name: 'Export SVG' }).click();
      assert.equal((await lastSent(panel, 'export')).picture, 'folded');
    },
  },
];
