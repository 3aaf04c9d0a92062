import assert from 'node:assert/strict';
import { PALETTES } from '../../server/src/graph/palette.ts';
import type { Color, Panel } from './panel.ts';
import { boxOf, colorOf, same } from './picture.ts';
import { deploymentOf } from './plans.ts';
import { type OpenPanel, openExample, type PageTest } from './tests.ts';
import { THEMES } from './themes.ts';

const rendererOf = (panel: Panel) => panel.canvas.getAttribute('data-renderer');

/** A picture at a zoom at which nodes have outlines but no text, and the points that are compared. */
async function zoomedOut(open: OpenPanel, card: boolean, zoom: number, theme = THEMES[0]) {
  const { panel, model } = await openExample(
    open,
    'deployment-analysis',
    { detailed: true },
    { card, ...(theme && { theme }) },
  );
  await panel.canvas.focus();
  while ((await panel.camera()).zoom > zoom) {
    await panel.page.keyboard.press('-');
    await panel.settle();
  }
  const picture = deploymentOf(model, 'baseline-whole');
  const size = await panel.canvas.boundingBox();
  const nodes = await Promise.all(
    picture.topology.nodes.map(async ({ id, kind, critical }) => {
      const { x, y, width, height } = boxOf(picture, id);
      return { id, kind, critical, ...(await panel.toScreen(x + width / 2, y + height / 2)) };
    }),
  );
  const visible = nodes.filter(
    ({ x, y }) => size && x > 4 && y > 4 && x < Math.min(size.width, 800) - 4 && y < size.height - 150,
  );
  assert.ok(visible.length > 40, `${visible.length} nodes in view`);
  return { panel, visible };
}

export const rendererTests: readonly PageTest[] = [
  {
    title: 'Canvas 2D draws where no graphics card is, WebGL2 where one is',
    async run(open) {
      for (const card of [false, true]) {
        const { panel } = await openExample(open, 'deployment-analysis', {}, { card });
        assert.equal(await rendererOf(panel), card ? 'webgl' : 'canvas');
      }
    },
  },
  ...THEMES.map(
    (theme): PageTest => ({
      title: `both renderers draw every node in the same colours and find it at the same place, ${theme.kind}`,
      async run(open) {
        const seen: (readonly Color[])[] = [];
        const found: (readonly (string | null)[])[] = [];
        for (const card of [false, true]) {
          const { panel, visible } = await zoomedOut(open, card, 0.22, theme);
          seen.push(await panel.colorsAt(visible));
          const { nodes } = PALETTES[theme.kind];
          for (const [index, { kind, id }] of visible.entries())
            assert.ok(same(seen.at(-1)?.[index] ?? [0, 0, 0], colorOf(nodes[kind].fill)), `${id} has its colour`);
          const ids: (string | null)[] = [];
          for (const { x, y } of visible.filter((_, index) => index % 40 === 0)) {
            await panel.canvas.click({ position: { x, y } });
            ids.push(await panel.selected.getAttribute('data-node-id'));
            await panel.page.keyboard.press('Escape');
          }
          found.push(ids);
        }
        assert.ok((found[0]?.length ?? 0) > 1);
        assert.deepEqual(found[0], found[1]);
        assert.deepEqual(seen[0], seen[1]);
      },
    }),
  ),
  {
    title: 'both renderers colour the cells of small nodes by heat',
    async run(open) {
      const seen: (readonly Color[])[] = [];
      for (const card of [false, true]) {
        const { panel, visible } = await zoomedOut(open, card, 0.14);
        // Lines of the critical path lie over its cells.
        const plain = visible.filter(({ critical }) => !critical);
        seen.push(await panel.colorsAt(plain));
        assert.ok(new Set(seen.at(-1)?.map(String)).size > 4, 'there are several colours');
      }
      const [canvas = [], card = []] = seen;
      const alike = canvas.filter((color, index) => close(color, card[index] ?? [0, 0, 0], 14));
      // Cells are a few pixels large, and the two round their edges differently.
      assert.ok(alike.length >= 0.95 * canvas.length, `${alike.length} of ${canvas.length}`);
    },
  },
  {
    title: 'a lost graphics card leaves the same picture, in Canvas 2D',
    async run(open) {
      const { panel, visible } = await zoomedOut(open, true, 0.22);
      const before = await panel.colorsAt(visible);
      await panel.page.evaluate(() => {
        const shapes = document.querySelector<HTMLCanvasElement>('.dag-shapes');
        shapes?.getContext('webgl2')?.getExtension('WEBGL_lose_context')?.loseContext();
      });
      await panel.page.locator('.dag-canvas[data-renderer="canvas"]').waitFor();
      await panel.settle();
      assert.equal(await panel.page.locator('.dag-shapes').count(), 0);
      assert.deepEqual(await panel.colorsAt(visible), before);
    },
  },
  {
    title: 'a system with its own colours gets high contrast in any theme',
    async run(open) {
      const { panel } = await openExample(open, 'deployment-analysis', {}, { forcedColors: true });
      const [corner] = await panel.colorsAt([{ x: 3, y: 3 }]);
      const grounds = [PALETTES['hc-dark'], PALETTES['hc-light']].map(({ background }) => colorOf(background));
      assert.ok(corner && grounds.some((ground) => same(corner, ground)), `${corner}`);
    },
  },
];

function close(a: Color, b: Color, slack: number): boolean {
  return a.every((value, index) => Math.abs(value - (b[index] ?? 0)) <= slack);
}
