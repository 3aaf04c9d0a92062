import assert from 'node:assert/strict';
import { exportGraph } from '../../server/src/services/outputs/export.ts';
import { lastSent } from './answers.ts';
import type { Panel } from './panel.ts';
import { analysisOf } from './plans.ts';
import { only, openExample, type PageTest } from './tests.ts';

export const exportTests: readonly PageTest[] = [
  {
    title: 'exports: each format is asked for by the chosen deployment, with mouse or keyboard',
    async run(open) {
      const chosen = { deployment: 'proposed', detailed: true };
      const { panel } = await openExample(open, 'deployment-analysis', chosen);
      const opener = panel.page.getByRole('button', { name: 'Export', exact: true });
      const formats = [
        ['SVG', 'svg'],
        ['PNG', 'png'],
        ['DOT', 'dot'],
        ['Mermaid', 'mermaid'],
        ['JSON', 'json'],
        ['Trace', 'trace'],
        ['Report', 'report'],
        ['Launch', 'launch'],
      ] as const;
      for (const [label, format] of formats) {
        await opener.focus();
        await panel.page.keyboard.press('Enter');
        assert.equal(await opener.getAttribute('aria-expanded'), 'true');
        await panel.page.getByRole('button', { name: `Export ${label}` }).click();
        assert.deepEqual(await lastSent(panel, 'export'), {
          type: 'export',
          deployment: 'proposed',
          format,
          picture: 'each',
        });
        assert.equal(await opener.getAttribute('aria-expanded'), 'false');
      }
      await panel.page.getByRole('button', { name: 'Fold equal GPUs' }).click();
      await opener.click();
      await panel.page.getByRole('button', { name: 'Export PNG' }).click();
      assert.equal((await lastSent(panel, 'export')).picture, 'folded');
    },
  },
  {
    title: 'exports: Escape and a click elsewhere close the list',
    async run(open) {
      const { panel } = await openExample(open, 'deployment-analysis');
      const opener = panel.page.getByRole('button', { name: 'Export', exact: true });
      const list = panel.page.getByRole('button', { name: 'Export DOT' });
      await opener.click();
      await list.focus();
      await panel.page.keyboard.press('Escape');
      assert.equal(await list.isVisible(), false);
      assert.ok(await opener.evaluate((element) => element === document.activeElement));
      await opener.click();
      await panel.page.locator('.summary').click();
      assert.equal(await list.isVisible(), false);
    },
  },
  {
    title: 'exports: a PNG has twice the size of the scene, not of the panel, and equal scenes give equal bytes',
    async run(open) {
      const { panel } = await openExample(open, 'deployment-analysis', {}, { width: 600, height: 400 });
      const svg = svgOf('proposed');
      const [width = 0, height = 0] = [/width="(\d+)"/, /height="(\d+)"/].map((size) => Number(size.exec(svg)?.[1]));
      const bytes = [await pngOf(panel, svg), await pngOf(panel, svg)];
      const [first, second] = bytes;
      assert.ok(first && second && first.equals(second));
      assert.equal(first.subarray(1, 4).toString(), 'PNG');
      assert.deepEqual([first.readUInt32BE(16), first.readUInt32BE(20)], [2 * width, 2 * height]);
      assert.ok(first.length > 20_000, 'more than a blank sheet');
    },
  },
  {
    title: 'exports: a picture too large to be read is refused with what to do',
    async run(open) {
      const { panel } = await openExample(open, 'deployment-analysis');
      const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="90000" height="100"></svg>';
      await panel.send({ type: 'rasterise', deployment: 'proposed', svg });
      const refused = await panel.waitForSent(({ type }) => type === 'noPng');
      assert.match(refused.type === 'noPng' ? refused.reason : '', /90000 x 100.*export SVG, or fold/);
    },
  },
];

function svgOf(name: string): string {
  const analysis = analysisOf('deployment-analysis');
  const resolved = only(analysis.plan.deployments.filter((deployment) => deployment.name === name));
  const evaluation = analysis.evaluationOf(resolved);
  assert.ok(evaluation);
  return exportGraph(evaluation, 'svg', { theme: 'light' });
}

async function pngOf(panel: Panel, svg: string): Promise<Buffer> {
  const before = panel.sent.length;
  await panel.send({ type: 'rasterise', deployment: 'proposed', svg });
  const sent = await panel.waitForSent((message) => message.type === 'png' && panel.sent.indexOf(message) >= before);
  return Buffer.from(sent.type === 'png' ? sent.data : '', 'base64');
}
