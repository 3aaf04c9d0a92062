import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { InspectedGpu, Inspection } from '../../server/src/services/outputs/inspect.ts';
import { projectRoot } from '../support/dist.ts';
import { folderWith } from '../support/folders.ts';
import { shippedReader } from '../support/schemas.ts';
import { CLEAN_PLAN, EXAMPLE, moeplan } from './moeplan.ts';

const readInspection = shippedReader<Inspection>('inspect');
const GIB = 2 ** 30;

function inspected(file: string, args: readonly string[] = [], folder?: string): Inspection {
  const { code, out, err } = moeplan(['inspect', file, ...args, '--format', 'json'], folder);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return readInspection(out);
}

const examples = readdirSync(join(projectRoot, 'examples'))
  .filter((name) => name.endsWith('.moeplan'))
  .map((name) => `examples/${name}`);

describe.each(examples)('%s', (file) => {
  const { deployments } = inspected(file);

  test('no plan without an error is faster than its GPUs', () => {
    if (moeplan(['check', file]).out.includes('error[expert-missing]')) return;
    for (const { prediction } of deployments) expect(prediction.utilisation).toBeLessThanOrEqual(1);
  });

  test('memory is the sum of its parts, on each GPU that the deployment uses and on no other', () => {
    for (const { gpus, memory } of deployments) {
      expect(memory.perGpu.map(({ gpu }) => gpu)).toEqual(gpus);
      expect(gpus).toEqual([...new Set(gpus)].sort((a, b) => a - b));
      for (const gpu of memory.perGpu) {
        const parts = [
          gpu.weightsBytes,
          gpu.kvCacheBytes,
          gpu.activationBytes,
          gpu.bufferBytes,
          gpu.reserveBytes,
          gpu.gradientBytes,
          gpu.optimizerBytes,
        ];
        // Sums of whole bytes below 2^53 are exact, whatever their order; parts that are shares may leave a rest.
        expect(Math.abs(parts.reduce((sum, part) => sum + part, 0) - gpu.totalBytes)).toBeLessThan(1);
        expect(gpu.expertBytes).toBeLessThanOrEqual(gpu.weightsBytes);
      }
    }
  });

  test('the DAG has one source, one sink, one part, and a cycle only where one is written', () => {
    for (const { name, graph } of deployments)
      expect(graph).toMatchObject({ acyclic: name !== 'circle', sources: 1, sinks: 1, connected: true });
  });

  test('every predicted figure has its band and names the constants behind it, which say where they come from', () => {
    for (const { prediction } of deployments) {
      const { figures, constants } = prediction;
      const known = new Map(constants.map((set) => [set.name, set]));
      expect(known.size).toBe(constants.length);
      for (const [name, figure] of Object.entries(figures)) {
        const isPredicted = figure.low !== undefined || ['requestsThatFit', 'longestContext'].includes(name);
        expect((figure.constants?.length ?? 0) > 0, name).toBe(isPredicted);
        for (const set of figure.constants ?? []) expect(known.get(set)?.source, `${name}: ${set}`).toBeTruthy();
      }
      // Nothing is uncertain of what takes no time.
      for (const name of ['step', 'memoryOfFullestGpu', 'exposedCommunication'])
        expect(figures[name]?.low !== undefined, name).toBe((figures[name]?.value ?? 0) > 0);
      for (const { name, values } of constants) expect(Object.keys(values), name).not.toEqual([]);
      // Those of one kernel cover the time once, those among which an engine chooses more than once.
      expect(constants.reduce((sum, { share }) => sum + share, 0)).toBeGreaterThan(0.999);
    }
  });

  test('the headline figures are those of the list with their bands', () => {
    for (const { prediction } of deployments) {
      const { figures } = prediction;
      expect(figures.throughput?.value).toBe(prediction.throughputTokensPerSecond);
      expect(figures.latency?.value).toBe(prediction.latencySeconds);
      expect(figures.step?.value).toBe(prediction.stepSeconds);
      expect(figures.bubble?.value).toBe(prediction.bubbleFraction);
      expect(figures.ttft?.value).toBe(prediction.ttftSeconds);
      for (const { value, low = value, high = value } of Object.values(figures)) {
        expect(low).toBeLessThanOrEqual(value);
        expect(high).toBeGreaterThanOrEqual(value);
      }
    }
  });
});

describe('the worked analysis, to the byte', () => {
  const { deployments } = inspected(EXAMPLE);
  const named = (name: string) => {
    const found = deployments.find((deployment) => deployment.name === name);
    if (!found) throw new Error(`no deployment ${name}`);
    return found;
  };
  const same = (name: string, of: (gpu: InspectedGpu) => unknown) => new Set(named(name).memory.perGpu.map(of));

  test('one expert is two matrices of 4,096 x 32,768 in two bytes each: 512 MiB', () => {
    for (const { parameters, prediction } of deployments) {
      expect(parameters.perExpert).toBe(2 * 4096 * 32_768);
      expect(prediction.figures.expertMemory?.value).toBe(536_870_912);
    }
  });

  test('every deployment uses the 16 GPUs of 79.19 GiB, none twice', () => {
    for (const { gpus, memory } of deployments) {
      expect(gpus).toEqual(Array.from({ length: 16 }, (_, gpu) => gpu));
      expect(memory.capacityBytes).toBe(Math.floor(79.19 * GIB));
    }
  });

  test('ep = 16: a GPU holds one expert of each of 4 layers, 2 GiB', () => {
    expect(same('proposed', ({ experts }) => experts?.length)).toEqual(new Set([4]));
    expect(same('proposed', ({ expertBytes }) => expertBytes)).toEqual(new Set([2 * GIB]));
    expect(named('proposed').memory.perGpu[5]?.experts).toEqual(['0/5', '1/5', '2/5', '3/5']);
  });

  test('tp = 8, pp = 2, ep = 8: two whole experts of each of 2 layers, 2 GiB', () => {
    expect(same('baseline-whole', ({ experts }) => experts?.length)).toEqual(new Set([4]));
    expect(same('baseline-whole', ({ expertBytes }) => expertBytes)).toEqual(new Set([2 * GIB]));
  });

  test('tp = 8, pp = 2, etp = 8: an eighth of all 16 experts of 2 layers, 2 GiB', () => {
    expect(same('baseline-split', ({ experts }) => experts?.length)).toEqual(new Set([32]));
    expect(same('baseline-split', ({ expertBytes }) => expertBytes)).toEqual(new Set([2 * GIB]));
  });

  test.each(['baseline-whole', 'proposed'])('%s holds each of the 64 experts exactly once', (name) => {
    const held = named(name).memory.perGpu.flatMap(({ experts }) => experts);
    expect(held).toHaveLength(64);
    expect(new Set(held).size).toBe(64);
  });

  test('claims are answered as stated: three do not hold in the deployments', () => {
    const broken = deployments.flatMap(({ name, claims }) =>
      claims.filter(({ holds }) => !holds).map((claim) => `${name} ${claim.name} ${claim.claimed}`),
    );
    expect(broken).toEqual([
      'baseline-whole latency 0.0083',
      'baseline-split experts-per-gpu 8',
      'proposed latency 0.0022',
    ]);
  });
});

/** Tokens of a page of the cache unless the text says so. */
const PAGE = 64;

describe('a served model', () => {
  const SERVED = `model small { layers = 32, hidden = 4096, vocabulary = 32_000
  attention { heads = 32, kv-heads = 8, head-size = 128 }, dense { ffn = 14_336 } }
cluster one { node = DGX-H100, count = 1 }
workload chat { input = 1000 tokens, output = 200 tokens, concurrency = 16 }
deployment alone { model = small, cluster = one, workload = chat, gpus = 0..0
  engine { name = vllm } }
deployment half extends alone { types { kv = fp8 } }
`;
  const served = () => inspected('plan.moeplan', [], folderWith({ 'plan.moeplan': SERVED })).deployments;

  test('the longest context that fits fills what weights and activations leave', () => {
    const [alone, half] = served();
    const tokens = alone?.memory.longestContextTokens ?? 0;
    const perToken = alone?.prediction.figures.kvBytesPerToken?.value ?? 0;
    // 32 layers of 8 heads of 128, keys and values in two bytes.
    expect(perToken).toBe(32 * 2 * 8 * 128 * 2);
    const [startup] = alone?.memory.startup ?? [];
    const room = startup?.cacheBytes ?? 0;
    expect(startup?.account.reduce((sum, { bytes }) => sum + bytes, 0)).toBeCloseTo(room, 0);
    expect(tokens * perToken).toBeLessThanOrEqual(room);
    expect((tokens + PAGE) * perToken).toBeGreaterThan(room);
    expect(alone?.prediction.figures.longestContext?.value).toBe(tokens);
    expect(half?.memory.longestContextTokens).toBeGreaterThan(1.9 * tokens);
  });

  test('times name the kernels of their phase alone', () => {
    const [alone, half] = served();
    const names = (figure: string) => alone?.prediction.figures[figure]?.constants ?? [];
    expect(names('tpot')).toContain('decode hopper 16 flash');
    expect(names('tpot')).not.toContain('prefill hopper 16 flash');
    expect(names('ttft')).toContain('prefill hopper 16 flash');
    expect(names('throughput')).toEqual(expect.arrayContaining(['serving vllm', 'gemm hopper bf16']));
    expect(names('memoryOfFullestGpu')).toEqual(['memory vllm']);
    const bytes = half?.prediction.figures.tpot?.constants ?? [];
    expect(bytes.some((name) => name.startsWith('decode hopper 8'))).toBe(true);
  });
});

describe('choosing', () => {
  test('one deployment by its name', () => {
    expect(inspected(EXAMPLE, ['--deployment', 'proposed']).deployments.map(({ name }) => name)).toEqual(['proposed']);
  });

  test('a name that is close is suggested', () => {
    const { code, err } = moeplan(['inspect', EXAMPLE, '--deployment', 'propsed']);
    expect(err).toContain('no deployment `propsed`; did you mean `proposed`?');
    expect(code).toBe(2);
  });

  test('a deployment that cannot be computed is left out, and said to be when asked for', () => {
    const folder = folderWith({
      'plan.moeplan': `${CLEAN_PLAN}deployment lost { model = nowhere, cluster = one, workload = few }\n`,
    });
    const all = moeplan(['inspect', 'plan.moeplan'], folder);
    expect(readInspection(all.out).deployments.map(({ name }) => name)).toEqual(['plan']);
    const one = moeplan(['inspect', 'plan.moeplan', '--deployment', 'lost'], folder);
    expect(one).toMatchObject({ code: 2, out: '' });
    expect(one.err).toContain('run `moeplan check plan.moeplan`');
  });

  test('equal text gives equal bytes', () => {
    expect(moeplan(['inspect', EXAMPLE]).out).toBe(moeplan(['inspect', EXAMPLE]).out);
  });
});

test('100,000 GPUs are printed, without the names of their 50 million experts', () => {
  const folder = folderWith({
    'plan.moeplan': `cluster huge { node = DGX-H100, count = 12_500 }
workload chat { input = 4_000 tokens, output = 1_000 tokens, concurrency = 400_000 }
deployment plan {
  model = DeepSeek-V3, cluster = huge, workload = chat
  types { weights = fp8-block }
  parallel { dp = 100_000, ep = 32 }
}
`,
  });
  const [deployment] = inspected('plan.moeplan', [], folder).deployments;
  expect(deployment?.memory.perGpu).toHaveLength(100_000);
  expect(deployment?.memory.perGpu.some(({ experts }) => experts)).toBe(false);
});
