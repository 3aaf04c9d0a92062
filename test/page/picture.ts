import assert from 'node:assert/strict';
import { PALETTES } from '../../server/src/graph/palette.ts';
import type { PreviewPicture } from '../../server/src/services/preview/protocol.ts';
import { crosses } from '../support/scenes.ts';
import type { Color, Panel } from './panel.ts';
import { deploymentOf, modelOf, shownOf } from './plans.ts';
import { near, openExample, type PageTest, textOf } from './tests.ts';

export const pictureTests: readonly PageTest[] = [
  {
    title: 'draws computation as rectangle, communication as ellipse, routing as parallelogram',
    async run(open) {
      const { panel, model } = await openExample(open, 'deployment-analysis', { deployment: 'baseline-split' });
      const picture = shownOf(model, 'baseline-split');
      const { nodes } = PALETTES.dark;
      for (const [kind, corners] of [
        // Which of the corners upper left, upper right, lower right, lower left are filled.
        ['compute', [true, true, true, true]],
        ['communication', [false, false, false, false]],
        ['routing', [false, true, false, true]],
        ['aggregation', [false, true, false, true]],
        ['gate', [true, true, true, true]],
      ] as const) {
        const node = picture.topology.nodes.find((each) => each.kind === kind);
        assert.ok(node, kind);
        const box = await bringIntoView(panel, picture, node.id);
        const fill = colorOf(nodes[kind].fill);
        const inset = 5;
        const points = [
          { x: box.x + inset, y: box.y + inset },
          { x: box.x + box.width - inset, y: box.y + inset },
          { x: box.x + box.width - inset, y: box.y + box.height - inset },
          { x: box.x + inset, y: box.y + box.height - inset },
        ];
        const seen = (await panel.colorsAt(points)).map((color) => same(color, fill));
        assert.deepEqual(seen, corners, kind);
        const middle = { x: box.x + box.width / 2, y: box.y + inset };
        const [color] = await panel.colorsAt([middle]);
        assert.ok(color && same(color, fill), `the middle of ${kind} is filled`);
      }
    },
  },
  {
    title: 'draws as many device pixels as the screen has',
    async run(open) {
      for (const scale of [1, 2]) {
        const { panel } = await openExample(open, 'deepseek-v3-h800', {}, { scale });
        const [width, clientWidth] = await panel.canvas.evaluate((canvas) =>
          canvas instanceof HTMLCanvasElement ? [canvas.width, canvas.clientWidth] : [0, 1],
        );
        near((width ?? 0) / (clientWidth ?? 1), scale, 0.01, 'device pixels per pixel');
      }
    },
  },
  {
    title: 'leaves nothing out and overlaps nothing: nodes keep apart in every picture',
    async run(open) {
      for (const example of ['deployment-analysis', 'deepseek-v3-h800'] as const) {
        const { model } = await openExample(open, example);
        for (const deployment of model.deployments) {
          for (const picture of [deployment, ...(deployment.overview ? [deployment.overview] : [])]) {
            const boxes = picture.topology.nodes.map(({ id }) => ({ id, ...boxOf(picture, id) }));
            for (const [index, a] of boxes.entries()) {
              assert.ok(a.x >= 0 && a.x + a.width <= picture.positions.width, `${a.id} lies in the picture`);
              assert.ok(a.y >= 0 && a.y + a.height <= picture.positions.height, `${a.id} lies in the picture`);
              for (const b of boxes.slice(index + 1)) {
                const apart =
                  a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
                assert.ok(apart, `${deployment.name}: ${a.id} and ${b.id}`);
              }
            }
          }
        }
      }
    },
  },
  {
    title: 'leads no edge of a folded picture through a node that is not its end',
    async run() {
      for (const example of ['deployment-analysis', 'deepseek-v3-h800'] as const) {
        for (const { overview, ...own } of modelOf(example).deployments) {
          const { topology, positions } = overview ?? own;
          assert.equal(positions.edges.length, topology.edges.length);
          for (const [index, { id, from, to }] of topology.edges.entries()) {
            const points = positions.edges[index] ?? [];
            assert.ok(points.length >= 4, id);
            for (const node of topology.nodes) {
              if (node.id === from || node.id === to) continue;
              const box = boxOf({ topology, positions }, node.id);
              assert.ok(!crosses(points, box), `${id} crosses ${node.id}`);
            }
          }
        }
      }
    },
  },
  {
    title: 'folds equal GPUs at first, and unfolds them on demand',
    async run(open) {
      const { panel, model } = await openExample(open, 'deployment-analysis', { deployment: 'proposed' });
      const deployment = deploymentOf(model, 'proposed');
      assert.ok(deployment.overview);
      assert.ok(deployment.overview.topology.nodes.length < 30 && deployment.topology.nodes.length > 500);
      const search = panel.page.getByRole('searchbox');
      const status = panel.page.locator('.count');
      await search.fill('expert');
      assert.match(await textOf(status), new RegExp(`of ${deployment.overview.topology.nodes.length}$`));
      const fold = panel.page.getByRole('button', { name: 'Fold equal GPUs' });
      assert.equal(await fold.getAttribute('aria-pressed'), 'true');
      await fold.click();
      assert.equal(await fold.getAttribute('aria-pressed'), 'false');
      await search.fill('expert:7 kind:compute');
      assert.equal(await textOf(status), `4 of ${deployment.topology.nodes.length}`);
    },
  },
  {
    title: 'finds nodes by fact and word, dims the others, and goes from one to the next with Enter',
    async run(open) {
      const { panel, model } = await openExample(open, 'deployment-analysis', { detailed: true });
      const { topology } = deploymentOf(model, 'baseline-whole');
      const wanted = topology.nodes.filter(({ gpus, kind }) => kind === 'gate' && gpus.includes(1));
      await panel.page.getByRole('searchbox').fill('gpu:1 router');
      const ids = await panel.page
        .locator('[data-node-id]')
        .evaluateAll((rows) => rows.map((row) => row.getAttribute('data-node-id') ?? ''));
      assert.deepEqual(ids.toSorted(), wanted.map(({ id }) => id).toSorted());
      assert.equal(wanted.length, 2, 'a router per layer of the stage: GPU 1, not GPUs 10 to 15');
      const seen = new Set<string | null>();
      for (let times = 0; times < wanted.length; times++) {
        await panel.page.keyboard.press('Enter');
        seen.add(await panel.selected.getAttribute('data-node-id'));
      }
      assert.equal(seen.size, wanted.length);
      await panel.page.getByRole('searchbox').fill('nonesuch');
      await panel.page.getByText('Nothing found.').waitFor();
    },
  },
];

export interface ScreenBox {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export function boxOf({ topology, positions }: PreviewPicture, id: string): ScreenBox {
  const index = topology.nodes.findIndex((node) => node.id === id);
  assert.ok(index >= 0, `the picture has ${id}`);
  const [x = 0, y = 0, width = 0, height = 0] = positions.nodes.slice(4 * index, 4 * index + 4);
  return { x, y, width, height };
}

/** Selects a node by search, so that it is drawn, and clears the selection; its box on the canvas. */
export async function bringIntoView(panel: Panel, picture: PreviewPicture, id: string): Promise<ScreenBox> {
  const node = picture.topology.nodes.find((each) => each.id === id);
  await panel.page.getByRole('searchbox').fill(node?.label ?? '');
  await panel.node(id).click();
  await panel.page.getByRole('searchbox').fill('');
  await panel.canvas.focus();
  await panel.page.keyboard.press('Escape');
  await panel.settle();
  const box = boxOf(picture, id);
  const { x, y } = await panel.toScreen(box.x, box.y);
  const { zoom } = await panel.camera();
  return { x, y, width: box.width * zoom, height: box.height * zoom };
}

export function colorOf(hex: string): Color {
  const value = Number.parseInt(hex.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

export function same(a: Color, b: Color): boolean {
  return a.every((value, index) => Math.abs(value - (b[index] ?? 0)) <= 2);
}
