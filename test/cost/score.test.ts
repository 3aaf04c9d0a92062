import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { evaluate } from '../../server/src/cost/evaluate.ts';
import { Scorer } from '../../server/src/cost/score.ts';
import type { Engine, EngineName, MoeBackend, Workload } from '../../server/src/plan/deployment.ts';
import { derive } from '../../server/src/plan/derive/derive.ts';
import type { NumberType } from '../../server/src/plan/model.ts';
import { OFFLOAD, type Offload, RECOMPUTE, type Recompute, type Schedule } from '../../server/src/plan/parallel.ts';
import type { ParallelSpec, PlanSpec, PoolSpec } from '../../server/src/plan/spec.ts';
import { analyseDocument } from '../../server/src/services/analysis.ts';
import { catalogSources } from '../catalog/catalog.ts';
import { projectRoot } from '../support/dist.ts';
import { assertMost, propertyRuns } from '../support/propertyRuns.ts';

/** Every plan of the examples and of the golden ones: serving by one and by several pools, batches and training. */
const SPECS: readonly PlanSpec[] = [join(projectRoot, 'examples'), join(projectRoot, 'test/cost/golden')].flatMap(
  (folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.moeplan'))
      .flatMap((name) => {
        const uri = pathToFileURL(join(folder, name)).href;
        const text = readFileSync(join(folder, name), 'utf8');
        const { plan } = analyseDocument(uri, catalogSources(new Map([[uri, text]])));
        return plan.deployments.flatMap(({ spec }) => spec ?? []);
      }),
);

const small = fc.constantFrom(1, 2);
const number = fc.constantFrom<NumberType>('bf16', 'fp8', 'fp8-block', 'int4', 'nvfp4');

const SETTINGS = {
  vpp: small,
  microBatches: fc.constantFrom(1, 4, 8),
  schedule: fc.constantFrom<Schedule>('1f1b', 'interleaved', 'zero-bubble', 'dualpipe'),
  sequenceParallel: fc.boolean(),
  zero: fc.constantFrom<0 | 1 | 2 | 3>(0, 1, 2, 3),
  shards: fc.constantFrom(1, 2, 4),
  dcp: small,
  tpOverlap: fc.boolean(),
  dpOverlap: fc.boolean(),
  offload: fc.subarray<Offload>([...OFFLOAD]),
  recomputeLayers: fc.constantFrom(0, 1, 2),
  recompute: fc.subarray<Recompute>([...RECOMPUTE], { maxLength: 2 }),
};

const ENGINE = {
  name: fc.constantFrom<EngineName>('ideal', 'vllm', 'sglang', 'trt-llm', 'megatron', 'torchtitan'),
  version: fc.constantFrom('0.5.9', '0.11.0', '0.19.1', '0.26', '1.2.0'),
  memoryFraction: fc.constantFrom(0.5, 0.8, 0.9),
  cacheMemoryBytes: fc.constantFrom(4e9, 4e10),
  reserveBytes: fc.constantFrom(1e9, 4e9),
  occupiedBytes: fc.constantFrom(1e9, 4e10),
  chunkTokens: fc.constantFrom(512, 2_048, 8_192),
  stepTokens: fc.constantFrom(1_024, 16_384),
  maxRequests: fc.constantFrom(8, 1_024),
  maxContext: fc.constantFrom(4_096, 131_072),
  graphBatch: fc.constantFrom(16, 512),
  graphs: fc.boolean(),
  allToAll: fc.constantFrom<Engine['allToAll']>('nccl', 'deepep', 'deepep-normal', 'deepep-low-latency', 'gather'),
  dispatchTokens: fc.constantFrom(64, 256),
  twoBatchOverlap: fc.boolean(),
  sharedOverlap: fc.boolean(),
  speculativeTokens: fc.constantFrom(0, 1, 3),
  acceptance: fc.constantFrom(0, 0.7, 1),
  pageTokens: fc.constantFrom(16, 64),
  fused: fc.boolean(),
  fusedLoss: fc.boolean(),
  fusedExperts: fc.boolean(),
  flashAttention: fc.constantFrom(0, 2, 3),
  moeBackend: fc.constantFrom<MoeBackend>('cutlass', 'trtllm', 'deepgemm'),
  dpHead: fc.boolean(),
  dpDense: fc.boolean(),
  scalesLatent: fc.boolean(),
  cacheTokens: fc.constantFrom(10_000, 1_000_000),
  windowRatio: fc.constantFrom(0.2, 0.8),
  mambaRatio: fc.constantFrom(0.2, 0.9),
};

const TYPES = {
  weights: number,
  experts: number,
  attention: number,
  embedding: number,
  kv: number,
  activations: number,
  compute: number,
  gradients: number,
  main: number,
  moments: number,
  firstMoment: number,
  secondMoment: number,
};

/** What of a plan is changed; what is not drawn stays as it is. */
const change = fc.record(
  {
    degrees: fc.record({
      tp: fc.constantFrom(1, 2, 4, 8),
      cp: fc.constantFrom(1, 1, 2),
      etp: fc.constantFrom(1, 1, 2),
      pp: fc.constantFrom(1, 2, 4),
      spread: fc.constantFrom(0, 0.5, 1),
    }),
    settings: fc.record(SETTINGS, { requiredKeys: [] }),
    engine: fc.record(ENGINE, { requiredKeys: [] }),
    types: fc.record(TYPES, { requiredKeys: [] }),
    replicas: small,
    load: fc.record({
      input: fc.constantFrom(1, 500, 4_000),
      output: fc.constantFrom(1, 2, 800),
      prefixShare: fc.constantFrom(0, 0.5),
      lengthSpread: fc.constantFrom(0, 0.2),
      arrives: fc.oneof(
        fc.record({ concurrency: fc.constantFrom(1, 7, 64, 1_000) }),
        fc.record({ requestRate: fc.constantFrom(0.1, 3) }),
      ),
    }),
    batch: fc.constantFrom(8, 64, 100),
  },
  { requiredKeys: [] },
);

/** One thing alone: whoever tells plans apart must see it. */
const oneChange: fc.Arbitrary<Change> = fc.oneof(
  ...Object.entries(SETTINGS).map(([name, value]) => fc.record({ settings: fc.record({ [name]: value }) })),
  ...Object.entries(ENGINE).map(([name, value]) => fc.record({ engine: fc.record({ [name]: value }) })),
  ...Object.entries(TYPES).map(([name, value]) => fc.record({ types: fc.record({ [name]: value }) })),
);

type Change = typeof change extends fc.Arbitrary<infer Value> ? Value : never;

function changed(spec: PlanSpec, { degrees, settings, engine, types, replicas, ...rest }: Change): PlanSpec {
  const gpus = (spec.gpus?.length ?? spec.cluster.gpuCount) / spec.pools.length;
  return {
    ...spec,
    workload: changedWorkload(spec.workload, rest),
    pools: spec.pools.map((pool) => ({
      ...pool,
      parallel: { ...changedDegrees(pool, pool.gpus?.length ?? gpus, degrees), ...settings },
      engine: { ...pool.engine, ...engine },
      ...(types && { types: { ...pool.types, ...types } }),
      ...(replicas !== undefined && { replicas }),
    })),
  };
}

/** Degrees that divide the GPUs of a stage, where its pool leaves them to be chosen. */
function changedDegrees(pool: PoolSpec, gpus: number, drawn: Change['degrees']): ParallelSpec {
  const { recompute, pp: _, vpp: __, ...written } = pool.parallel;
  if (!drawn || pool.stages.length > 0 || pool.placements.length > 0) return pool.parallel;
  const { tp, cp, etp, pp, spread } = drawn;
  const ofStage = gpus / (pp * (pool.replicas ?? 1));
  const experts =
    written.ep === undefined && written.etp === undefined
      ? {}
      : { etp, ep: Math.max(1, Math.floor(spread * (ofStage / etp))) };
  return { recompute, tp, cp, pp, ...experts };
}

function changedWorkload(workload: Workload, { load, batch }: Change): Workload {
  if (workload.kind === 'batch') return batch === undefined ? workload : { ...workload, sequences: batch };
  if (workload.kind === 'training') return batch === undefined ? workload : { ...workload, globalBatch: batch };
  if (!load) return workload;
  const { concurrency: _, requestRate: __, ...others } = workload;
  const { arrives, ...lengths } = load;
  return { ...others, ...lengths, ...arrives };
}

/** As the specification is evaluated by itself, from nothing. */
function alone(spec: PlanSpec) {
  const { draft, invalid } = derive(spec);
  if (invalid !== undefined) return { invalid };
  const { prediction, memory } = evaluate(draft);
  const { pools: _, bottleneck: __, utilisationPerGpu: ___, ...predicted } = prediction;
  return { predicted, memory, gpus: draft.gpus.length };
}

/** An account words its lines when it is asked for them. */
expect.addEqualityTesters([
  function (a, b) {
    return typeof a === 'function' && typeof b === 'function' ? this.equals(a(), b()) : undefined;
  },
]);

/** One for all: what it knows of one plan must never be taken for another's. */
const scorer = new Scorer();

test.each(SPECS.map((spec) => [spec.name, spec] as const))('%s as it is', (_, spec) => {
  expect(scorer.score(spec)).toEqual(alone(spec));
  // And once more, when everything of it is known.
  expect(scorer.score(spec)).toEqual(alone(spec));
});

test('scores whatever is changed of a plan as it is evaluated by itself, to the last digit', () => {
  assertMost(
    fc.record({
      spec: fc.constantFrom(...SPECS),
      change,
      further: fc.array(oneChange, { minLength: 4, maxLength: 12 }),
    }),
    (drawn) => {
      const spec = changed(drawn.spec, drawn.change);
      const score = scorer.score(spec);
      expect(score).toEqual(alone(spec));
      if ('invalid' in score) return false;
      for (const further of drawn.further) {
        const other = changed(spec, further);
        expect(scorer.score(other)).toEqual(alone(other));
      }
      return true;
    },
    { runs: propertyRuns(250), least: 0.25 },
  );
});

test('a stage that holds another one beside its own is not taken for one that does not', () => {
  const training = SPECS.filter(({ workload }) => workload.kind === 'training');
  let held = 0;
  for (const spec of training) {
    const degrees = { tp: 1, cp: 1, etp: 1, pp: 2, spread: 0 } as const;
    for (const schedule of ['1f1b', 'dualpipe', '1f1b'] as const) {
      const other = changed(spec, { degrees, settings: { schedule, vpp: 1 } });
      const score = scorer.score(other);
      expect(score).toEqual(alone(other));
      if (schedule === 'dualpipe' && !('invalid' in score)) held++;
    }
  }
  expect(held).toBeGreaterThan(0);
});
