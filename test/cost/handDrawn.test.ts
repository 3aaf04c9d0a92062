import { describe, expect, test } from 'vitest';
import type { Evaluation } from '../../server/src/cost/evaluation.ts';
import { figuresOf } from '../../server/src/cost/figures/figures.ts';
import { analysed } from '../support/analysed.ts';

/** The usual layer, operator by operator. */
const USUAL = `layer usual {
  operator norm-1 { kind = norm,      input = [hidden], output = [hidden] }
  operator attend { kind = attention, input = [hidden], output = [hidden] }
  operator sum-1  { kind = add,       input = [hidden], output = [hidden] }
  operator norm-2 { kind = norm,      input = [hidden], output = [hidden] }
  operator inner  { kind = INNER,     input = [hidden], output = [hidden] }
  operator sum-2  { kind = add,       input = [hidden], output = [hidden] }
  input -> norm-1 -> attend -> sum-1 -> norm-2 -> inner -> sum-2 -> output
  input -> sum-1
  sum-1 -> sum-2
}
`;

interface Setting {
  readonly inner: 'experts' | 'feed-forward';
  readonly workload: string;
  readonly parallel: string;
  readonly more?: string;
}

function planText({ inner, workload, parallel, more = '' }: Setting, layers: string): string {
  const networks =
    inner === 'experts' ? 'experts { count = 16, top-k = 2, ffn = 2048, shared = 1 }' : 'dense { ffn = 8192 }';
  return `${USUAL.replace('INNER', inner)}
model m {
  layers = 8, hidden = 4096, vocabulary = 32_000, weights = bf16
  attention { heads = 32, kv-heads = 8, head-size = 128 }
  ${networks}
  ${layers}
}
cluster c { node = DGX-H100, count = 2 }
workload w { ${workload} }
deployment d {
  model = m, cluster = c, workload = w
  parallel { ${parallel} }
  ${more}
}
`;
}

function evaluated(text: string): Evaluation {
  const analysis = analysed(text);
  const [resolved] = analysis.plan.deployments;
  const evaluation = resolved && analysis.evaluationOf(resolved);
  if (!evaluation) throw new Error(resolved?.invalid ?? 'not computed');
  return evaluation;
}

function valuesOf(evaluation: Evaluation): Readonly<Record<string, unknown>> {
  const figures = Object.entries(figuresOf(evaluation)).map(([name, figure]) => [name, figure?.value]);
  return Object.fromEntries(figures);
}

const BATCH = 'sequences = 64, length = 2048 tokens';
const SERVING = 'input = 2000 tokens, output = 500 tokens, concurrency = 64';
const TRAINING = 'mode = training, global-batch = 64, micro-batch = 1, length = 4096 tokens';

describe('the usual layer drawn by hand is predicted as the usual layer', () => {
  test.each<Setting>([
    { inner: 'experts', workload: BATCH, parallel: 'ep = 16' },
    { inner: 'experts', workload: BATCH, parallel: 'tp = 2, dp = 8, ep = 8, edp = 2' },
    { inner: 'experts', workload: BATCH, parallel: 'tp = 8, pp = 2, ep = 8' },
    { inner: 'experts', workload: BATCH, parallel: 'tp = 4, dp = 4, ep = 16, sequence-parallel = true' },
    { inner: 'feed-forward', workload: BATCH, parallel: 'tp = 8, pp = 2' },
    {
      inner: 'experts',
      workload: SERVING,
      parallel: 'dp = 16, ep = 16',
      more: 'engine { name = sglang, graphs = false }',
    },
    { inner: 'experts', workload: SERVING, parallel: 'tp = 8, dp = 2, ep = 16', more: 'engine { name = vllm }' },
    {
      inner: 'experts',
      workload: SERVING,
      parallel: 'dp = 16, ep = 16',
      more: 'engine { name = sglang, two-batch-overlap = true }',
    },
    { inner: 'experts', workload: TRAINING, parallel: 'pp = 2, ep = 8, recompute = norm' },
    { inner: 'feed-forward', workload: TRAINING, parallel: 'tp = 2, pp = 2, dp = 4, recompute = selective' },
  ])('$inner, $workload, $parallel $more', (setting) => {
    const [usual, drawn] = ['', 'layers { 0..7 = usual }'].map((layers) => evaluated(planText(setting, layers)));
    if (!usual || !drawn) throw new Error('not computed');
    expect(drawn.deployment.model.classes.map(({ name }) => name)).toEqual(['usual']);
    expect(valuesOf(drawn)).toEqual(valuesOf(usual));
    expect(drawn.memory.map(({ classes }) => classes.map(({ totalBytes }) => totalBytes))).toEqual(
      usual.memory.map(({ classes }) => classes.map(({ totalBytes }) => totalBytes)),
    );
    expect(drawn.parameters).toEqual(usual.parameters);
  });
});

describe('operators of its own', () => {
  const setting: Setting = { inner: 'experts', workload: BATCH, parallel: 'tp = 2, dp = 8, ep = 16' };
  const usual = evaluated(planText(setting, 'layers { 0..7 = usual }'));
  /** The usual layer with more between its last sum and its output. */
  const withMore = (operators: string, arrows: string) =>
    evaluated(
      planText(setting, 'layers { 0..7 = usual }')
        .replace('sum-2 -> output', `sum-2 -> ${arrows} -> output`)
        .replace('  input -> norm-1', `${operators}\n  input -> norm-1`),
    );
  const step = (evaluation: Evaluation) => evaluation.prediction.pools[0]?.steps[0]?.seconds ?? 0;
  const weights = (evaluation: Evaluation) => evaluation.parameters.total;

  const linear = withMore(
    `  operator up   { kind = linear, input = [hidden], output = [8192] }
  operator act  { kind = activation, input = [8192], output = [8192] }
  operator down { kind = linear, input = [8192], output = [hidden] }`,
    'up -> act -> down',
  );

  test('a linear operator has a matrix, its FLOP, its time, and its memory on every GPU', () => {
    const elements = 8 * 2 * 4096 * 8192;
    expect(weights(linear)).toBe(weights(usual) + elements);
    const [before, after] = [usual, linear].map(({ memory }) => memory[0]?.classes[0]);
    const activations = 8 * 2048 * (4096 + 8192) * 2;
    const more = (after?.totalBytes ?? 0) - (before?.totalBytes ?? 0);
    expect(more).toBeGreaterThanOrEqual(2 * elements);
    expect(more).toBeLessThanOrEqual(2 * elements + activations);
    const up = linear.prediction.pools[0]?.steps[0]?.stages[0]?.layers[0]?.operations.find(
      ({ operator }) => operator?.name === 'up',
    );
    // 8 sequences of 2,048 tokens on each of the dp ranks.
    expect(up?.flop).toBe(2 * 8 * 2048 * 4096 * 8192);
    const own = 8 * 2 * (up?.seconds ?? 0);
    expect(step(linear) - step(usual)).toBeGreaterThan(own);
    expect(step(linear) - step(usual)).toBeLessThan(1.5 * own);
  });

  test('the tensors of a wide operator count among the activations', () => {
    const wide = withMore(
      `  operator up   { kind = linear, input = [hidden], output = [200_000] }
  operator down { kind = linear, input = [200_000], output = [hidden] }`,
      'up -> down',
    );
    const of = ({ memory }: Evaluation) => memory[0]?.classes[0]?.activationBytes ?? 0;
    const own = 8 * 2048 * (4096 + 200_000) * 2;
    expect(of(wide)).toBeGreaterThanOrEqual(own);
    expect(of(wide)).toBeLessThan(own + of(usual));
  });

  test('what nothing is known of adds nothing: the prediction is a lower bound', () => {
    const custom = withMore('  operator mix { kind = custom, input = [hidden], output = [hidden] }', 'mix');
    expect(step(custom)).toBe(step(usual));
    expect(weights(custom)).toBe(weights(usual));
  });

  test('of a layer without attention there is no cache, and without experts no placement', () => {
    const text = planText(setting, 'layers { 0..6 = usual, 7 = thin }').replace(
      'model m {',
      `layer thin {
  operator norm { kind = norm, input = [hidden], output = [hidden] }
  operator mix { kind = linear, input = [hidden], output = [hidden] }
  input -> norm -> mix -> output
}
model m {`,
    );
    const evaluation = evaluated(text);
    expect(evaluation.memory[0]?.kvBytesPerToken).toBe(((usual.memory[0]?.kvBytesPerToken ?? 0) * 7) / 8);
    expect([...(evaluation.deployment.pools[0]?.stages[0]?.experts.keys() ?? [])]).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  test('a line behind it that names another class takes its place; an attention class joins it', () => {
    const back = evaluated(planText(setting, 'layers { 0..7 = usual\n 4..7 = moe }'));
    expect(back.deployment.model.layers).toEqual([0, 0, 0, 0, 1, 1, 1, 1]);
    expect(back.deployment.model.classes.map(({ name }) => name)).toEqual(['usual', 'moe']);
    expect(step(back)).toBeCloseTo(step(usual), 12);
  });

  test('a dense network beside the experts has its weights and its time', () => {
    const beside = evaluated(
      planText(setting, 'dense { ffn = 8192 }\n layers { 0..7 = usual }')
        .replace(
          '  input -> norm-1',
          '  operator mlp { kind = feed-forward, input = [hidden], output = [hidden] }\n  input -> norm-1',
        )
        .replace('sum-1 -> sum-2', 'sum-1 -> sum-2\n  norm-2 -> mlp -> sum-2'),
    );
    expect(weights(beside)).toBe(weights(usual) + 8 * 3 * 4096 * 8192);
    const found = beside.prediction.pools[0]?.steps[0]?.stages[0]?.layers[0]?.operations.find(
      ({ key }) => key === 'ffn',
    );
    expect(found?.seconds).toBeGreaterThan(0);
    expect(step(beside) - step(usual)).toBeGreaterThan(8 * (found?.seconds ?? 0));
  });
});
