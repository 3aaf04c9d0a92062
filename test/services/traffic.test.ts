import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { matrixOf } from '../../client/preview/traffic/matrix.ts';
import { blocksOf, everything, partsOf, senders } from '../../client/preview/traffic/units.ts';
import type { Evaluation } from '../../server/src/cost/evaluation.ts';
import { previewTraffic } from '../../server/src/services/preview/traffic.ts';
import { visitPairs } from '../../server/src/services/preview/trafficCells.ts';
import type { Flow } from '../../server/src/services/traffic/flows.ts';
import { visitSenders } from '../../server/src/services/traffic/senders.ts';
import { type Traffic, trafficOf } from '../../server/src/services/traffic/traffic.ts';
import { largeTraining } from '../page/trainingPlan.ts';
import { evaluated, exampleEvaluations } from '../support/analysed.ts';

const MODEL = `model small {
  layers = 8, hidden = 1024, weights = bf16
  attention { heads = 8, head-size = 128 }
  experts { count = 16, top-k = 2, ffn = 4096 }
}
`;

/** On 32 GPUs in 4 nodes of 2 racks unless `cluster` says other. */
function plan(parallel: string, { workload = 'sequences = 64, length = 1024 tokens', engine = '', nodes = 4 } = {}) {
  return evaluated(`${MODEL}
workload work { ${workload} }
cluster racks { node = DGX-H100, count = ${nodes}, rack = 2, oversubscription = 2 }
deployment plan {
  model = small, cluster = racks, workload = work
  engine { ${engine} }
  parallel { ${parallel} }
}
`);
}

const TRAINING = 'mode = training, global-batch = 256, micro-batch = 1, length = 1024 tokens';
const DEEP = 'name = sglang, all-to-all = deepep';

const evaluations = new Map<string, Evaluation>([
  ...exampleEvaluations(),
  ['tp over nodes', plan('tp = 16, ep = 16')],
  ['tp inside, experts over racks', plan('tp = 4, dp = 8, ep = 16, etp = 2')],
  ['sequence parallel', plan('tp = 8, ep = 16, sequence-parallel = true', { workload: TRAINING })],
  ['context parallel', plan('tp = 2, cp = 4, ep = 8')],
  ['DeepEP normal', plan('dp = 32, ep = 16, etp = 1', { engine: DEEP })],
  ['1F1B', plan('pp = 4, ep = 8', { workload: TRAINING })],
  ['interleaved', plan('pp = 4, ep = 8, schedule = interleaved, vpp = 2', { workload: TRAINING })],
  ['DualPipe', plan('pp = 4, ep = 8, schedule = dualpipe', { workload: TRAINING })],
  ['sharded weights', plan('ep = 8, zero = 3, recompute = full', { workload: TRAINING })],
  [
    'served',
    plan('dp = 32, ep = 16', { workload: 'input = 1000 tokens, output = 200 tokens, concurrency = 256', engine: DEEP }),
  ],
  ['1,024 GPUs', evaluated(largeTraining('schedule = 1f1b'))],
]);

function traffics(evaluation: Evaluation): readonly Traffic[] {
  return evaluation.prediction.pools.flatMap((pool) => pool.steps.map((step) => trafficOf(evaluation, pool, step)));
}

function only(evaluation: Evaluation): Traffic {
  const [first] = traffics(evaluation);
  if (!first) throw new Error('the plan has no step');
  return first;
}

function bytesOf({ levels }: Traffic, level: string): number {
  return levels.find((one) => one.level === level)?.bytes ?? 0;
}

describe.each([...evaluations])('%s', (_, evaluation) => {
  test('the matrix over GPUs adds up to the bytes of each kind of link', () => {
    const drawn = previewTraffic(evaluation);
    expect(drawn.length).toBeGreaterThan(0);
    for (const traffic of drawn) {
      const { gpus } = traffic;
      const sums = { 'scale-up': 0, 'scale-out': 0, rack: 0 };
      // One GPU each, however many there are: what is drawn together must not matter here.
      const units = gpus.gpu.map((gpu, member) => ({ label: `${gpu}`, short: '', members: [member] }));
      const { bytes } = matrixOf(traffic, units, units);
      for (const [from] of units.entries()) {
        for (const [to] of units.entries()) {
          const level =
            gpus.domain[from] === gpus.domain[to]
              ? 'scale-up'
              : gpus.rack[from] === gpus.rack[to]
                ? 'scale-out'
                : 'rack';
          const own = bytes[from * units.length + to] ?? 0;
          if (from === to) expect(own).toBe(0);
          sums[level] += own;
        }
      }
      for (const [level, sum] of Object.entries(sums)) {
        const expected = traffic.levels.find(({ name }) => name === level)?.bytes ?? 0;
        expect(Math.abs(sum - expected), level).toBeLessThanOrEqual(1e-9 * Math.max(sum, expected));
      }
    }
  });

  test('what an opened cell shows adds up to the cell', () => {
    for (const traffic of previewTraffic(evaluation)) {
      const all = everything(traffic.gpus);
      const [units] = partsOf(traffic.gpus, all, all);
      const whole = matrixOf(traffic, units, units);
      const largest = whole.bytes.indexOf(whole.most);
      const [from, to] = [units[Math.floor(largest / units.length)], units[largest % units.length]];
      if (!from || !to) continue;
      const inside = matrixOf(traffic, ...partsOf(traffic.gpus, from, to));
      const sum = inside.bytes.reduce((bytes, each) => bytes + each, 0);
      expect(Math.abs(sum - whole.most)).toBeLessThanOrEqual(1e-9 * sum);
    }
  });

  test('operations add up to the levels, and links are never busier than their bytes allow', () => {
    for (const { levels, operations } of traffics(evaluation)) {
      for (const { level, bytes, busySeconds, wireSeconds, perGpu, bandwidth } of levels) {
        const index = ['scale-up', 'scale-out', 'rack'].indexOf(level);
        const sum = operations.reduce((all, one) => all + (one.bytes[index] ?? 0), 0);
        expect(Math.abs(sum - bytes)).toBeLessThanOrEqual(1e-9 * bytes);
        expect(perGpu / bandwidth).toBeLessThanOrEqual(wireSeconds * (1 + 1e-9));
        // Priced times hold what start-up and the efficiency of links add to the bytes. In-switch reductions come out a little faster than their volume.
        expect(busySeconds).toBeGreaterThanOrEqual(wireSeconds * 0.97);
      }
    }
  });
});

describe('rows and columns of the matrix', () => {
  test('blocks are the stages, each with its own GPUs', () => {
    const [traffic] = previewTraffic(plan('tp = 4, pp = 2, dp = 4, etp = 4, ep = 1, edp = 4'));
    const all = traffic && everything(traffic.gpus);
    expect(traffic && all && blocksOf(traffic, partsOf(traffic.gpus, all, all)[0])).toEqual([
      { name: 'stage-0', from: 0, to: 16 },
      { name: 'stage-1', from: 16, to: 32 },
    ]);
  });

  test('a pool that only receives has columns, and no rows', () => {
    const evaluation = exampleEvaluations().get('deepseek-v3-h800.moeplan deepseek-v3-32');
    const [traffic] = evaluation ? previewTraffic(evaluation) : [];
    if (!traffic) throw new Error('the example has no traffic');
    const [rows, columns] = partsOf(traffic.gpus, senders(traffic.gpus), everything(traffic.gpus));
    expect(blocksOf(traffic, rows)).toEqual([{ name: 'pool prefill', from: 0, to: 16 }]);
    expect(blocksOf(traffic, columns)).toEqual([
      { name: 'pool prefill', from: 0, to: 16 },
      { name: 'pool decode', from: 16, to: 32 },
    ]);
    // Nothing is lost by it.
    const whole = matrixOf(traffic, columns, columns).bytes.reduce((sum, each) => sum + each, 0);
    expect(matrixOf(traffic, rows, columns).bytes.reduce((sum, each) => sum + each, 0)).toBeCloseTo(whole, 0);
  });
});

describe('bytes by hand', () => {
  // 64 sequences of 1,024 tokens of 1,024 elements in 2 bytes, over 32 attention ranks or fewer.
  const elements = 64 * 1024 * 1024;
  const layers = 8;

  test('all-reduce over tp = 8 in a node: 2 S (n - 1)/n of each GPU, twice per layer', () => {
    const size = (2 * elements) / 4;
    const { operations } = only(plan('tp = 8, dp = 4, etp = 8, ep = 1, edp = 4'));
    const sum = operations.reduce((all, { bytes }) => all + (bytes[0] ?? 0), 0);
    expect(sum).toBeCloseTo(32 * layers * 2 * 2 * size * (7 / 8), -3);
    expect(operations.every(({ bytes }) => bytes[1] === 0 && bytes[2] === 0)).toBe(true);
  });

  test('all-reduce over two nodes crosses with an eighth of the buffer, between equal places', () => {
    const evaluation = plan('tp = 16, dp = 2, etp = 16, ep = 1, edp = 2');
    const size = (2 * elements) / 2;
    const traffic = only(evaluation);
    // Racks hold two nodes: tp stays in one.
    expect(bytesOf(traffic, 'scale-out')).toBeCloseTo(32 * layers * 2 * 2 * (size / 8) * (1 / 2), -3);
    expect(bytesOf(traffic, 'scale-up')).toBeCloseTo(32 * layers * 2 * 2 * size * (7 / 8), -3);
    const flow = traffic.flows.find(({ label }) => label === 'all-reduce');
    const receivers = new Set<number>();
    if (flow)
      visitPairs(
        flow,
        (gpu) => Math.floor(gpu / 8),
        (from, to) => from === 3 && to >= 8 && receivers.add(to),
      );
    expect([...receivers]).toEqual([11]);
  });

  test('all-to-all sends each choice to its rank: an eighth of it stays in the node of eight in sixty-four', () => {
    const traffic = only(plan('dp = 32, ep = 16'));
    const tokens = elements / 1024 / 32;
    const perGpu = tokens * 2 * 1024 * 2;
    const { imbalance = 1 } =
      plan('dp = 32, ep = 16').prediction.pools[0]?.steps[0]?.stages[0]?.layers[0]?.operations.find(
        ({ key }) => key === 'experts',
      ) ?? {};
    expect(bytesOf(traffic, 'scale-up')).toBeCloseTo(32 * layers * 2 * perGpu * imbalance * (7 / 16), -3);
    expect(bytesOf(traffic, 'scale-out')).toBeCloseTo(32 * layers * 2 * perGpu * imbalance * (8 / 16), -3);
    expect(bytesOf(traffic, 'rack')).toBe(0);
  });

  test('DeepEP sends a token once to the other node, and there to each rank that has an expert of it', () => {
    const traffic = only(plan('dp = 32, ep = 16, etp = 1', { engine: DEEP }));
    const tokens = elements / 1024 / 32;
    // 2 of 16 experts, one per rank: both are on the other node, one is, or none: 1 - C(8,2)/C(16,2) reach it.
    const reached = 1 - (8 * 7) / (16 * 15);
    expect(bytesOf(traffic, 'scale-out')).toBeCloseTo(32 * layers * 2 * tokens * 2048 * reached, -3);
    expect(bytesOf(traffic, 'scale-up')).toBeCloseTo(32 * layers * 2 * tokens * 2048 * 2 * (15 / 16), -3);
  });

  test('a pipeline hands over what each micro-batch leaves, and training sends as much back', () => {
    const bytesOfTransfers = (parallel: string) =>
      only(plan(parallel, { workload: TRAINING }))
        .operations.filter(({ group }) => group === 'GPU to GPU')
        .reduce((all, { bytes }) => all + bytes.reduce((sum, each) => sum + each, 0), 0);
    const once = 256 * 1024 * 1024 * 2;
    expect(bytesOfTransfers('pp = 4, ep = 8')).toBeCloseTo(2 * 3 * once, -3);
    // Two chunks per stage: 8 parts of the model, 7 boundaries.
    expect(bytesOfTransfers('pp = 4, ep = 8, schedule = interleaved, vpp = 2')).toBeCloseTo(2 * 7 * once, -3);
    expect(bytesOfTransfers('pp = 4, ep = 8, schedule = dualpipe')).toBeCloseTo(2 * 3 * once, -3);
  });

  test('gradients are reduced over dp and edp in 2 bytes where they are sharded, in 4 where not', () => {
    const gradients = (zero: number) =>
      only(plan(`ep = 8, zero = ${zero}`, { workload: TRAINING }))
        .operations.filter(({ operation }) => operation === 'edp')
        .reduce((all, { bytes }) => all + bytes.reduce((sum, each) => sum + each, 0), 0);
    const expertParameters = (8 * 16 * 3 * 1024 * 4096) / 8;
    expect(gradients(1)).toBeCloseTo(32 * 2 * 2 * expertParameters * (3 / 4), -4);
    expect(gradients(0)).toBeCloseTo(2 * gradients(1), -4);
  });

  test('recomputing everything repeats what the layers send', () => {
    const dispatched = (recompute: string) =>
      only(plan(`dp = 32, ep = 16${recompute}`, { workload: TRAINING })).operations.find(
        ({ operation }) => operation === 'dispatch',
      )?.times;
    expect(dispatched(', recompute = full')).toBeCloseTo((dispatched('') ?? 0) * 1.5);
  });

  test('a prefill pool hands the KV cache of each prompt to the pool that goes on', () => {
    const evaluation = exampleEvaluations().get('deepseek-v3-h800.moeplan deepseek-v3-32');
    const prefill = evaluation && traffics(evaluation)[0];
    const handed = prefill?.operations.find(({ operation }) => operation === 'kv-transfer');
    // 61 layers of 512 + 64 elements in 2 bytes, 4,000 tokens in SGLang's pages of one, on each of 16 GPUs.
    expect(handed?.bytes[1]).toBe(16 * 61 * 576 * 2 * 4000);
  });

  test('one-shot all-reduce sends the whole buffer to each other GPU', () => {
    const decode = plan('tp = 8, dp = 4, etp = 8, ep = 1, edp = 4', {
      workload: 'input = 1000 tokens, output = 200 tokens, concurrency = 4',
      engine: 'name = vllm',
    });
    const step = decode.prediction.pools[0]?.steps[0];
    const operation = step?.stages[0]?.layers[0]?.operations.find(({ formula }) => formula === 'all-reduce-one-shot');
    const flow = only(decode).flows.find(({ operation: key }) => key === operation?.key);
    expect(operation).toBeDefined();
    const buffer = operation?.output.reduce((product, { size }) => product * size, 2) ?? Number.NaN;
    expect(operation?.bytes).toBe(7 * buffer);
    expect(flow?.inside[0]).toBeCloseTo(8 * 7 * buffer, 3);
  });
});

test('pairs and senders tell the same bytes, however uneven a group lies over domains and racks', () => {
  const domains = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 2, maxLength: 24 });
  fc.assert(
    fc.property(domains, fc.constantFrom('even' as const, 'rail' as const, 'all' as const), (domainOf, pattern) => {
      const gpus = [...domainOf.keys()];
      const half = gpus.slice(0, Math.ceil(gpus.length / 2));
      const flow: Flow = {
        label: 'any',
        operation: 'any',
        stage: 0,
        group: '',
        pattern,
        groups: [pattern === 'all' ? half : gpus],
        to: [gpus.slice(half.length)],
        inside: [100],
        across: [10],
        seconds: 0,
        times: 1,
      };
      const domain = (gpu: number) => domainOf[gpu] ?? 0;
      const rack = (gpu: number) => Math.floor(domain(gpu) / 2);
      const pairs = new Map<string, number>();
      const senders = new Map<string, number>();
      const add = (to: Map<string, number>, key: string, bytes: number) => to.set(key, (to.get(key) ?? 0) + bytes);
      visitPairs(flow, domain, (from, to, bytes) =>
        add(pairs, `${from} ${domain(from) === domain(to) ? 0 : rack(from) === rack(to) ? 1 : 2}`, bytes),
      );
      visitSenders(
        flow,
        (gpu) => ({ domain: domain(gpu), rack: rack(gpu) }),
        (gpu, sent) => {
          for (const [level, bytes] of sent.entries()) if (bytes > 0) add(senders, `${gpu} ${level}`, bytes);
        },
      );
      expect([...pairs.keys()].toSorted()).toEqual([...senders.keys()].toSorted());
      for (const [key, bytes] of pairs) expect(bytes).toBeCloseTo(senders.get(key) ?? 0, 6);
    }),
  );
});

describe('words', () => {
  test('a level that links fill is called saturated, and says with what', () => {
    // Nothing hides the exchange, the pipeline is full, and the racks' links are slow.
    const slow = largeTraining('schedule = 1f1b')
      .replace('oversubscription = 2', 'oversubscription = 16')
      .replace('global-batch = 3840', 'global-batch = 61440');
    const [traffic] = previewTraffic(evaluated(slow));
    const busiest = traffic?.levels.toSorted((a, b) => b.busy - a.busy)[0];
    expect(busiest?.isSaturated).toBe(true);
    expect(traffic?.verdict).toMatch(
      /^The links between racks are saturated: [\d.]+ % of the step .* most of it (dispatch|combine)\./,
    );
  });

  test('without a second GPU nothing is sent, and that is said', () => {
    const evaluation = evaluated(`${MODEL}
workload work { sequences = 4, length = 128 tokens }
cluster one { node = DGX-H100, count = 1 }
deployment plan { model = small, cluster = one, workload = work, gpus = 0 }
`);
    expect(previewTraffic(evaluation)).toMatchObject([
      { verdict: 'No GPU sends anything to another.', operations: [] },
    ]);
  });
});
