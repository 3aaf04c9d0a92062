import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { linkBetween } from '../../server/src/cost/collectives/spread.ts';
import { evaluate } from '../../server/src/cost/evaluate.ts';
import { stageSetting } from '../../server/src/cost/layers/context.ts';
import { poolSetting, stageCost } from '../../server/src/cost/steps/stage.ts';
import { stageCosts } from '../../server/src/cost/steps/step.ts';
import { trainingWork } from '../../server/src/cost/training/training.ts';
import type { Cluster, Node } from '../../server/src/plan/cluster.ts';
import type { Engine, Workload } from '../../server/src/plan/deployment.ts';
import type { Model } from '../../server/src/plan/model.ts';
import type { Parallel } from '../../server/src/plan/parallel.ts';
import {
  cluster,
  DEEPSEEK_V3,
  dense,
  deployment,
  gqa,
  H100,
  layer,
  MIXTRAL,
  model,
  node,
  pool,
  QWEN3_235B,
  range,
  times,
} from '../support/deployments.ts';
import { uniform } from '../support/numbers.ts';
import { seeded } from '../support/propertyRuns.ts';

type Training = Extract<Workload, { kind: 'training' }>;

const DENSE: Model = model(4096, [layer('dense', gqa(32, 8, 128), dense(14336))], times(32), {
  name: 'Llama-8B',
  vocabulary: 128256,
});

interface Case {
  readonly of: Model;
  readonly gpus: number;
  readonly parallel: Partial<Parallel>;
  readonly engine: Partial<Engine>;
  readonly workload: Training;
}

const cases: fc.Arbitrary<Case> = fc
  .record({
    of: fc.constantFrom(DENSE, MIXTRAL, QWEN3_235B, { ...DEEPSEEK_V3, mtpModules: 1 }),
    compute: fc.constantFrom(undefined, 'fp8' as const, 'fp8-block' as const),
    tp: fc.constantFrom(1, 2, 8),
    pp: fc.constantFrom(1, 2, 4, 8),
    perStage: fc.constantFrom(8, 16),
    vpp: fc.constantFrom(1, 2),
    schedule: fc.constantFrom('1f1b' as const, 'interleaved' as const, 'zero-bubble' as const),
    zero: fc.constantFrom(0 as const, 1 as const, 3 as const),
    recompute: fc.constantFrom([], ['full' as const], ['selective' as const], ['norm' as const, 'experts' as const]),
    rounds: fc.integer({ min: 1, max: 6 }),
    engine: fc.record({
      name: fc.constantFrom('megatron' as const, 'torchtitan' as const, 'ideal' as const),
      allToAll: fc.constantFrom('nccl' as const, 'deepep' as const),
      twoBatchOverlap: fc.boolean(),
      fusedExperts: fc.boolean(),
    }),
    isSequenceParallel: fc.boolean(),
  })
  .map(({ of, compute, tp, pp, perStage, rounds, engine, isSequenceParallel, ...parallel }): Case => {
    const isMoe = of !== DENSE;
    return {
      of: { ...of, types: { ...of.types, ...(compute && { compute }) } },
      gpus: pp * perStage,
      parallel: {
        ...parallel,
        tp,
        pp,
        sequenceParallel: isSequenceParallel && tp > 1,
        ...(isMoe && { ep: 8, etp: 1 }),
      },
      engine,
      workload: {
        kind: 'training',
        name: 'train',
        length: 2048,
        globalBatch: (rounds * pp * perStage) / tp,
        microBatch: 1,
        optimizer: 'adam',
      },
    };
  });

function deployed({ of, gpus, parallel, engine, workload }: Case, machines: Cluster) {
  return deployment(of, machines, workload, [pool(of, range(0, gpus), { parallel, engine })]);
}

function step(one: Case, changes: Partial<Node> = {}): number {
  return evaluate(deployed(one, cluster(one.gpus / 8, node(changes.gpu ?? H100, changes)))).prediction.stepSeconds;
}

/** Differences of rounding are no slow-down. */
const ROUNDING = 1 + 1e-9;

describe('whatever the plan', () => {
  test('what stages that lie alike share is what each finds by itself', () => {
    const racks = fc.constantFrom(undefined, 1, 2, 3);
    fc.assert(
      fc.property(cases, racks, fc.integer({ min: 0, max: 4 }), (one, nodesPerRack, shift) => {
        const machines = cluster(one.gpus / 8 + 1, node(), { ...(nodesPerRack !== undefined && { nodesPerRack }) });
        const own = pool(one.of, range(shift, one.gpus + shift), { parallel: one.parallel, engine: one.engine });
        const setting = poolSetting(machines, own);
        const work = trainingWork(one.workload);
        const costs = stageCosts(setting, work);
        setting.stages.forEach((stage, index) => {
          const alone = stageSetting(machines, own, stage.stage);
          expect(stage.links).toEqual(alone.links);
          expect(costs[index]).toEqual(stageCost(setting, index, work));
          const next = own.stages[index + 1];
          if (next) expect(setting.links[index]).toEqual(linkBetween(machines, stage.stage.gpus, next.gpus));
        });
      }),
      seeded(60),
    );
  });

  test('faster links never slow a step', () => {
    fc.assert(
      fc.property(cases, uniform(1, 4), fc.boolean(), (one, times, isInside) => {
        const { scaleUpBandwidth, scaleOutBandwidth } = node();
        const faster = isInside
          ? { scaleUpBandwidth: scaleUpBandwidth * times }
          : { scaleOutBandwidth: scaleOutBandwidth * times };
        expect(step(one, faster)).toBeLessThanOrEqual(step(one) * ROUNDING);
      }),
      seeded(80),
    );
  });

  test('faster memory and faster arithmetic never slow a step', () => {
    fc.assert(
      fc.property(cases, uniform(1, 4), fc.boolean(), (one, times, isMemory) => {
        // Zero bubble: of a pass that waits for the host, faster arithmetic leaves a smaller part that may be put off.
        fc.pre(one.parallel.schedule !== 'zero-bubble');
        const { peak } = H100;
        const gpu = isMemory
          ? { ...H100, memoryBandwidth: H100.memoryBandwidth * times }
          : { ...H100, peak: { ...peak, bf16: peak.bf16 * times, fp8: (peak.fp8 ?? 0) * times } };
        expect(step(one, { gpu })).toBeLessThanOrEqual(step(one) * ROUNDING);
      }),
      seeded(80),
    );
  });

  test('more micro-batches never lower the rate of tokens', () => {
    fc.assert(
      fc.property(cases, fc.integer({ min: 2, max: 5 }), (one, times) => {
        const { workload } = one;
        const more = { ...one, workload: { ...workload, globalBatch: workload.globalBatch * times } };
        expect(step(more)).toBeLessThanOrEqual(times * step(one) * ROUNDING);
      }),
      seeded(80),
    );
  });

  test('recomputation never shortens a step, and an optimizer with less state never lengthens it', () => {
    fc.assert(
      fc.property(cases, (one) => {
        const whole = step(one);
        expect(step({ ...one, parallel: { ...one.parallel, recompute: [] } })).toBeLessThanOrEqual(whole * ROUNDING);
        const narrow = { ...one.of, types: { ...one.of.types, moments: 'bf16' as const } };
        expect(step({ ...one, of: narrow })).toBeLessThanOrEqual(whole * ROUNDING);
        expect(step({ ...one, workload: { ...one.workload, optimizer: 'sgd' } })).toBeLessThanOrEqual(whole * ROUNDING);
      }),
      seeded(60),
    );
  });
});
