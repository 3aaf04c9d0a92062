import { describe, expect, test } from 'vitest';
import type { Evaluation } from '../../server/src/cost/evaluation.ts';
import { QUANTITIES } from '../../server/src/cost/figures/quantities.ts';
import { type Operation, type StageRun, type Step, shownSeconds } from '../../server/src/cost/operation.ts';
import { isCommunication } from '../../server/src/cost/steps/layer.ts';
import { Folding } from '../../server/src/graph/folding.ts';
import type { Analysis } from '../../server/src/services/analysis.ts';
import { deploymentHover } from '../../server/src/services/hover/deployment.ts';
import { compareRows } from '../../server/src/services/outputs/compare.ts';
import { exportGraph } from '../../server/src/services/outputs/export.ts';
import { report } from '../../server/src/services/outputs/report.ts';
import { previewModel } from '../../server/src/services/preview/model.ts';
import type { PreviewDeployment } from '../../server/src/services/preview/protocol.ts';
import { chunksOf, timelinesOf } from '../../server/src/services/timeline/timeline.ts';
import { trafficOf } from '../../server/src/services/traffic/traffic.ts';
import { analysed } from '../support/analysed.ts';
import { assertMost } from '../support/propertyRuns.ts';
import { plansReader, randomPlan, textOf } from '../support/randomPlans.ts';

/** A quantity that is shown in two places is the same number under the same word, and the parts of a step add up to it. */

const read = plansReader();

interface Plan {
  readonly analysis: Analysis;
  readonly evaluation: Evaluation;
  readonly preview: PreviewDeployment;
}

/** Graphs of more GPUs take too long to be drawn for every random plan. */
const MOST_GPUS = 72;

function planOf(analysis: Analysis): Plan | undefined {
  const [resolved] = analysis.plan.deployments;
  const evaluation = resolved && analysis.evaluationOf(resolved);
  if (!evaluation || evaluation.deployment.gpus.length > MOST_GPUS) return undefined;
  const [preview] = previewModel(analysis, 1).deployments;
  return preview && { analysis, evaluation, preview };
}

function forPlans(runs: number, check: (plan: Plan) => void, least = 0.4): void {
  assertMost(
    randomPlan,
    (random) => {
      const plan = planOf(read(textOf(random)));
      if (plan) check(plan);
      return plan !== undefined;
    },
    { runs, least },
  );
}

function near(actual: number, expected: number, what: string, relative = 1e-9): void {
  const off = Math.abs(actual - expected);
  expect(off, `${what}: ${actual} and ${expected}`).toBeLessThanOrEqual(relative * Math.max(expected, actual, 1e-12));
}

const LABELS = new Set<string>(Object.values(QUANTITIES).map(({ label }) => label));

/** Everything that a table or a list says of a quantity: its word, and the text before a band. */
class Shown {
  private readonly texts = new Map<string, Map<string, string>>();

  add(where: string, label: string, text: string): void {
    const plain = text.replaceAll(/\*\*|\\/g, '').replace(/ \(.*\)$/, '');
    const places = this.texts.get(label) ?? new Map<string, string>();
    places.set(plain, where);
    this.texts.set(label, places);
  }

  expectOne(): void {
    for (const [label, places] of this.texts) {
      expect([...places.keys()], `${label} in ${[...places.values()].join(' and ')}`).toHaveLength(1);
      expect(LABELS, label).toContain(label);
    }
  }
}

/** `15 of 79.2 GiB` as `15 GiB`, and `4.3 TiB of 79.2 GiB` as `4.3 TiB`. */
function withoutCapacity(text: string): string {
  const [, amount, own, unit] = /^([\d.,]+)( \S+)? of [\d.,]+( \S+)$/.exec(text) ?? [];
  return amount === undefined ? text : `${amount}${own ?? unit}`;
}

function tableRows(markdown: string): readonly (readonly string[])[] {
  return markdown.split('\n').flatMap((line) => {
    const cells = line.startsWith('| ') ? line.slice(2, -2).split(' | ') : [];
    return cells.length === 2 ? [cells] : [];
  });
}

test('a figure of a deployment has one number and one word in summary, comparison, hover, report and timeline', () => {
  forPlans(30, ({ analysis, evaluation, preview }) => {
    const shown = new Shown();
    for (const { label, figures } of compareRows([evaluation])) {
      const text = preview.summary.find((figure) => figure.label === label)?.text;
      const own = compareRows([evaluation]).find((row) => row.label === label)?.texts[0] ?? '';
      shown.add('compare', label, own);
      if (figures[0] && text !== undefined) shown.add('summary', label, withoutCapacity(text));
    }
    const wanted = new Set(compareRows([evaluation]).map(({ label }) => label));
    const block = analysis.plan.deployments[0]?.entity.node;
    const hover = block && deploymentHover(analysis, block);
    for (const [where, source] of [
      ['hover', hover?.source ?? ''],
      ['report', report(analysis)],
    ] as const)
      for (const [label = '', text = ''] of tableRows(source)) if (wanted.has(label)) shown.add(where, label, text);
    const step = preview.timelines.find(({ facts }) => wanted.has(facts[0]?.[0] ?? ''));
    // Of several pools in one phase the slowest stands for the deployment.
    if (step && evaluation.prediction.pools.length === 1)
      for (const [label, text] of step.facts) if (wanted.has(label)) shown.add('timeline', label, text);
    shown.expectOne();
  });
});

function stepsOf({ prediction }: Evaluation): readonly Step[] {
  return prediction.pools.flatMap(({ steps }) => steps);
}

test('the parts of a step add up to it in every stage, and none is longer than the step', () => {
  forPlans(60, ({ evaluation }) => {
    for (const { parts, seconds, stages } of stepsOf(evaluation)) {
      expect(parts).toHaveLength(stages.length);
      for (const { computation, exposedCommunication, bubble, betweenSteps } of parts) {
        const all = [computation, exposedCommunication, bubble, betweenSteps];
        near(
          all.reduce((sum, part) => sum + part, 0),
          seconds,
          'parts and step',
        );
        for (const part of all) expect(part).toBeGreaterThanOrEqual(0);
      }
    }
  });
});

test('the bubble and the exposed communication of the prediction are the means of the stages', () => {
  forPlans(30, ({ evaluation: { prediction } }) => {
    const step = prediction.pools
      .flatMap(({ steps }) => steps)
      .find(({ seconds }) => seconds === prediction.stepSeconds);
    if (!step) throw new Error('no pool has the step of the deployment');
    const mean = (part: 'bubble' | 'exposedCommunication') =>
      step.parts.reduce((sum, stage) => sum + stage[part], 0) / step.parts.length;
    near(prediction.bubbleFraction, mean('bubble') / step.seconds, 'bubble');
    near(prediction.exposedCommunicationSeconds, mean('exposedCommunication'), 'exposed communication');
  });
});

function exposedIn(run: StageRun, counts: (operation: Operation) => boolean = () => true): number {
  const ends = [...run.entry, ...run.exit, ...(run.transfer ? [run.transfer] : [])].map(
    (operation) => [operation, 1] as const,
  );
  const layers = run.layers.flatMap(({ layers: equal, operations }) =>
    operations.map((operation) => [operation, equal.length] as const),
  );
  return [...ends, ...layers].reduce(
    (sum, [operation, times]) => sum + (counts(operation) ? times * shownSeconds(operation) : 0),
    0,
  );
}

test('the exposed times of its operations add up to the pass of a stage, and passes to its computation and communication', () => {
  forPlans(60, ({ evaluation }) => {
    for (const step of stepsOf(evaluation)) {
      for (const [index, run] of step.stages.entries()) {
        near(exposedIn(run), run.seconds, `operations of stage ${index} in ${step.phase}`, 1e-6);
        if (step.phase === 'training') continue;
        const { computation = 0, exposedCommunication = 0 } = step.parts[index] ?? {};
        const pass = run.seconds - (run.transfer?.seconds ?? 0);
        near(step.microBatches * pass, computation + exposedCommunication, `passes of stage ${index}`, 1e-6);
      }
    }
  });
});

test('a stage waits for transfers: what it only communicates is the exposed part of its own collectives', () => {
  forPlans(60, ({ evaluation }) => {
    for (const step of stepsOf(evaluation)) {
      if (step.phase === 'training') continue;
      for (const [index, run] of step.stages.entries()) {
        if (run.layers.some(({ isInTurns }) => isInTurns)) continue;
        const { transfer: _, ...own } = run;
        const sent = step.microBatches * exposedIn(own, isCommunication);
        near(step.parts[index]?.exposedCommunication ?? 0, sent, `communication of stage ${index}`, 1e-6);
      }
    }
  });
});

test('a forward pass is as long in the timeline as in the graph', () => {
  forPlans(60, ({ evaluation }) => {
    for (const timeline of timelinesOf(evaluation)) {
      if (chunksOf(timeline) > 1) continue;
      for (const { kind, stage, layersOf = stage, start, end, whole } of timeline.events) {
        const run = timeline.step.stages[layersOf];
        if (kind !== 'F' || !run || whole) continue;
        const isTraining = timeline.step.phase === 'training';
        const pass = run.seconds - (isTraining ? 0 : (run.transfer?.seconds ?? 0));
        near(end - start, pass, `${timeline.step.phase} of stage ${stage}`, 1e-6);
      }
    }
  });
});

test('an operation runs as long in the graph as in the timeline, and links work as long as it does', () => {
  forPlans(30, ({ evaluation, preview }) => {
    const shown = new Set(
      preview.topology.nodes.flatMap(({ opens, facts }) => (opens === undefined ? runOf(facts) : [])),
    );
    const first = evaluation.prediction.pools.map((_, pool) =>
      preview.timelines.find(({ id }) => id.startsWith(`${pool}/`)),
    );
    const drawn = new Set(first.flatMap((timeline) => timeline?.operations.flatMap(({ facts }) => runOf(facts)) ?? []));
    const inBoxes = preview.topology.nodes.some(({ opens }) => opens !== undefined);
    const isHandDrawn = preview.topology.nodes.some(({ label }) => label.includes('('));
    if (!inBoxes && !isHandDrawn)
      for (const text of drawn) expect(shown, `${text} of the timeline is nowhere in the graph`).toContain(text);
    for (const prediction of evaluation.prediction.pools)
      for (const step of prediction.steps) if (step.phase !== 'training') expectTraffic(evaluation, prediction, step);
  });
});

function runOf(facts: readonly (readonly [string, string])[]): readonly string[] {
  const text = facts.find(([name]) => name === QUANTITIES.timePerRun.label)?.[1];
  return text === undefined ? [] : [text.replace(/ \(.*\)$/, '')];
}

function expectTraffic(
  evaluation: Evaluation,
  prediction: Evaluation['prediction']['pools'][number],
  step: Step,
): void {
  const seconds = new Map<string, number>();
  for (const run of step.stages) {
    const own = new Map<string, number>();
    const add = (label: string, time: number) => own.set(label, (own.get(label) ?? 0) + time);
    for (const { operations, layers } of run.layers)
      for (const { label, seconds: time } of operations) add(label, layers.length * step.microBatches * time);
    for (const { label, seconds: time } of [...run.entry, ...run.exit]) add(label, step.microBatches * time);
    for (const [label, time] of own) seconds.set(label, Math.max(seconds.get(label) ?? 0, time));
  }
  const byLabel = new Map<string, number>();
  const { operations } = trafficOf(evaluation, prediction, step);
  for (const { label, seconds: time } of operations) byLabel.set(label, (byLabel.get(label) ?? 0) + time);
  for (const label of ['dispatch', 'combine'])
    if (byLabel.has(label)) near(byLabel.get(label) ?? 0, seconds.get(label) ?? 0, `${label} in ${step.phase}`, 1e-6);
}

test('no box of the graph takes longer than the step that it is a part of', () => {
  forPlans(40, ({ evaluation }) => {
    const { pools } = evaluation.prediction;
    const apart = pools.length > 1;
    const stages = pools.flatMap(({ pool }) =>
      pool.stages.map(({ name }) => `stage ${apart ? pool.name : ''}/${name}`),
    );
    const all = pools.map(({ pool }) => `pool ${pool.name}`);
    for (const closed of [[], stages, all])
      new Folding(evaluation, { opened: [], closed }).dag().forEachNode((id, node) => {
        const step = (pools.find(({ pool }) => pool.name === node.pool) ?? pools[0])?.steps[0];
        if (node.opens === undefined || !step) return;
        const times = node.layers.length > 0 && node.block !== '' ? node.layers.length : node.copies;
        expect(node.seconds * times, id).toBeLessThanOrEqual(step.seconds * (1 + 1e-9));
      });
  });
});

const POOLS = `cluster two { node = DGX-H200, count = 2 }
workload chat { input = 3_000 tokens, output = 100 tokens, concurrency = 64 }
deployment apart {
  model = DeepSeek-V2-Lite, cluster = two, workload = chat
  pool first { role = prefill, gpus = 0..7, parallel { dp = 8, ep = 8 }, engine { name = sglang, chunk = 2_048 tokens } }
  pool second { role = decode, gpus = 8..15, parallel { tp = 4, dp = 2, ep = 8 }, engine { name = sglang } }
  first -> second
}
`;

describe('pools apart', () => {
  test('the head of an export names every pool with its own degrees, and the times of requests', () => {
    const plan = planOf(analysed(POOLS));
    if (!plan) throw new Error('the plan is not computed');
    const texts = exportGraph(plan.evaluation, 'svg').match(/<text[^>]*>[^<]*/g) ?? [];
    const head = texts.slice(0, 6).join('\n');
    expect(head).toMatch(/Pool first on GPUs 0\.\.7: pp 1, attention tp 1 x cp 1 x dp 8/);
    expect(head).toMatch(/Pool second on GPUs 8\.\.15: pp 1, attention tp 4 x cp 1 x dp 2/);
    expect(head).toMatch(/Throughput .*Latency .*Time to first token .*Time per output token .*Fullest GPU/);
  });

  test('chunks that differ are drawn as their mean, with the tokens of a mean chunk', () => {
    const plan = planOf(analysed(POOLS));
    const step = plan?.evaluation.prediction.pools[0]?.steps[0];
    expect(step).toMatchObject({ phase: 'prefill', microBatches: 12, tokensPerRank: 250 });
    const timeline = plan?.preview.timelines[0];
    expect((timeline?.end ?? 0) / 1e9).toBeCloseTo(step?.seconds ?? 0, 6);
    const attention = step?.stages[0]?.layers[0]?.operations.find(({ key }) => key === 'input-norm');
    expect(attention?.input.find(({ name }) => name === 'seq')?.size).toBe(250);
  });
});
