import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { evaluate } from '../../server/src/cost/evaluate.ts';
import type { Evaluation } from '../../server/src/cost/evaluation.ts';
import { diagnose } from '../../server/src/services/findings/diagnostics.ts';
import { headline } from '../../server/src/services/preview/headline.ts';
import { isFromPage, isToPage } from '../../server/src/services/preview/messages.ts';
import { previewModel } from '../../server/src/services/preview/model.ts';
import { locationOfId } from '../../server/src/services/preview/sources.ts';
import { previewTime } from '../../server/src/services/preview/time.ts';
import { timeDetails } from '../../server/src/services/preview/timeDetails.ts';
import type { DerivationLine, TimeDetails } from '../../server/src/services/preview/timeProtocol.ts';
import { analysed, evaluated, exampleEvaluations } from '../support/analysed.ts';
import { seeded } from '../support/propertyRuns.ts';
import { smallDeployment } from '../support/randomDeployments.ts';

function expectBars(evaluation: Evaluation): void {
  const { bars } = previewTime(evaluation);
  expect(bars.some(({ isLimiting }) => isLimiting)).toBe(true);
  for (const { parts, seconds, text, label } of bars) {
    expect(parts.reduce((sum, part) => sum + part.seconds, 0) / seconds).toBeCloseTo(1, 9);
    expect(parts.map((part) => part.seconds)).toEqual(parts.map((part) => part.seconds).toSorted((a, b) => b - a));
    expect(text).toMatch(/\d/);
    for (const { operations, label: part } of parts)
      expect(new Set(operations.map((operation) => operation.id)).size, `${label}: ${part}`).toBe(operations.length);
  }
}

const SERVED = (more = '', settings = '') => `
cluster machines { node = DGX-H100, count = 1 }
workload chat { input = 4000 tokens, output = 500 tokens, concurrency = 256 }
deployment it {
  model = Mixtral-8x7B, cluster = machines, workload = chat
  parallel { tp = 4, dp = 2 }
  engine { name = vllm${settings} }
  ${more}
}`;

describe('where the time goes', () => {
  test('has a bar for a request and for each step, whose parts add up, largest first', () => {
    for (const evaluation of exampleEvaluations().values()) expectBars(evaluation);
    fc.assert(
      fc.property(smallDeployment, (deployment) => expectBars(evaluate(deployment))),
      seeded(20),
    );
    const { bars } = previewTime(evaluated(SERVED()));
    expect(bars.map(({ label }) => label)).toEqual(['One request', 'Decode step', 'Prefill']);
  });

  test('says the same share as the sentence of what limits the deployment', () => {
    for (const [name, evaluation] of exampleEvaluations()) {
      const { bottleneck } = evaluation.prediction;
      const { bars } = previewTime(evaluation);
      const bar = bars.findLast(({ isLimiting }) => isLimiting);
      const [first] = bar?.parts ?? [];
      expect(first?.kind, name).toBe(bottleneck.part);
      expect((first?.seconds ?? 0) / (bar?.seconds ?? 1), name).toBeCloseTo(bottleneck.share, 9);
      expect(bottleneck.text, name).toContain(`${Math.round(bottleneck.share * 100)} %`);
    }
  });

  test('names operations that have a place in the text and nodes in the graph', () => {
    const analysis = analysed(SERVED());
    const [deployment] = previewModel(analysis, 1).deployments;
    const ids = new Set(
      [deployment, deployment?.overview].flatMap((picture) => picture?.topology.nodes.map(({ id }) => id)),
    );
    const operations = deployment?.time.bars.flatMap(({ parts }) => parts.flatMap((part) => part.operations)) ?? [];
    const located = operations.filter(({ source }) => source !== undefined);
    expect(located.length).toBeGreaterThan(20);
    for (const { source = '', nodes, label } of located) {
      expect(locationOfId(analysis, 'it', source), label).toBeDefined();
      for (const node of nodes) expect(ids.has(node), node).toBe(true);
    }
    expect(located.filter(({ nodes }) => nodes.length === 0).map(({ label }) => label)).toEqual([]);
  });
});

describe('a figure by hand', () => {
  const details = (text: string, name = 'it'): TimeDetails => {
    const found = timeDetails(analysed(text), name);
    if (!found) throw new Error('nothing is computed');
    return found;
  };

  function numberIn(lines: readonly DerivationLine[], name: string): number {
    const value = lines.find((line) => line.name === name)?.value;
    const [, digits = '', unit = ''] = /^([\d.,e+-]+) ?(\S*)/.exec(value ?? '') ?? [];
    const scale = SCALES[unit];
    if (scale === undefined) throw new Error(`${name} = ${value}`);
    return Number(digits.replaceAll(',', '')) * scale;
  }

  const SCALES: Readonly<Record<string, number>> = {
    '': 1,
    s: 1,
    ms: 1e-3,
    us: 1e-6,
    ns: 1e-9,
    'GB/s': 1e9,
    'TFLOP/s': 1e12,
    'PFLOP/s': 1e15,
    B: 1,
    KiB: 2 ** 10,
    MiB: 2 ** 20,
    GiB: 2 ** 30,
  };

  test('of a matrix product follows from its lines and the formula', () => {
    const { derivations } = details(SERVED());
    const derivation = derivations['0/prefill output-projection'];
    const lines = derivation?.lines ?? [];
    const at = (name: string) => numberIn(lines, name);
    expect(derivation?.formula).toBe(
      't0 + d k + ((2 ceil(m/t) t n (k + k_h) / (eta_c P) Q^a)^p + ((n k b_w + m k b_a + 2 m n) / (eta_m BW))^p)^(1/p)',
    );
    const [m, n, k, p] = [at('m'), at('n'), at('k'), at('p')];
    const tile = 128;
    const rows = Math.ceil(m / tile);
    const waves = (rows * Math.ceil(n / 128)) / at('SMs');
    const compute =
      ((2 * rows * tile * n * (k + at('k_h'))) / (at('eta_c') * at('P'))) * (Math.ceil(waves) / waves) ** at('a');
    const memory = (2 * n * k + 2 * m * k + 2 * m * n) / (at('eta_m') * at('BW'));
    const seconds = at('t0') + at('d') * k + (compute ** p + memory ** p) ** (1 / p);
    expect(Math.abs(seconds / at('t') - 1)).toBeLessThan(0.01);
    expect(Math.abs((at('runs') * at('t_i')) / at('time in the step') - 1)).toBeLessThan(0.01);
  });

  /** The formulas again, from nothing but the lines that are shown. */
  const BY_HAND: Readonly<Record<string, (at: (name: string) => number) => number>> = {
    't0 + c_e E_a + (c_a A + c_t T) w / BW': (at) => {
      const [A, active, t, p] = [at('A'), at('E_a'), at('t, rows'), at('p')];
      const product = (n: number, k: number) => {
        const R = Math.max(active, A / t + at('f') * active);
        const waves = (R * Math.ceil(n / 128)) / at('SMs');
        const compute = ((2 * R * t * n * k) / (at('eta_c') * at('P'))) * (Math.ceil(waves) / waves) ** at('a');
        const bytes = active * n * k * at('b_w') + A * (k * at('b_a') + 2 * n);
        return at('d') * k + (compute ** p + (bytes / (at('eta_m') * at('BW'))) ** p) ** (1 / p);
      };
      const moved = ((at('c_a') * A + at('c_t') * at('T')) * at('w')) / at('BW');
      const products = product(at('n, up'), at('k, up')) + product(at('n, down'), at('k, down'));
      return at('t0') + at('c_e') * active + moved + products;
    },
    'max(a + a_n n, h) + (n-1)': (at) =>
      Math.max(at('a, one shot') + at('a_n, one shot') * at('n'), at('h')) +
      ((at('n') - 1) * at('S')) / (at('eta, one shot') * at('BW, NVL')),
    'max(a + a_n n, h) + 2 S': (at) =>
      Math.max(at('a, two shots') + at('a_n, two shots') * at('n'), at('h')) +
      (2 * at('S') * (at('n') - 1)) / at('n') / (at('eta, two shots') * at('BW, NVL')),
    'max(a + a_n (n-2), h) + 2 S': (at) => linked(at, 2),
    'max(a + a_n (n-2), h) + S': (at) => linked(at, 1),
    'h + max(t_in, t_out)': (at) =>
      at('h') + Math.max(at('t_in'), at('t_out')) + (1 - at('o')) * Math.min(at('t_in'), at('t_out')),
    'max(a + a_N D + r T / (T + T_0), h) + i T k (w': (at) => lowLatency(at, at('w') + at('w') / 32 + 16),
    'max(a + a_N D + r T / (T + T_0), h) + i T k 2 w': (at) => lowLatency(at, 2 * at('w')),
  };

  const linked = (at: (name: string) => number, times: number) =>
    Math.max(at('a') + at('a_n') * (at('n') - 2), at('h')) +
    ((times * at('S') * (at('n') - 1)) / at('n') / (at('eta') * (1 - at('d') / at('n')) * at('BW, NVL'))) *
      (1 + at('r') / (1 + at('S') / at('S_0')));

  const lowLatency = (at: (name: string) => number, bytes: number) => {
    const start = at('a') + at('a_N') * at('D') + (at('r') * at('T')) / (at('T') + at('T_0'));
    const volume = (at('i') * at('T') * at('k') * bytes * (1 - 1 / at('N'))) / (at('eta') * at('B'));
    return Math.max(start, at('h')) + volume;
  };

  const served = (engine: string, degrees: string, count: number) => `
cluster machines { node = DGX-H100, count = ${count} }
workload chat { input = 1000 tokens, output = 200 tokens, concurrency = 512 }
deployment it {
  model = DeepSeek-V3, cluster = machines, workload = chat
  engine { name = ${engine} }
  parallel { ${degrees} }
}`;

  test.each([
    ['the experts and sums of one node', SERVED(), 'experts'],
    ['sums over two nodes', served('vllm', 'tp = 16', 2), 'attention-all-reduce'],
    ['gathers and scatters', served('sglang, all-to-all = gather', 'dp = 16, ep = 16', 2), 'experts'],
    ['DeepEP between nodes', served('sglang, all-to-all = deepep', 'dp = 32, ep = 32', 4), 'dispatch'],
    [
      'halves that take turns',
      served('sglang, all-to-all = deepep, two-batch-overlap = true', 'dp = 32, ep = 32', 4),
      'experts',
    ],
  ])('of %s follows from its lines and the formula', (_, text, wanted) => {
    const { derivations } = details(text);
    const checked = new Set<string>();
    for (const [name, { formula, lines }] of Object.entries(derivations)) {
      if (!lines.some((line) => line.name === 't_f')) continue;
      const [, compute] = Object.entries(BY_HAND).find(([start]) => formula.startsWith(start)) ?? [];
      if (!compute) continue;
      const at = (line: string) => numberIn(lines, line);
      expect(Math.abs(compute(at) / at('t_f') - 1), `${name}: ${formula}`).toBeLessThan(0.01);
      const halves = /one of (\d) halves/.exec(lines.find((line) => line.name === 't_f')?.meaning ?? '')?.[1] ?? 1;
      const factor = (factorName: string) => (lines.some((line) => line.name === factorName) ? at(factorName) : 1);
      expect(
        Math.abs((at('t_f') * Number(halves) * factor('slower') * factor('filled')) / at('t') - 1),
        name,
      ).toBeLessThan(0.01);
      checked.add(name.slice(name.indexOf(' ') + 1));
    }
    expect([...checked]).toContain(wanted);
  });

  test('is there for every operation of every bar', () => {
    const analysis = analysed(SERVED());
    const { derivations } = details(SERVED());
    const [deployment] = previewModel(analysis, 1).deployments;
    for (const { id, parts } of deployment?.time.bars ?? [])
      for (const { operations } of parts)
        for (const operation of operations)
          if (operation.source !== undefined) expect(derivations[`${id} ${operation.id}`], operation.id).toBeDefined();
  });
});

describe('what is worth trying', () => {
  const marks = (text: string) => timeDetails(analysed(text), 'it')?.marks ?? [];

  test('a cache in 8 bits shortens attention, and as much as a plan that says so', () => {
    const found = marks(SERVED()).find(({ label }) => label === 'fp8 KV cache');
    const before = evaluated(SERVED()).prediction.latencySeconds ?? Number.NaN;
    const after = evaluated(SERVED('types { kv = fp8 }')).prediction.latencySeconds ?? Number.NaN;
    expect(found?.kinds).toContain('attention');
    expect(after).toBeLessThan(before);
    const percent = Math.abs(after / before - 1) * 100;
    expect(found?.change).toMatch(new RegExp(`^−${Math.floor(percent)}`));
    expect(marks(SERVED('types { kv = fp8 }')).map(({ label }) => label)).not.toContain('fp8 KV cache');
  });

  test('more micro-batches fill the bubble of a pipeline, and the best number of them is told once', () => {
    const text = `
cluster machines { node = DGX-H100, count = 2 }
workload batch { sequences = 64, length = 4096 tokens }
deployment it {
  model = Mixtral-8x7B, cluster = machines, workload = batch
  parallel { pp = 2, tp = 8 }
}`;
    const found = marks(text).filter(({ kinds }) => kinds.includes('bubble'));
    expect(found.map(({ label }) => label)).toEqual(['4 micro-batches']);
  });

  test('what does not fit, cannot work or is no faster is not told', () => {
    for (const { label, change, verdict } of marks(SERVED())) {
      expect(verdict, label).toBe('better');
      expect(change, label).toMatch(/^−[\d.]+ %$/);
    }
    const full = marks(SERVED().replace('Mixtral-8x7B', 'DeepSeek-V3'));
    for (const { change } of full) expect(change).toBe('fits');
  });

  const trained = (name: string, degrees: string) => `
cluster machines { node = DGX-H100, count = 4 }
workload learn { length = 4096 tokens, global-batch = 32, micro-batch = 1 }
deployment it {
  model = Mixtral-8x7B, cluster = machines, workload = learn
  engine { name = ${name} }
  parallel { pp = 4, tp = 8, recompute = full, ${degrees} }
}`;

  test.each(['megatron', 'ideal'])('a schedule that %s does not run is not told', (name) => {
    const found = marks(trained(name, 'schedule = 1f1b')).map(({ label }) => label);
    const schedules = found.filter((label) => /^(zero-bubble|dualpipe|vpp \d)$/.test(label));
    // Megatron interleaves, and has neither of the others; what computes ideally runs all of them.
    expect(schedules).toEqual([expect.stringMatching(name === 'megatron' ? /^vpp/ : /./)]);
  });

  test('overlap that SGLang refuses without an exchange of tokens is not told', () => {
    const served = (degrees: string) => `
cluster machines { node = DGX-H100, count = 1 }
workload chat { input = 1000 tokens, output = 200 tokens, concurrency = 512 }
deployment it {
  model = Qwen3-30B-A3B, cluster = machines, workload = chat
  engine { name = sglang }
  parallel { ${degrees} }
}`;
    expect(marks(served('tp = 8')).map(({ label }) => label)).not.toContain('two-batch overlap');
  });

  test('no change is told to which the engine objects, once it is in the plan', () => {
    for (const name of ['megatron', 'ideal'])
      for (const { label } of marks(trained(name, 'schedule = 1f1b'))) {
        const written = /^vpp (\d)$/.exec(label);
        if (!written) continue;
        const analysis = analysed(trained(name, `vpp = ${written[1]}, schedule = interleaved`));
        expect(
          diagnose(analysis).filter(({ severity }) => severity === 'error'),
          label,
        ).toEqual([]);
      }
  });

  test('is ordered by what it brings', () => {
    const percents = marks(SERVED()).map(({ change }) => Number(change.replace('−', '').replace(' %', '')));
    expect(percents).toEqual(percents.toSorted((a, b) => b - a));
  });
});

describe('the headline', () => {
  const labels = (text: string) => headline(evaluated(text)).map(({ label, view }) => `${label} > ${view}`);

  test('of a service: first token, later tokens, output per GPU and in all, the cache, memory, the limit', () => {
    expect(labels(SERVED())).toEqual([
      'GPUs > dag',
      'Time to first token > time',
      'Time per output token > time',
      'Throughput per GPU > compare',
      'KV cache > memory',
      'Fullest GPU > memory',
      'Limited by > time',
    ]);
    const cache = headline(evaluated(SERVED())).find(({ label }) => label === 'KV cache');
    expect(cache?.text).toMatch(/tokens$/);
    expect(cache?.details).toEqual([expect.stringMatching(/^[\d,]+ requests fit$/)]);
  });

  test('of training: the step, tokens per GPU and in all, utilisation', () => {
    const text = `
cluster machines { node = DGX-H100, count = 4 }
workload learn { mode = training, global-batch = 256, micro-batch = 1, length = 4096 tokens }
deployment it {
  model = Mixtral-8x7B, cluster = machines, workload = learn
  parallel { tp = 4, pp = 2, etp = 1, ep = 8 }
  engine { name = megatron }
}`;
    expect(labels(text)).toEqual([
      'GPUs > dag',
      'Training step > time',
      'Throughput per GPU > compare',
      'Utilisation > compare',
      'Fullest GPU > memory',
      'Limited by > time',
    ]);
    const rate = headline(evaluated(text)).find(({ label }) => label === 'Throughput per GPU');
    expect(rate?.short).toBe('Tokens per GPU');
    expect(rate?.details).toEqual([expect.stringMatching(/tokens\/s in all$/)]);
  });

  test('fills a bar of memory beyond its end where a plan does not fit', () => {
    const filled = (text: string) =>
      headline(evaluated(text)).find(({ label }) => label === 'Fullest GPU')?.filled ?? 0;
    expect(filled(SERVED())).toBeLessThan(1);
    expect(filled(SERVED().replace('Mixtral-8x7B', 'DeepSeek-V3'))).toBeGreaterThan(1);
  });
});

test('questions and answers about time are believed only in their form', () => {
  expect(isFromPage({ type: 'time', deployment: 'it', sequence: 1 })).toBe(true);
  expect(isFromPage({ type: 'time', deployment: 'it' })).toBe(false);
  const answer = timeDetails(analysed(SERVED()), 'it');
  expect(isToPage({ type: 'time', sequence: 1, answer })).toBe(true);
  expect(isToPage({ type: 'time', sequence: 1, answer: { ...answer, marks: undefined } })).toBe(false);
  expect(timeDetails(analysed(SERVED()), 'another')).toBeUndefined();
});
