import assert from 'node:assert/strict';
import { answerCurves, answerWhatIf, lastSent } from './answers.ts';
import type { Panel } from './panel.ts';
import { analysisOf, type ExampleName, exampleText, modelOf } from './plans.ts';
import { near, type OpenPanel, type PageTest, textOf } from './tests.ts';

async function opened(open: OpenPanel, name: ExampleName, deployment: string, width: number, height: number) {
  const panel = await open({ width, height });
  await panel.send({ type: 'model', model: modelOf(name) });
  await panel.send({ type: 'show', view: 'whatif', deployment });
  await answered(panel, name);
  return panel;
}

async function answered(panel: Panel, name: ExampleName): Promise<void> {
  await answerWhatIf(panel, analysisOf(name));
  await answerCurves(panel, analysisOf(name));
}

const fieldOf = (panel: Panel) => panel.view('whatif').getByRole('slider', { name: 'Point on the curves' });
const saidBy = async (panel: Panel) => (await fieldOf(panel).getAttribute('aria-valuetext')) ?? '';

export const curveTests: readonly PageTest[] = [
  {
    title: 'curves: figures and all curves are seen beside the sliders, without scrolling, from 700 by 700 on',
    async run(open) {
      const sizes = [
        [700, 700],
        [1024, 768],
        [1600, 1000],
      ] as const;
      for (const [width, height] of sizes) {
        const panel = await opened(open, 'deepseek-v3-h800', 'deepseek-v3-32', width, height);
        await panel.page.getByLabel('Concurrency in requests').fill('400');
        await answered(panel, 'deepseek-v3-h800');
        const view = panel.view('whatif');
        const seen = [
          view.getByRole('slider', { name: 'Concurrency', exact: true }),
          view.locator('.headline-figure').nth(2),
          view.locator('.gauge'),
          ...[0, 1, 2].map((index) => view.locator('.chart-picture').nth(index)),
        ];
        for (const part of seen) {
          const box = await part.boundingBox();
          assert.ok(
            box && box.y >= 0 && box.y + box.height <= height,
            `${JSON.stringify(box)} at ${width} x ${height}`,
          );
          assert.ok(box.x + box.width <= width);
        }
      }
    },
  },
  {
    title: 'curves: the band of the prediction is an area around its curve, inside the chart, and told in words',
    async run(open) {
      const panel = await opened(open, 'deepseek-v3-h800', 'deepseek-v3-32', 1024, 768);
      for (const chart of await panel.view('whatif').locator('.chart-picture').all()) {
        const [picture, area, line] = await Promise.all([
          chart.boundingBox(),
          chart.locator('.band-area').first().boundingBox(),
          chart.locator('.line').first().boundingBox(),
        ]);
        assert.ok(picture && area && line);
        assert.ok(area.y >= picture.y - 1 && area.y + area.height <= picture.y + picture.height + 1);
        assert.ok(area.y < line.y && area.y + area.height > line.y + line.height - 1);
      }
      const told = await textOf(panel.view('whatif').locator('.curves-bands'));
      assert.match(told, /^Shaded: the band of the prediction .*Throughput −\d+ % to \+\d+ %/);
    },
  },
  {
    title: 'curves: arrow keys tell the values at each point, Enter tries its value, Escape goes back to the plan',
    async run(open) {
      const panel = await opened(open, 'deepseek-v3-h800', 'deepseek-v3-32', 1024, 768);
      const here = await saidBy(panel);
      assert.match(
        here,
        /^256 requests\. Throughput [\d,]+ tokens\/s, Time to first token .+, Time per output token .+ ms$/,
      );
      await fieldOf(panel).focus();
      await panel.page.keyboard.press('ArrowRight');
      const next = await saidBy(panel);
      const [, requests] = /^([\d,]+) requests/.exec(next) ?? [];
      const value = Number(requests?.replace(',', ''));
      assert.ok(value > 256);
      await panel.page.keyboard.press('Enter');
      assert.deepEqual((await lastSent(panel, 'whatIf')).changes, { concurrency: value });
      await answered(panel, 'deepseek-v3-h800');
      assert.match(await saidBy(panel), /as written: Throughput .+\. what if: Throughput /);
      await panel.page.keyboard.press('Home');
      assert.match(await saidBy(panel), /^1 requests/);
      await panel.page.keyboard.press('Escape');
      assert.ok((await saidBy(panel)).startsWith(requests ?? 'nothing'), 'the cursor is at what is tried');
    },
  },
  {
    title: 'curves: resting on a chart tells the nearest point, and a click tries it',
    async run(open) {
      const panel = await opened(open, 'deployment-analysis', 'proposed', 1400, 900);
      const chart = panel.view('whatif').locator('.chart-picture').nth(1);
      const box = await chart.boundingBox();
      assert.ok(box);
      const { subjects, over } = await lastSent(panel, 'curves');
      assert.deepEqual([subjects, over], [[{ deployment: 'proposed', changes: {} }], undefined]);
      await panel.page.mouse.move(box.x + box.width - 16, box.y + 40);
      assert.match(await textOf(panel.view('whatif').locator('.curves-where')), /^at 2,048 sequences; does not fit/);
      const cursor = await panel.view('whatif').locator('.chart-cursor line').nth(1).boundingBox();
      near(cursor?.x ?? 0, box.x + box.width - 14, 3, 'the cursor is below the pointer, in all charts');
      await panel.page.mouse.click(box.x + box.width - 16, box.y + 40);
      assert.deepEqual((await lastSent(panel, 'whatIf')).changes, { sequences: 2048 });
    },
  },
  {
    title: 'curves: another axis is asked for, an edit asks again, and a table has every point',
    async run(open) {
      const panel = await opened(open, 'deployment-analysis', 'proposed', 1400, 900);
      await panel.view('whatif').getByLabel('Over', { exact: true }).selectOption({ label: 'GPUs' });
      assert.equal((await lastSent(panel, 'curves')).over, 'gpus');
      await answerCurves(panel, analysisOf('deployment-analysis'));
      const edited = exampleText('deployment-analysis').replace('10_000', '5_000');
      const before = (await lastSent(panel, 'curves')).sequence;
      await panel.send({ type: 'model', model: modelOf('deployment-analysis', edited) });
      const asked = await lastSent(panel, 'curves');
      assert.ok(asked.sequence > before);
      assert.equal(asked.over, 'gpus');
      await answerCurves(panel, analysisOf('deployment-analysis', edited));
      await panel.view('whatif').getByText('The curves as a table').click();
      const table = panel.view('whatif').getByRole('region', { name: 'The curves as a table' });
      const rows = await table.getByRole('row').allInnerTexts();
      const maximum = Number(await fieldOf(panel).getAttribute('aria-valuemax'));
      assert.equal(rows.length, 1 + maximum + 1);
      assert.match(rows[0] ?? '', /GPUs \(GPUs\)\s+Throughput per GPU, tokens\/s/);
    },
  },
  {
    title: 'what if: a degree is chosen from a list, tried, told as changed, and reset',
    async run(open) {
      const panel = await opened(open, 'deepseek-v3-h800', 'deepseek-v3-32', 1400, 900);
      const decode = panel.view('whatif').getByRole('group', { name: 'Pool decode' });
      await decode.getByLabel('tp', { exact: true }).selectOption('2');
      assert.deepEqual((await lastSent(panel, 'whatIf')).changes, { 'decode.tp': '2' });
      await answered(panel, 'deepseek-v3-h800');
      assert.match(await textOf(decode), /tp was 1/);
      await panel.page.getByText('dp = 8 in deployment deepseek-v3-32, pool decode, parallel').waitFor();
      await panel.page.getByRole('button', { name: 'Reset all' }).click();
      assert.deepEqual((await lastSent(panel, 'whatIf')).changes, {});
      await answered(panel, 'deepseek-v3-h800');
      assert.equal(await decode.getByLabel('tp', { exact: true }).inputValue(), '1');
    },
  },
];
