import assert from 'node:assert/strict';
import { VIEWS, views } from '../../server/src/services/preview/views.ts';
import type { Panel } from './panel.ts';
import { deploymentOf } from './plans.ts';
import { openExample, type PageTest } from './tests.ts';

/** The value of a figure of the headline. */
export function figureOf(panel: Panel, label: string) {
  return panel.page.locator(`.value[aria-label^="${label}: "]`);
}

export const headerTests: readonly PageTest[] = [
  {
    title:
      'the answers are all seen at any width from 400 pixels on, in little room, over one row of tabs with the export in it',
    async run(open) {
      for (const [width, most] of [
        [400, 290],
        [700, 200],
        [1024, 180],
        [1600, 160],
      ] as const)
        for (const [example, labels] of [
          [
            'deepseek-v3-h800',
            ['GPUs', 'Time to first token', 'Time per output token', 'Throughput per GPU', 'KV cache'],
          ],
          ['training', ['GPUs', 'Training step', 'Throughput per GPU', 'Utilisation']],
        ] as const) {
          const { panel } = await openExample(open, example, { view: 'memory' }, { width, height: 900 });
          const header = await panel.page.locator('header').boundingBox();
          assert.ok((header?.height ?? 0) < most, `${example} at ${width}: ${header?.height}`);
          for (const label of [...labels, 'Fullest GPU', 'Limited by']) {
            const box = await figureOf(panel, label).boundingBox();
            assert.ok(box && box.x >= 0 && box.x + box.width <= width, `${label} at ${width}`);
          }
          const middles = await panel.page
            .locator('.bar-top [role=tab], .exports-opener')
            .evaluateAll((all) =>
              all.map((each) => each.getBoundingClientRect()).map(({ top, height }) => top + height / 2),
            );
          assert.equal(middles.length, views().length + 1);
          assert.ok(Math.max(...middles) - Math.min(...middles) < 8, `one row at ${width}: ${middles}`);
        }
    },
  },
  {
    title: 'each answer leads to the view that explains it, and failing claims to those that fail',
    async run(open) {
      const { panel, model } = await openExample(open, 'deployment-analysis', { view: 'traffic' });
      const { summary, claims } = deploymentOf(model, 'baseline-whole');
      for (const { label, view } of summary) {
        await figureOf(panel, label).focus();
        await panel.page.keyboard.press('Enter');
        await panel.view(view).waitFor();
        assert.equal(await panel.page.locator('[role=tab][aria-selected=true]').textContent(), VIEWS[view], label);
      }
      const failing = claims.filter(({ holds }) => !holds).length;
      assert.ok(failing > 0);
      const told = panel.page.getByRole('button', { name: new RegExp(`^✗ ${failing} of ${claims.length} claims`) });
      await told.click();
      await panel.view('compare').waitFor();
      assert.equal(await panel.page.locator('.summary').getByText('checks').count(), 0, 'the graph is no answer');
    },
  },
];
