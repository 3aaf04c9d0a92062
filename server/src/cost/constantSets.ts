import type { Gpu } from '../plan/cluster.ts';
import type { Pool } from '../plan/deployment.ts';
import { BYTES_PER_ELEMENT, type Model } from '../plan/model.ts';
import { attentionConstants, attentionKernel, decodeSet, LINEAR, prefillSet } from './constants/attention.ts';
import { collectiveConstants, type LinkKind, linkSet, PAIR_EFFICIENCY, shotSet } from './constants/collectives.ts';
import { ELEMENTWISE_EFFICIENCY, engineConstants } from './constants/engines.ts';
import { localConstants, lowLatencyConstants, nvlinkConstants, remoteConstants } from './constants/expertParallel.ts';
import { type Family, familyOf, GUESSED_RESIDUAL } from './constants/family.ts';
import { FITTED_DECODE } from './constants/fitted/decode.ts';
import { FITTED_GEMM } from './constants/fitted/gemm.ts';
import { FITTED_GROUPED } from './constants/fitted/grouped.ts';
import { FITTED_LINKS } from './constants/fitted/links.ts';
import { FITTED_PREFILL } from './constants/fitted/prefill.ts';
import { FITTED_SHOTS } from './constants/fitted/shots.ts';
import { FITTED_TRAINING } from './constants/fitted/training.ts';
import { gemmConstants, gemmSet } from './constants/gemm.ts';
import { constantsOf, groupedSet, kernelsOf } from './constants/grouped.ts';
import { ACTIVATION_ERROR } from './constants/memory.ts';
import { type ConstantTable, SOURCES } from './constants/sources.ts';
import {
  groupedWorkspaceBytes,
  lossBytes,
  reservedShare,
  trainingEngine,
  trainingFamilyOf,
  workspaceBytes,
} from './constants/training.ts';
import type { PoolPrediction } from './evaluation.ts';
import { precisionOf } from './hardware.ts';
import { NCCL_BYTES } from './memory/buffers.ts';
import type { Operation } from './operation.ts';

/** Constants that a predicted time was computed with. */
export interface ConstantSet {
  /** Table and row: `gemm hopper fp8-block deepgemm`. */
  readonly name: string;
  /** In seconds, bytes, and shares of peak rates and of bandwidth; by the names that the table's type explains. */
  readonly values: Readonly<Record<string, number>>;
  /** Mean absolute error on rows that were held out, as a fraction. */
  readonly residual: number;
  readonly source: string;
}

/** Element-wise kernels and state-space layers have no table of their own: a wide residual. */
const ELEMENTWISE_RESIDUAL = 0.25;

const STAND_IN = "not in the tables: the nearest kernel, or an earlier fit to aiconfigurator's vLLM tables, stands in";

function set(table: ConstantTable, row: string, constants: object, isOwn = true): ConstantSet {
  const values: Record<string, number> = {};
  let residual = 0;
  for (const [name, value] of Object.entries(constants)) {
    if (name === 'residual') residual = Number(value);
    else if (typeof value === 'number') values[name] = value;
  }
  const source = isOwn ? SOURCES[table] : `${STAND_IN}; the tables: ${SOURCES[table]}`;
  return { name: `${table} ${row}`, values, residual, source };
}

const known = new WeakMap<Pool, Map<Gpu, Map<string, readonly ConstantSet[]>>>();

/** The constants behind an operation's time, of one kernel or of all among which an engine chooses. */
export function constantSets(operation: Operation, gpu: Gpu, { pool }: PoolPrediction): readonly ConstantSet[] {
  const ofPool = known.get(pool) ?? new Map<Gpu, Map<string, readonly ConstantSet[]>>();
  const ofGpu = ofPool.get(gpu) ?? new Map<string, readonly ConstantSet[]>();
  const key = `${operation.formula}${operation.key === 'head' ? ' head' : ''}`;
  const found =
    ofGpu.get(key) ?? asSure(setsOf(operation, gpu, familyOf(gpu), pool.engine.name, pool.model), gpu.isFamilyGuessed);
  ofGpu.set(key, found);
  ofPool.set(gpu, ofGpu);
  known.set(pool, ofPool);
  return found;
}

/** Constants of a family that a GPU was only taken for are worth no more than the spread between families. */
function asSure(sets: readonly ConstantSet[], isGuessed = false): readonly ConstantSet[] {
  if (!isGuessed) return sets;
  return sets.map(({ residual, source, ...one }) => ({
    ...one,
    residual: Math.max(GUESSED_RESIDUAL, residual),
    source: `the GPU says no \`family\`, the nearest one stands in; ${source}`,
  }));
}

function hasLatentAttention({ classes }: Model): boolean {
  return classes.some(({ attention }) => attention.kind === 'mla');
}

function setsOf(
  { formula, key }: Operation,
  gpu: Gpu,
  family: Family,
  engine: PoolPrediction['pool']['engine']['name'],
  model: Model,
): readonly ConstantSet[] {
  const { types } = model;
  const isLatent = hasLatentAttention(model);
  const width = BYTES_PER_ELEMENT[types.kv] <= 1 ? 8 : 16;
  switch (formula) {
    case 'gemm': {
      const precision = precisionOf(gpu, key === 'head' ? types.embedding : types.attention);
      const row = gemmSet(family, precision, engine);
      return [set('gemm', row, gemmConstants(family, precision, engine), Object.hasOwn(FITTED_GEMM, row))];
    }
    case 'grouped-gemm': {
      const precision = precisionOf(gpu, types.experts);
      return kernelsOf(family, precision, engine).map((kernel) => {
        const row = groupedSet(family, precision, kernel);
        return set('grouped', row, constantsOf(family, precision, kernel), Object.hasOwn(FITTED_GROUPED, row));
      });
    }
    case 'attention-prefill': {
      const { latentPrefill, prefill8, prefill16 } = attentionConstants(family, engine);
      const row = prefillSet(family, isLatent, width, attentionKernel(engine));
      const constants = isLatent ? latentPrefill : width === 8 ? prefill8 : prefill16;
      return [set('prefill', row, constants, Object.hasOwn(FITTED_PREFILL, row))];
    }
    case 'attention-decode':
    case 'indexer': {
      const all = attentionConstants(family, engine);
      const row = decodeSet(family, isLatent, width, attentionKernel(engine));
      const latent = width === 8 ? all.latentDecode8 : all.latentDecode16;
      const constants = isLatent ? latent : width === 8 ? all.decode8 : all.decode16;
      return [set('decode', row, constants, Object.hasOwn(FITTED_DECODE, row))];
    }
    case 'deepep-low-latency-dispatch':
    case 'deepep-low-latency-combine': {
      const way = formula.endsWith('dispatch') ? 'dispatch' : 'combine';
      return [set('deepepLowLatency', `${way} remote`, lowLatencyConstants(way, false))];
    }
    case 'deepep-normal-dispatch':
    case 'deepep-normal-combine': {
      const way = formula.endsWith('dispatch') ? 'dispatch' : 'combine';
      return [set('deepepLocal', way, localConstants(way)), set('deepepRemote', way, remoteConstants(way))];
    }
    case 'nvlink-dispatch':
    case 'nvlink-combine': {
      const way = formula.endsWith('dispatch') ? 'dispatch' : 'combine';
      return [set('nvlink', `${way} one-sided`, nvlinkConstants(way, 'one-sided'))];
    }
    case 'elementwise':
    case 'permutation':
    case 'not-predicted':
    case 'linear-attention':
    case 'prediction-module': {
      const { elementwiseStart } = engineConstants(engine);
      const compute = formula === 'linear-attention' ? { compute: LINEAR.compute } : {};
      const values = {
        elementwiseStart,
        bandwidth: ELEMENTWISE_EFFICIENCY,
        ...compute,
        residual: ELEMENTWISE_RESIDUAL,
      };
      return [set('elementwise', engine, values)];
    }
    default:
      return [collectiveSet(formula, family)];
  }
}

function collectiveSet(formula: string, family: Family): ConstantSet {
  const { allReduce, gather, allToAll, shots, residual } = collectiveConstants(family);
  // H20 and H800 have Hopper's fabric.
  const fabric = family.startsWith('hopper') ? 'hopper' : family;
  const link = (kind: LinkKind, constants: object) =>
    set('links', linkSet(fabric, kind), constants, Object.hasOwn(FITTED_LINKS, linkSet(fabric, kind)));
  switch (formula) {
    case 'all-reduce-one-shot':
    case 'all-reduce-two-shot':
      return set('shots', shotSet(fabric), shots, Object.hasOwn(FITTED_SHOTS, shotSet(fabric)));
    case 'all-gather':
    case 'reduce-scatter':
      return link('gather', gather);
    case 'all-to-all':
      return link('all-to-all', allToAll);
    case 'point-to-point':
      return set('links', 'pair', { efficiency: PAIR_EFFICIENCY, residual });
    default:
      return link('all-reduce', allReduce);
  }
}

/** What the engine of a pool adds to its kernels, and for training the factors on them. */
export function engineSets(gpu: Gpu, { pool, steps }: PoolPrediction): readonly ConstantSet[] {
  const { name } = pool.engine;
  const engine = engineConstants(name);
  if (steps.some(({ phase }) => phase === 'training')) {
    const kernels = FITTED_TRAINING.kernels[trainingFamilyOf(gpu)];
    const factors = Object.fromEntries([
      ...Object.entries(kernels.products).map(([recipe, factor]) => [`products ${recipe}`, factor]),
      ...Object.entries(kernels.experts).map(([recipe, factor]) => [`experts ${recipe}`, factor]),
      ['attention', kernels.attention],
    ]);
    return [
      set('training', `kernels ${trainingFamilyOf(gpu)}`, { ...factors, residual: engine.residual }),
      set('training', name, { ...trainingEngine(FITTED_TRAINING, name), residual: engine.residual }),
    ];
  }
  return [set(name === 'ideal' ? 'ideal' : 'serving', name, engine)];
}

/** What the memory of a pool's GPUs is computed with beside what is counted. Bytes, shares, bytes per logit. */
export function memorySet({ engine, model, parallel }: Pool, isTraining: boolean): ConstantSet {
  const { name } = engine;
  const { memoryFraction, reserveBytes } = engineConstants(name);
  const libraryBytes = name === 'ideal' ? 0 : NCCL_BYTES;
  const residual = ACTIVATION_ERROR;
  if (!isTraining) return set('memory', name, { memoryFraction, reserveBytes, libraryBytes, residual });
  return set('memory', `${name} training`, {
    residual,
    workspaceBytes: workspaceBytes(name),
    groupedWorkspaceBytes: groupedWorkspaceBytes(engine),
    lossBytes: lossBytes(engine, parallel.tp, 1 + model.mtpModules),
    reservedShare: reservedShare(name),
    libraryBytes,
  });
}
