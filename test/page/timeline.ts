import assert from 'node:assert/strict';
import { layerKindsOf } from '../../client/preview/timeline/layers.ts';
import { layoutOf, type RowKind } from '../../client/preview/timeline/layout.ts';
import { PALETTES } from '../../server/src/graph/palette.ts';
import type { PreviewTimeline } from '../../server/src/services/preview/timelineProtocol.ts';
import { pipelinedDecode } from '../support/pipelinedDecode.ts';
import type { Panel } from './panel.ts';
import { deploymentOf, exampleText, modelOf } from './plans.ts';
import { kept, near, only, openExample, type PageTest, showWholeStep, textOf } from './tests.ts';
import { largeTraining } from './trainingPlan.ts';

const canvasOf = (panel: Panel) => panel.view('timeline').locator('canvas');
const detailsOf = (panel: Panel) => panel.page.getByRole('region', { name: 'Selected slice' });

/** Width of the names beside the picture, as drawn on a canvas of this width. */
const GUTTER = 148;

async function spanOf(panel: Panel): Promise<{ start: number; perPixel: number }> {
  const [start = 0, perPixel = 0] = ((await canvasOf(panel).getAttribute('data-span')) ?? '').split(' ').map(Number);
  return { start, perPixel };
}

/** The middle of a row of a lane, from the top of the canvas. */
async function middleOf(panel: Panel, timeline: PreviewTimeline, index: number, kind: RowKind): Promise<number> {
  const canvas = await canvasOf(panel).boundingBox();
  const lane = layoutOf(timeline, canvas?.width ?? 0, canvas?.height ?? 0).lanes[index];
  const row = lane?.rows.find((each) => each.kind === kind);
  assert.ok(lane && row);
  return lane.y + row.y + row.height / 2;
}

/** An example whose whole step is in view. */
async function openStep(...args: Parameters<typeof openExample>): ReturnType<typeof openExample> {
  const opened = await openExample(...args);
  await showWholeStep(opened.panel);
  return opened;
}

async function openTraining(open: Parameters<PageTest['run']>[0], schedule: string, height = 900) {
  const panel = await open({ height });
  const model = modelOf('broken', largeTraining(schedule));
  await panel.send({ type: 'model', model });
  await panel.send({ type: 'show', view: 'timeline' });
  await showWholeStep(panel);
  return { panel, model, timeline: only(only(model.deployments).timelines) };
}

export const timelineTests: readonly PageTest[] = [
  {
    title: 'the timeline opens on one layer: what its streams do, what is exposed, and its operations beside it',
    async run(open) {
      const { panel, model } = await openExample(open, 'deployment-analysis', {
        view: 'timeline',
        deployment: 'proposed',
      });
      const timeline = only(deploymentOf(model, 'proposed').timelines);
      const [kind] = layerKindsOf(timeline, only(timeline.lanes));
      assert.ok(kind);
      assert.equal(await canvasOf(panel).isVisible(), false);
      const told = await textOf(panel.page.locator('.layer-told'));
      assert.match(
        told,
        /^A MoE layer takes .+ computation, .+ communication, of which .+ exposed \(.+ % of the layer\)\.$/,
      );
      const rows = panel.page.getByRole('region', { name: 'Operations of one MoE layer' }).locator('tbody tr');
      assert.equal(await rows.count(), kind.bars.length);
      const names = (await rows.allInnerTexts()).map((text) => text.split('\t')[0]?.trim());
      assert.deepEqual(
        names,
        kind.bars.map(({ operation }) => timeline.operations[operation]?.label),
      );
      const picture = await panel.page.locator('.layer-picture').boundingBox();
      const table = await rows.first().boundingBox();
      assert.ok(picture && table && table.x >= picture.x + picture.width, 'the table stands beside the picture');
      await panel.page.locator('.layer-picture .bar').first().click();
      const sent = await panel.waitForSent(({ type }) => type === 'reveal');
      const first = timeline.operations[kind.bars[0]?.operation ?? -1]?.key;
      assert.deepEqual(sent, { type: 'reveal', deployment: 'proposed', id: `timeline/0/0/${first}` });
    },
  },
  {
    title: 'from the layer the timeline goes to a micro-batch and to the step, and comes back as it was left',
    async run(open) {
      const panel = await open();
      const model = modelOf('broken', largeTraining('schedule = 1f1b'));
      await panel.send({ type: 'model', model });
      await panel.send({ type: 'show', view: 'timeline' });
      const timeline = only(only(model.deployments).timelines);
      await panel.page.getByLabel('Kind of layer').selectOption({ label: 'Backward: MoE layer 3' });
      assert.match(await textOf(panel.page.locator('.layer-told')), /^A MoE layer takes/);
      await panel.page.getByRole('button', { name: 'Micro-batch', exact: true }).click();
      await panel.settle();
      const canvas = await canvasOf(panel).boundingBox();
      const { start, perPixel } = await spanOf(panel);
      const length = timeline.lanes[0]?.events.length[0] ?? 0;
      assert.equal(start, timeline.lanes[0]?.events.start[0]);
      near(perPixel * ((canvas?.width ?? 0) - GUTTER - 8), length, length / 1000, 'one pass is in view');
      await panel.page.getByRole('button', { name: 'Step', exact: true }).click();
      await panel.settle();
      const all = await spanOf(panel);
      near(all.perPixel * ((canvas?.width ?? 0) - GUTTER - 8), timeline.end, timeline.end / 1000, 'all is in view');
      const again = await open({ state: await kept(panel, (text) => text.includes('"level":"step"')) });
      await again.send({ type: 'model', model });
      await again.settle();
      assert.equal(await canvasOf(again).isVisible(), true);
      assert.equal(
        await again.page.getByRole('button', { name: 'Step', exact: true }).getAttribute('aria-pressed'),
        'true',
      );
    },
  },
  {
    title: 'the timeline names every stage with its GPUs and what its time goes to, and every operation',
    async run(open) {
      const { panel, model } = await openStep(open, 'deployment-analysis', { view: 'timeline' });
      const timeline = only(deploymentOf(model, 'baseline-whole').timelines);
      const stages = panel.page.getByRole('region', { name: 'Stages' }).locator('tbody tr');
      assert.equal(await stages.count(), 2);
      for (const [index, { label, gpus, facts }] of timeline.lanes.entries()) {
        const text = await textOf(stages.nth(index));
        for (const part of [label, gpus, ...facts.map(([, value]) => value)])
          assert.ok(text.includes(part), `${part} in ${text}`);
      }
      const rows = panel.page.getByRole('region', { name: 'Operations of front' }).locator('tbody tr');
      const first = await textOf(rows.first());
      assert.match(first, /^routed experts\s+2\s+417 ms\s+23\.3 %\s+compute$/);
      await stages.nth(1).getByRole('button').click();
      await panel.page.getByRole('region', { name: 'Operations of back' }).waitFor();
    },
  },
  {
    title: 'a click on a micro-batch of the timeline selects it and asks for its source',
    async run(open) {
      const { panel, timeline } = await openTraining(open, 'schedule = 1f1b');
      const { perPixel } = await spanOf(panel);
      const lane = timeline.lanes[2];
      const at = (lane?.events.start[0] ?? 0) + (lane?.events.length[0] ?? 0) / 2;
      const y = await middleOf(panel, timeline, 2, 'micro');
      await canvasOf(panel).click({ position: { x: GUTTER + at / perPixel, y } });
      const sent = await panel.waitForSent(({ type }) => type === 'reveal');
      assert.deepEqual(sent, { type: 'reveal', deployment: 'large', id: 'timeline/0/2' });
      assert.match(await textOf(detailsOf(panel)), /Forward of micro-batch 0[\s\S]*GPUs 128\.\.191 \(x64\)/);
    },
  },
  {
    title: 'arrow keys go through the slices of the timeline, its rows and its stages; Enter asks for the source',
    async run(open) {
      const { panel, model } = await openStep(open, 'deployment-analysis', { view: 'timeline' });
      const { keyboard } = panel.page;
      const title = async () => textOf(detailsOf(panel).locator('h2'));
      await canvasOf(panel).focus();
      await keyboard.press('ArrowRight');
      assert.equal(await title(), 'Forward of micro-batch 0');
      await keyboard.press('ArrowDown');
      await keyboard.press('Home');
      const { operations, passes } = only(deploymentOf(model, 'baseline-whole').timelines);
      const labels = passes[0]?.operation.flatMap((operation, slice) =>
        passes[0]?.row[slice] === 0 ? (operations[operation]?.label ?? []) : [],
      );
      const walked = [await title()];
      for (let step = 1; step < (labels?.length ?? 0); step++) {
        await keyboard.press('ArrowRight');
        walked.push(await title());
      }
      assert.deepEqual(walked, labels);
      await keyboard.press('ArrowRight');
      assert.equal(await title(), labels?.at(-1), 'the end of a row is its end');
      await keyboard.press('ArrowDown');
      assert.match(await textOf(detailsOf(panel)), /(all-reduce|combine)[\s\S]*Bytes sent/);
      assert.equal(panel.sent.filter(({ type }) => type === 'reveal').length, 0, 'arrows do not move the editor');
      await keyboard.press('ArrowDown');
      assert.equal(await title(), 'To the next stage of micro-batch 0');
      await keyboard.press('Enter');
      const sent = await panel.waitForSent(({ type }) => type === 'reveal');
      assert.deepEqual(sent, { type: 'reveal', deployment: 'baseline-whole', id: 'timeline/0/0/transfer' });
      await keyboard.press('ArrowDown');
      assert.match(await textOf(detailsOf(panel)), /Stage\s*back/);
      await keyboard.press('Escape');
      await panel.page.getByText('Select a slice to see what it is').waitFor();
    },
  },
  {
    title: 'the wheel zooms into the time under the pointer, a drag moves it, zero shows the whole step',
    async run(open) {
      const { panel, timeline } = await openTraining(open, 'schedule = 1f1b');
      const canvas = await canvasOf(panel).boundingBox();
      assert.ok(canvas);
      const first = await spanOf(panel);
      assert.equal(first.start, 0);
      near(
        first.perPixel * (canvas.width - GUTTER - 8),
        timeline.end,
        timeline.end / 1000,
        'the whole step is in view',
      );
      const x = 500;
      const time = first.start + (x - GUTTER) * first.perPixel;
      await panel.page.mouse.move(canvas.x + x, canvas.y + 200);
      await panel.page.mouse.wheel(0, -400);
      await panel.page.waitForFunction(
        (old) =>
          Number(document.querySelector<HTMLElement>('.timeline-canvas')?.dataset.span?.split(' ')[1]) < old * 0.6,
        first.perPixel,
      );
      const zoomed = await spanOf(panel);
      near(zoomed.start + (x - GUTTER) * zoomed.perPixel, time, zoomed.perPixel, 'time under the pointer');
      await panel.page.mouse.down();
      await panel.page.mouse.move(canvas.x + x - 100, canvas.y + 200, { steps: 4 });
      await panel.page.mouse.up();
      await panel.settle();
      near((await spanOf(panel)).start - zoomed.start, 100 * zoomed.perPixel, zoomed.perPixel, 'moved by 100 pixels');
      assert.equal(panel.sent.filter(({ type }) => type === 'reveal').length, 0, 'a drag selects nothing');
      await canvasOf(panel).focus();
      await panel.page.keyboard.press('0');
      await panel.settle();
      assert.deepEqual(await spanOf(panel), first);
    },
  },
  {
    title: 'resting on a slice tells its name, place in time, GPUs, costs and what bounds it',
    async run(open) {
      const { panel, model } = await openStep(open, 'deployment-analysis', {
        view: 'timeline',
        deployment: 'proposed',
      });
      const timeline = only(deploymentOf(model, 'proposed').timelines);
      const [pass] = timeline.passes;
      const slice = pass?.operation.findIndex((operation) => timeline.operations[operation]?.key === 'experts') ?? -1;
      const operation = timeline.operations[pass?.operation[slice] ?? -1];
      const part = ((pass?.start[slice] ?? 0) + (pass?.end[slice] ?? 0)) / 2 / timeline.parts;
      const canvas = await canvasOf(panel).boundingBox();
      assert.ok(canvas && operation);
      const { perPixel } = await spanOf(panel);
      const y = await middleOf(panel, timeline, 0, 'compute');
      await panel.page.mouse.move(canvas.x + GUTTER + (part * timeline.end) / perPixel, canvas.y + y);
      const text = await textOf(panel.page.locator('.timeline-tip'));
      assert.match(text, /^routed experts/);
      for (const word of ['Starts at', 'Takes', 'GPUs 0..15 (x16)', ...operation.facts.flat()])
        assert.ok(text.includes(word), `${word} in ${text}`);
      assert.ok(
        operation.facts.some(([name, value]) => name === 'Time per run' && / to /.test(value)),
        'with a band',
      );
      await panel.page.mouse.move(canvas.x + 10, canvas.y + 10);
      await panel.page.locator('.timeline-tip').waitFor({ state: 'hidden' });
    },
  },
  {
    title: 'the cursor in the text marks the stages and operations of the timeline',
    async run(open) {
      const { panel } = await openStep(open, 'deployment-analysis', { view: 'timeline' });
      const marked = async () => {
        const rows = await panel.view('timeline').locator('tr.at-cursor th').allInnerTexts();
        return rows.map((text) => text.split('\n')[0]?.trim());
      };
      await panel.send({ type: 'highlight', deployment: 'baseline-whole', nodes: ['timeline/0/1'] });
      assert.deepEqual(await marked(), ['back']);
      const nodes = ['timeline/0/0/experts', 'timeline/0/0/router'];
      await panel.send({ type: 'highlight', deployment: 'baseline-whole', nodes });
      assert.deepEqual(
        (await marked()).map((text) => text?.split(',')[0]),
        ['routed experts', 'router'],
      );
      await panel.send({ type: 'highlight', deployment: 'proposed', nodes });
      assert.deepEqual(await marked(), []);
    },
  },
  {
    title: 'the button on the timeline asks for a Chrome trace',
    async run(open) {
      const { panel } = await openStep(open, 'deployment-analysis', { view: 'timeline', deployment: 'proposed' });
      await panel.page.getByRole('button', { name: 'Export Chrome trace' }).click();
      const sent = await panel.waitForSent(({ type }) => type === 'export');
      assert.deepEqual(sent, { type: 'export', deployment: 'proposed', format: 'trace', picture: 'folded' });
    },
  },
  {
    title: 'of several steps one is chosen, and stays chosen while the text changes',
    async run(open) {
      const { panel, model } = await openStep(open, 'deepseek-v3-h800', { view: 'timeline' });
      const { timelines } = deploymentOf(model, 'deepseek-v3-32');
      const chooser = panel.page.getByLabel('Step on the timeline');
      assert.deepEqual(await chooser.locator('option').allInnerTexts(), [
        'Prefill of pool prefill',
        'Decode step of pool decode',
      ]);
      await chooser.selectOption({ label: 'Decode step of pool decode' });
      const step = panel.page.getByRole('region', { name: 'Step', exact: true });
      assert.ok((await textOf(step)).includes(timelines[1]?.facts[0]?.[1] ?? 'no fact'));
      const text = exampleText('deepseek-v3-h800').replace('concurrency  = 256', 'concurrency  = 128');
      const changed = modelOf('deepseek-v3-h800', text);
      await panel.send({ type: 'model', model: changed });
      const now = deploymentOf(changed, 'deepseek-v3-32').timelines[1]?.facts[0]?.[1] ?? 'no fact';
      assert.notEqual(now, timelines[1]?.facts[0]?.[1]);
      assert.ok((await textOf(step)).includes(now));
    },
  },
  {
    title: 'an edit elsewhere keeps the time in view and the selected slice',
    async run(open) {
      const { panel } = await openStep(open, 'deployment-analysis', { view: 'timeline' });
      await canvasOf(panel).focus();
      for (const key of ['ArrowRight', 'ArrowDown', '+', '+']) await panel.page.keyboard.press(key);
      await panel.settle();
      const before = [await spanOf(panel), await textOf(detailsOf(panel))];
      await panel.send({
        type: 'model',
        model: modelOf('deployment-analysis', `${exampleText('deployment-analysis')}\n`),
      });
      assert.deepEqual([await spanOf(panel), await textOf(detailsOf(panel))], before);
    },
  },
  {
    title: 'a schedule that is not known event by event says why',
    async run(open) {
      const { panel } = await openTraining(open, 'schedule = dualpipe, pp = 16');
      assert.equal(await canvasOf(panel).isVisible(), true);
      const few = largeTraining('schedule = dualpipe').replace('global-batch = 3840', 'global-batch = 640');
      await panel.send({ type: 'model', model: modelOf('broken', few) });
      await panel
        .view('timeline')
        .locator('.timeline-nothing', { hasText: 'DualPipe needs 32 micro-batches' })
        .waitFor();
      assert.equal(await canvasOf(panel).isVisible(), false);
    },
  },
  {
    title: 'a micro-batch that reaches over the end of a decode step goes on at its beginning',
    async run(open) {
      const panel = await open();
      const model = modelOf('broken', pipelinedDecode(256));
      await panel.send({ type: 'model', model });
      await panel.send({ type: 'show', view: 'timeline' });
      await showWholeStep(panel);
      const [timeline] = only(model.deployments).timelines;
      const events = timeline?.lanes[2]?.events;
      const last = (events?.start.length ?? 0) - 1;
      const end = (events?.start[last] ?? 0) + (events?.length[last] ?? 0);
      assert.ok(timeline && end > timeline.scheduled && timeline.end > timeline.scheduled);
      const canvas = await canvasOf(panel).boundingBox();
      assert.ok(canvas);
      const { perPixel } = await spanOf(panel);
      const tip = panel.page.locator('.timeline-tip');
      const y = await middleOf(panel, timeline, 2, 'micro');
      const at = (time: number) => panel.page.mouse.move(canvas.x + GUTTER + time / perPixel, canvas.y + y);
      await at((events?.start[last] ?? 0) + 10 * perPixel);
      assert.match(await textOf(tip), /^Forward of micro-batch 2[\s\S]*stage-2/);
      await at(timeline.scheduled + 6 * perPixel);
      await tip.waitFor({ state: 'hidden' });
      await at(6 * perPixel);
      assert.match(await textOf(tip), /^Forward of micro-batch 2[\s\S]*stage-2/);
    },
  },
  {
    title: 'the lanes of many stages are reached with the keyboard and with the wheel over their names',
    async run(open) {
      const { panel } = await openTraining(open, 'schedule = 1f1b', 600);
      const canvas = await canvasOf(panel).boundingBox();
      assert.ok(canvas);
      const picture = () =>
        panel.page.evaluate(() => document.querySelector<HTMLCanvasElement>('.timeline-canvas')?.toDataURL() ?? '');
      const top = await picture();
      await panel.page.mouse.move(canvas.x + 40, canvas.y + 200);
      await panel.page.mouse.wheel(0, 300);
      await panel.page.waitForFunction(
        (before) => document.querySelector<HTMLCanvasElement>('.timeline-canvas')?.toDataURL() !== before,
        top,
      );
      await canvasOf(panel).focus();
      await panel.page.keyboard.press('ArrowRight');
      for (let lane = 0; lane < 15 * 3; lane++) await panel.page.keyboard.press('ArrowDown');
      assert.match(await textOf(detailsOf(panel)), /GPUs 960\.\.1023/);
    },
  },
  {
    title: 'the legend of the timeline has what is drawn, and nothing else',
    async run(open) {
      const legendOf = async (panel: Panel) =>
        (await panel.view('timeline').locator('.legend li:visible').allInnerTexts()).map((text) => text.trim());
      const { panel: forward } = await openStep(open, 'deployment-analysis', {
        view: 'timeline',
        deployment: 'proposed',
      });
      assert.deepEqual(await legendOf(forward), [
        'forward (F0: of micro-batch 0)',
        'computation',
        'gate',
        'dispatch and combine',
        'critical path',
      ]);
      const { panel: training } = await openTraining(open, 'schedule = 1f1b');
      const whole = await legendOf(training);
      for (const entry of [
        'backward (B)',
        'gradients not covered, optimizer',
        'waiting (bubble)',
        'other communication',
      ])
        assert.ok(whole.includes(entry), `${entry} in ${whole.join('; ')}`);
      assert.ok(!whole.includes('weight gradients (W)'));
      const { panel: dual } = await openTraining(open, 'schedule = dualpipe');
      assert.ok((await legendOf(dual)).includes('weight gradients (W)'));
      // Far in, operations stand for themselves.
      assert.ok(whole.includes('height: share of the time'));
      await canvasOf(training).focus();
      await training.page.keyboard.press('ArrowRight');
      for (let times = 0; times < 16; times++) await training.page.keyboard.press('+');
      await training.settle();
      assert.ok(!(await legendOf(training)).includes('height: share of the time'));
    },
  },
  {
    title: 'a colour of the timeline means one thing: passes have none of the colours of operations',
    async run() {
      for (const { nodes, passes } of Object.values(PALETTES)) {
        const operations = new Set(Object.values(nodes).map(({ stroke }) => stroke));
        const own = Object.values(passes).map(({ stroke }) => stroke);
        assert.equal(new Set(own).size, 3);
        assert.deepEqual(
          own.filter((stroke) => operations.has(stroke)),
          [],
        );
      }
    },
  },
  {
    title: 'all stages of a large training are in view, and those of a small plan fill the canvas',
    async run(open) {
      const { panel, timeline } = await openTraining(open, 'schedule = 1f1b');
      const high = async (shown: PreviewTimeline, on: Panel) => {
        const canvas = await canvasOf(on).boundingBox();
        const { height } = layoutOf(shown, canvas?.width ?? 0, canvas?.height ?? 0);
        return height / (canvas?.height ?? 0);
      };
      assert.ok((await high(timeline, panel)) <= 1.02);
      const { panel: small, model } = await openStep(open, 'deployment-analysis', { view: 'timeline' });
      const share = await high(only(deploymentOf(model, 'baseline-whole').timelines), small);
      assert.ok(share > 0.85 && share <= 1.02, `${share} of the canvas`);
    },
  },
];
