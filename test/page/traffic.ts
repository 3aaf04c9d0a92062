import assert from 'node:assert/strict';
import { formatBytes } from '../../server/src/cost/numbers.ts';
import { PALETTES } from '../../server/src/graph/palette.ts';
import type { Panel } from './panel.ts';
import { colorOf, same } from './picture.ts';
import { deploymentOf, modelOf } from './plans.ts';
import { near, only, openExample, type PageTest, textOf } from './tests.ts';
import { largeTraining } from './trainingPlan.ts';

const canvasOf = (panel: Panel) => panel.view('traffic').locator('canvas');
const detailsOf = (panel: Panel) => panel.page.getByRole('region', { name: 'Selected cell' });

async function gridOf(panel: Panel) {
  const [left = 0, top = 0, cell = 0, rows = 0, columns = 0] = ((await canvasOf(panel).getAttribute('data-grid')) ?? '')
    .split(' ')
    .map(Number);
  return { left, top, cell, rows, columns };
}

export const trafficTests: readonly PageTest[] = [
  {
    title: 'traffic by kind of link is true to scale, with its numbers',
    async run(open) {
      const { panel, model } = await openExample(open, 'deployment-analysis', {
        view: 'traffic',
        deployment: 'proposed',
      });
      const traffic = only(deploymentOf(model, 'proposed').traffic);
      assert.equal(traffic.levels.length, 2);
      const tracks = panel.view('traffic').locator('.bar-track');
      for (const [index, level] of traffic.levels.entries()) {
        const track = await tracks.nth(index).boundingBox();
        for (const [part, share] of [
          ['.level-busy', level.busy],
          ['.level-wire', level.wire],
        ] as const) {
          const box = await tracks.nth(index).locator(part).boundingBox();
          near(box?.width ?? 0, (track?.width ?? 0) * share, 3, `${part} of ${level.label}`);
        }
        const text = await textOf(panel.view('traffic').getByRole('button', { name: level.label }));
        for (const part of [level.bytesText, level.perGpuText, level.bandwidthText, level.busyText, level.wireText])
          assert.ok(text.includes(part), `${part} in ${text}`);
      }
      assert.ok((await textOf(panel.view('traffic'))).includes(traffic.verdict));
      const rows = panel.page.getByRole('region', { name: 'Traffic by operation' }).locator('tbody tr');
      assert.equal(await rows.count(), traffic.operations.length);
      for (const [index, { label, bytes, time }] of traffic.operations.entries()) {
        const text = await textOf(rows.nth(index));
        for (const part of [label, ...bytes, time]) assert.ok(text.includes(part), `${part} in ${text}`);
      }
    },
  },
  {
    title: 'bars and operations of the traffic ask for their source',
    async run(open) {
      const { panel } = await openExample(open, 'deployment-analysis', { view: 'traffic', deployment: 'proposed' });
      await panel.view('traffic').getByRole('button', { name: 'Inside the node' }).click();
      await panel.waitForSent((message) => message.type === 'reveal' && message.id === 'cluster');
      await panel.view('traffic').getByRole('button', { name: 'dispatch' }).click();
      await panel.waitForSent((message) => message.type === 'reveal' && message.id === 'timeline/0/0/dispatch');
    },
  },
  {
    title: 'a cell of the matrix tells what it carries by operation, and asks for the source of its sender',
    async run(open) {
      const { panel } = await openExample(open, 'deployment-analysis', { view: 'traffic' });
      await canvasOf(panel).scrollIntoViewIfNeeded();
      const { left, top, cell, rows, columns } = await gridOf(panel);
      assert.deepEqual([rows, columns], [16, 16]);
      const at = (row: number, column: number) => ({ x: left + (column + 0.5) * cell, y: top + (row + 0.5) * cell });
      // From a GPU of the first stage to the one at its place in the second, and to one at another place.
      await canvasOf(panel).hover({ position: at(2, 10) });
      assert.match(
        await textOf(panel.page.locator('.traffic-tip')),
        /^GPU 2 to GPU 10[\s\S]*to the next stage\s*9\.77 GiB/,
      );
      await canvasOf(panel).click({ position: at(2, 10) });
      const sent = await panel.waitForSent(({ type }) => type === 'reveal');
      assert.deepEqual(sent, { type: 'reveal', deployment: 'baseline-whole', id: 'timeline/0/0' });
      await canvasOf(panel).click({ position: at(2, 11) });
      assert.match(await textOf(detailsOf(panel)), /In all\s*nothing/);
      await panel.page.keyboard.press('ArrowLeft');
      assert.match(await textOf(detailsOf(panel)), /GPU 2 to GPU 10/);
      await panel.page.keyboard.press('ArrowUp');
      assert.match(await textOf(detailsOf(panel)), /GPU 1 to GPU 10/);
    },
  },
  {
    title: 'the matrix of 1,024 GPUs shows nodes together, opens cell by cell and goes back',
    async run(open) {
      const panel = await open();
      const model = modelOf('broken', largeTraining('schedule = 1f1b'));
      await panel.send({ type: 'model', model });
      await panel.send({ type: 'show', view: 'traffic' });
      await canvasOf(panel).focus();
      const { keyboard } = panel.page;
      assert.deepEqual([(await gridOf(panel)).rows, (await gridOf(panel)).columns], [64, 64]);
      for (const key of ['ArrowRight', 'ArrowRight']) await keyboard.press(key);
      const whole = await textOf(detailsOf(panel));
      assert.match(whole, /nodes 0\.\.1 \(GPUs 0\.\.15\) to nodes 2\.\.3 \(GPUs 16\.\.31\)/);
      await keyboard.press('Enter');
      await panel.settle();
      assert.deepEqual([(await gridOf(panel)).rows, (await gridOf(panel)).columns], [16, 16]);
      assert.match(await textOf(detailsOf(panel)), /^GPU 0 to GPU 16/);
      const rows = await panel.page
        .getByRole('region', { name: 'Sent and received' })
        .locator('tbody tr')
        .allInnerTexts();
      assert.equal(rows.length, 16);
      assert.match(rows[3] ?? '', /^GPU 3\s/);
      await keyboard.press('Backspace');
      await panel.settle();
      assert.equal((await gridOf(panel)).rows, 64);
      const { left, top, cell } = await gridOf(panel);
      await canvasOf(panel).dblclick({ position: { x: left + 0.5 * cell, y: top + 0.5 * cell } });
      await panel.settle();
      assert.equal((await gridOf(panel)).rows, 16);
      await panel.page.getByRole('button', { name: 'All 1024 GPUs' }).click();
      await panel.settle();
      assert.equal((await gridOf(panel)).rows, 64);
    },
  },
  {
    title: 'the table of the matrix has what each GPU sends and receives',
    async run(open) {
      const { panel, model } = await openExample(open, 'deployment-analysis', {
        view: 'traffic',
        deployment: 'proposed',
      });
      const { levels } = only(deploymentOf(model, 'proposed').traffic);
      const all = levels.reduce((sum, { bytes }) => sum + bytes, 0);
      const rows = panel.page.getByRole('region', { name: 'Sent and received' }).locator('tbody tr');
      assert.equal(await rows.count(), 16);
      for (const text of await rows.allInnerTexts()) {
        // Sixteen GPUs that do the same send and receive a sixteenth each.
        const cells = text.split('\t').map((cell) => cell.trim());
        assert.deepEqual(cells.slice(1, 3), [formatBytes(all / 16), formatBytes(all / 16)]);
      }
    },
  },
  {
    title: 'without traffic there is no matrix, and that is said',
    async run(open) {
      const panel = await open();
      const text = `model small {
  layers = 2, hidden = 1024, weights = bf16
  attention { heads = 8, head-size = 128 }
  experts { count = 8, top-k = 2, ffn = 4096 }
}
workload few { sequences = 8, length = 128 tokens }
cluster one { node = DGX-H100, count = 1 }
deployment alone { model = small, cluster = one, workload = few, gpus = 0 }
`;
      await panel.send({ type: 'model', model: modelOf('broken', text) });
      await panel.send({ type: 'show', view: 'traffic' });
      await panel.page.getByText('No GPU sends anything to another.').waitFor();
      assert.equal(await canvasOf(panel).isVisible(), false);
    },
  },
  {
    title: 'the cursor in a stage marks its rows in the tables of the traffic',
    async run(open) {
      const { panel } = await openExample(open, 'deployment-analysis', { view: 'traffic', deployment: 'proposed' });
      const nodes = ['timeline/0/0/dispatch'];
      await panel.send({ type: 'highlight', deployment: 'proposed', nodes });
      assert.deepEqual(await panel.view('traffic').locator('tr.at-cursor th').allInnerTexts(), ['dispatch']);
      await panel.send({ type: 'highlight', deployment: 'baseline-whole', nodes });
      assert.equal(await panel.view('traffic').locator('tr.at-cursor').count(), 0);
    },
  },
  {
    title: 'the cursor in a stage marks its rows and columns of the matrix with strips',
    async run(open) {
      const { panel } = await openExample(open, 'deployment-analysis', { view: 'traffic' });
      const { left, top, cell } = await gridOf(panel);
      /** Whether a strip lies before each row, and over each column. */
      const strips = async () => {
        const ink = colorOf(PALETTES.dark.text);
        const places = Array.from({ length: 16 }, (_, index) => (index + 0.5) * cell);
        const at = [
          ...places.map((y) => [left - 4, top + y] as const),
          ...places.map((x) => [left + x, top - 4] as const),
        ];
        const colors = await canvasOf(panel).evaluate((canvas, points) => {
          const context = canvas instanceof HTMLCanvasElement ? canvas.getContext('2d') : null;
          return points.map(([x, y]) => [...(context?.getImageData(Math.round(x), Math.round(y), 1, 1).data ?? [])]);
        }, at);
        return colors.map(([red = 0, green = 0, blue = 0]) => same([red, green, blue], ink));
      };
      const of = (marked: (index: number) => boolean) =>
        [...Array(2)].flatMap(() => Array.from({ length: 16 }, (_, index) => marked(index)));
      assert.deepEqual(
        await strips(),
        of(() => false),
      );
      await panel.send({ type: 'highlight', deployment: 'baseline-whole', nodes: ['timeline/0/1'] });
      assert.deepEqual(
        await strips(),
        of((index) => index >= 8),
      );
      await panel.send({ type: 'highlight', deployment: 'baseline-whole', nodes: [] });
      assert.deepEqual(
        await strips(),
        of(() => false),
      );
    },
  },
  {
    title: 'on a wide panel the matrix is seen beside the numbers, all of it; on a narrow one below them',
    async run(open) {
      for (const [width, height, isBeside] of [
        [1400, 900, true],
        [500, 800, false],
      ] as const) {
        const { panel } = await openExample(open, 'deployment-analysis', { view: 'traffic' }, { width, height });
        const numbers = await panel.page.getByRole('region', { name: 'Traffic by operation' }).boundingBox();
        const matrix = await canvasOf(panel).boundingBox();
        assert.ok(numbers && matrix);
        assert.equal(matrix.x >= numbers.x + numbers.width, isBeside);
        assert.equal(matrix.y + matrix.height <= height, isBeside);
        assert.equal(matrix.y >= numbers.y + numbers.height, !isBeside);
      }
    },
  },
];
