import { describe, expect, test } from 'vitest';
import { evaluate } from '../../server/src/cost/evaluate.ts';
import type { Engine, EngineName, Workload } from '../../server/src/plan/deployment.ts';
import type { Model } from '../../server/src/plan/model.ts';
import type { Parallel } from '../../server/src/plan/parallel.ts';
import {
  ANALYSIS_MODEL,
  cluster,
  DEEPSEEK_V3,
  dense,
  deployment,
  gqa,
  layer,
  MIXTRAL,
  model,
  node,
  pool,
  QWEN3_235B,
  range,
  times,
} from '../support/deployments.ts';

type Training = Extract<Workload, { kind: 'training' }>;

const WORKLOAD: Training = {
  kind: 'training',
  name: 'train',
  length: 4096,
  globalBatch: 256,
  microBatch: 1,
  optimizer: 'adam',
};

const LLAMA_70B: Model = model(8192, [layer('dense', gqa(64, 8, 128), dense(28672))], times(80), {
  name: 'Llama-70B',
  vocabulary: 128256,
});

interface Changes {
  readonly parallel?: Partial<Parallel>;
  readonly engine?: Partial<Engine>;
  readonly types?: Partial<Model['types']>;
  readonly workload?: Partial<Training>;
}

function predicted(of: Model, gpus: number, { parallel, engine, types, workload }: Changes) {
  const typed = { ...of, types: { ...of.types, ...types } };
  const on = deployment(typed, cluster(gpus / 8), { ...WORKLOAD, ...workload }, [
    pool(typed, range(0, gpus), { parallel: { zero: 1, ...parallel }, engine: { name: 'megatron', ...engine } }),
  ]);
  return evaluate(on).prediction;
}

function step(of: Model, gpus: number, changes: Changes = {}): number {
  return predicted(of, gpus, changes).stepSeconds;
}

const DENSE: Partial<Parallel> = { tp: 4, pp: 4, sequenceParallel: true, etp: 4 };
const SPREAD: Partial<Parallel> = { tp: 2, pp: 8, ep: 8, etp: 1, sequenceParallel: true };

describe('a training step', () => {
  test('is shorter in narrower arithmetic, and weights are still kept in 16 bits', () => {
    const wide = step(LLAMA_70B, 64, { parallel: DENSE });
    const narrow = step(LLAMA_70B, 64, { parallel: DENSE, types: { compute: 'fp8' } });
    expect(narrow).toBeLessThan(0.8 * wide);
    expect(narrow).toBeGreaterThan(0.4 * wide);
  });

  test('takes a third longer where every layer is recomputed', () => {
    const plain = step(LLAMA_70B, 64, { parallel: DENSE });
    const full = step(LLAMA_70B, 64, { parallel: { ...DENSE, recompute: ['full'] } });
    expect(full / plain).toBeGreaterThan(1.25);
    expect(full / plain).toBeLessThan(1.4);
  });

  test('recomputing a part lies between recomputing nothing and everything', () => {
    const of = (recompute: Parallel['recompute']) => step(QWEN3_235B, 128, { parallel: { ...SPREAD, recompute } });
    for (const kind of ['selective', 'norm', 'experts', 'attention'] as const) {
      expect(of([kind])).toBeGreaterThan(of([]));
      expect(of([kind])).toBeLessThan(of(['full']));
    }
  });

  test('repeats of full recomputation the layers that are counted, and of a dense model its networks', () => {
    const of = (recomputeLayers?: number) => {
      const counted = recomputeLayers === undefined ? {} : { recomputeLayers };
      return step(LLAMA_70B, 64, { parallel: { ...DENSE, recompute: ['full'], ...counted } });
    };
    const none = step(LLAMA_70B, 64, { parallel: DENSE });
    // Stages of 20 layers.
    expect(of(0)).toBe(none);
    expect(of(20)).toBe(of());
    expect((of(10) - none) / (of() - none)).toBeCloseTo(0.5, 2);
    const dense = step(LLAMA_70B, 64, { parallel: { ...DENSE, recompute: ['dense'] } });
    expect((dense - none) / (of() - none)).toBeGreaterThan(0.5);
    expect(dense).toBeLessThan(of());
    const shared = (recompute: Parallel['recompute']) => step(DEEPSEEK_V3, 256, { parallel: { ...SPREAD, recompute } });
    expect(shared(['shared-experts'])).toBeGreaterThan(shared([]));
    expect(shared(['shared-experts'])).toBeLessThan(shared(['experts']));
  });

  test('recomputes attention once, whichever words say so', () => {
    const of = (...recompute: Parallel['recompute']) => step(DEEPSEEK_V3, 256, { parallel: { ...SPREAD, recompute } });
    expect(of('attention', 'mla-up', 'selective', 'attention')).toBe(of('attention'));
    expect(of('mla-up')).toBeGreaterThan(of());
  });

  test('shows the exchange of tokens that recomputation repeats', () => {
    const exposed = (...recompute: Parallel['recompute']) =>
      predicted(QWEN3_235B, 128, { parallel: { ...SPREAD, recompute } }).exposedCommunicationSeconds;
    expect(exposed('experts')).toBeGreaterThan(1.1 * exposed());
    expect(exposed('full')).toBeGreaterThan(exposed('experts'));
    expect(exposed('norm')).toBeLessThanOrEqual(exposed());
  });

  test('of adapters still gathers weights that are sharded', () => {
    const of = (zero: Parallel['zero']) =>
      predicted(LLAMA_70B, 64, {
        parallel: { zero },
        engine: { name: 'torchtitan' },
        workload: { trainable: 'adapters' },
      });
    expect(of(3).exposedCommunicationSeconds).toBeGreaterThan(of(1).exposedCommunicationSeconds);
  });

  test('of adapters takes two thirds: weights get no gradients', () => {
    const all = step(LLAMA_70B, 64, { parallel: DENSE });
    const adapters = step(LLAMA_70B, 64, { parallel: DENSE, workload: { trainable: 'adapters' } });
    expect(adapters / all).toBeGreaterThan(0.6);
    expect(adapters / all).toBeLessThan(0.8);
  });

  test('is shorter with more chunks per GPU, by the bubble that they leave out', () => {
    const once = predicted(LLAMA_70B, 64, { parallel: DENSE });
    const four = predicted(LLAMA_70B, 64, { parallel: { ...DENSE, schedule: 'interleaved', vpp: 5 } });
    expect(four.stepSeconds).toBeLessThan(once.stepSeconds);
    expect(four.bubbleFraction).toBeLessThan(0.6 * once.bubbleFraction);
  });

  test('hides dispatch and combine behind the other pass of a pair', () => {
    const alone = predicted(QWEN3_235B, 128, { parallel: SPREAD });
    const paired = predicted(QWEN3_235B, 128, { parallel: SPREAD, engine: { twoBatchOverlap: true } });
    expect(paired.stepSeconds).toBeLessThan(alone.stepSeconds);
    expect(paired.exposedCommunicationSeconds).toBeLessThan(alone.exposedCommunicationSeconds);
  });

  test('shows the reduction of gradients where nothing overlaps it', () => {
    const overlapped = step(LLAMA_70B, 64, { parallel: DENSE });
    const apart = step(LLAMA_70B, 64, { parallel: { ...DENSE, dpOverlap: false } });
    expect(apart).toBeGreaterThan(overlapped);
  });

  test('of DualPipe shows the exchange of gradients between the two copies of a stage', () => {
    // One rank per copy and nothing that hides: what a slower network adds is this exchange and the pipeline's own sends.
    const behind = (scaleOutBandwidth: number, trainable: 'all' | 'adapters') => {
      const of = { ...LLAMA_70B, layers: times(16) };
      const machines = cluster(4, node(undefined, { gpus: 1, domain: 1, scaleOutBandwidth }));
      const workload = { ...WORKLOAD, globalBatch: 8, length: 128, trainable };
      const parallel = { pp: 4, zero: 0, schedule: 'dualpipe', dpOverlap: false } as const;
      return evaluate(deployment(of, machines, workload, [pool(of, range(0, 4), { parallel })])).prediction.stepSeconds;
    };
    const [slow, fast] = [12.5e9, 50e9];
    const all = behind(slow, 'all') - behind(fast, 'all');
    const sends = behind(slow, 'adapters') - behind(fast, 'adapters');
    // The ranks at the ends hold 8 layers of 0.86e9 parameters, the embedding and the head: fp32 once in and once out.
    const bytes = (8 * 0.856e9 + 2 * 128_256 * 8192) * 4;
    expect(all - sends).toBeGreaterThan(bytes * (1 / slow - 1 / fast));
    expect(all - sends).toBeLessThan(1.5 * bytes * (1 / slow - 1 / fast));
  });

  test('collectives of the tp group cost less where they overlap', () => {
    const apart = step(LLAMA_70B, 64, { parallel: DENSE });
    expect(step(LLAMA_70B, 64, { parallel: { ...DENSE, tpOverlap: true } })).toBeLessThan(apart);
  });

  test('attention that writes its scores is slower, and an older kernel too', () => {
    const of = (flashAttention: number) => step(LLAMA_70B, 64, { parallel: DENSE, engine: { flashAttention } });
    expect(of(2)).toBeGreaterThan(of(3));
    expect(of(0)).toBeGreaterThan(of(2));
  });

  test("PyTorch's experts are grouped unless a plan says otherwise, Megatron's are not", () => {
    const of = (name: EngineName, fusedExperts?: boolean) =>
      step(MIXTRAL, 64, {
        parallel: { ep: 8, etp: 1 },
        engine: { name, ...(fusedExperts !== undefined && { fusedExperts }) },
      });
    expect(of('torchtitan')).toBe(of('torchtitan', true));
    expect(of('torchtitan')).toBeLessThan(of('torchtitan', false));
    expect(of('megatron')).toBe(of('megatron', false));
  });

  test('fused experts save their passes', () => {
    const of = (fusedExperts: boolean) => step(MIXTRAL, 64, { parallel: { ep: 8, etp: 1 }, engine: { fusedExperts } });
    expect(of(true)).toBeLessThan(of(false));
  });

  test('of DeepSeek-V3 with its prediction module does 260 GFLOP per token, as Megatron-Bridge publishes', () => {
    const of = { ...DEEPSEEK_V3, mtpModules: 1 };
    const { utilisation, throughputTokensPerSecond } = predicted(of, 256, {
      parallel: { pp: 4, ep: 64, etp: 1, recompute: ['mla-up'] },
    });
    const perToken = (utilisation * 256 * 989e12) / throughputTokensPerSecond;
    expect(perToken / 260e9).toBeCloseTo(1, 2);
  });

  test("a prediction module's dispatch and combine are communication, as much as a layer's", () => {
    const exposed = (layers: number, mtpModules: number) =>
      predicted({ ...DEEPSEEK_V3, layers: times(layers, 1), mtpModules }, 64, {
        parallel: { ep: 64, etp: 1, zero: 0, dpOverlap: true },
        workload: { trainable: 'adapters' },
      }).exposedCommunicationSeconds;
    expect(exposed(4, 1)).toBeCloseTo(exposed(5, 0), 9);
    expect(exposed(5, 0)).toBeCloseTo((5 / 4) * exposed(4, 0), 9);
  });

  test('a prediction module runs its own layer, wherever layers of its class stand', () => {
    const [first, moe] = DEEPSEEK_V3.classes;
    if (!first || !moe) throw new Error('DeepSeek-V3 has dense and MoE layers');
    const exposed = (layers: readonly number[], changes: Partial<Model>) =>
      predicted({ ...DEEPSEEK_V3, layers, ...changes }, 64, {
        parallel: { ep: 64, etp: 1, zero: 0 },
        workload: { trainable: 'adapters' },
      }).exposedCommunicationSeconds;
    const alone = exposed([1, 1, 1, 0], { mtpModules: 0 });
    expect(exposed([1, 1, 1, 0], { mtpModules: 1 })).toBeCloseTo(alone, 9);
    expect(exposed([1, 1, 1, 0], { mtpModules: 1, mtpLayer: moe })).toBeCloseTo((4 / 3) * alone, 9);
    // The class that comes last among the distinct ones is not that of the last layer.
    expect(exposed([1, 0, 1, 1], { mtpModules: 1 })).toBeCloseTo((4 / 3) * alone, 9);
    expect(exposed([1, 1, 1, 0], { mtpModules: 1, mtpLayer: { ...moe, name: 'own' } })).toBeCloseTo((4 / 3) * alone, 9);
  });

  test('utilisation is model FLOP over the peak of the arithmetic that is used', () => {
    const wide = predicted(ANALYSIS_MODEL, 16, { parallel: { ep: 16, etp: 1 } });
    const narrow = predicted(ANALYSIS_MODEL, 16, { parallel: { ep: 16, etp: 1 }, types: { compute: 'fp8' } });
    expect(narrow.utilisation / wide.utilisation).toBeCloseTo(
      (wide.stepSeconds / narrow.stepSeconds) * (989 / 1979),
      5,
    );
  });
});
