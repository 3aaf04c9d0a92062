import { engineProfile } from '../../engines/index.ts';
import type { Gpu } from '../../plan/cluster.ts';
import type { Pool } from '../../plan/deployment.ts';
import { FITTED_TRAINING } from '../constants/fitted/training.ts';
import { ACTIVATION_ERROR } from '../constants/memory.ts';
import { GUESSED_RESIDUAL } from '../constants/row.ts';
import { type ConstantTable, SOURCES } from '../constants/sources.ts';
import { trainingEngine, trainingFamilyOf } from '../constants/training.ts';
import type { PoolPrediction } from '../evaluation.ts';
import { communicators } from '../memory/buffers.ts';
import type { Operation } from '../operation.ts';
import { engineResidual, servedResiduals } from './band.ts';

/** A set of constants behind a predicted time. */
export interface ConstantSet {
  /** Table and row: `gemm hopper fp8-block deepgemm`. */
  readonly name: string;
  /** Values in seconds, bytes, and shares of peak rates and of bandwidth. The table's type explains their names. */
  readonly values: Readonly<Record<string, number>>;
  /** Mean absolute error on rows that were held out, as a fraction. */
  readonly residual: number;
  readonly source: string;
}

const STAND_IN = "not in the tables: the nearest kernel, or an earlier fit to aiconfigurator's vLLM tables, stands in";

const GUESSED = 'the GPU says no `family`, the nearest one stands in';

/**
 * The constants that an operation was timed with on a GPU. For a GPU that does not name its family their residual is at
 * least the spread between families.
 */
export function constantSets({ constants }: Operation, { isFamilyGuessed }: Gpu): readonly ConstantSet[] {
  return constants.flatMap((used) => {
    if (!used.row) return [];
    const constantSet = set(used.row.table, used.row.name, used, used.row.isOwn);
    if (!isFamilyGuessed) return constantSet;
    return {
      ...constantSet,
      residual: Math.max(GUESSED_RESIDUAL, constantSet.residual),
      source: `${GUESSED}; ${constantSet.source}`,
    };
  });
}

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

/** What a pool's engine adds to its kernels and, for training, the factors on them. */
export function engineSets(gpu: Gpu, { pool, steps }: PoolPrediction): readonly ConstantSet[] {
  const { name } = pool.engine;
  const { constants, constantsTable, training } = engineProfile(name);
  if (steps.some(({ phase }) => phase === 'training')) {
    const kernels = FITTED_TRAINING.kernels[trainingFamilyOf(gpu)];
    const factors = Object.fromEntries([
      ...Object.entries(kernels.products).map(([recipe, factor]) => [`products ${recipe}`, factor]),
      ...Object.entries(kernels.experts).map(([recipe, factor]) => [`experts ${recipe}`, factor]),
      ['attention', kernels.attention],
    ]);
    const residual = engineResidual(name, gpu);
    return [
      set('training', `kernels ${trainingFamilyOf(gpu)}`, { ...factors, residual }),
      set('training', name, { ...trainingEngine(FITTED_TRAINING, training.software), residual }),
    ];
  }
  return [set(constantsTable, name, { ...constants, ...servedResiduals(name, gpu) })];
}

/** Constants of a pool's memory that are not counted from the plan. Bytes, shares, bytes per logit. */
export function memorySet(pool: Pool, isTraining: boolean, gpu: Gpu | undefined): ConstantSet {
  const { engine, model, parallel } = pool;
  const { name } = engine;
  const { training } = engineProfile(name);
  const residual = ACTIVATION_ERROR;
  if (!isTraining) return set('memory', name, { memoryFraction: engine.memoryFraction, residual });
  return set('memory', `${name} training`, {
    residual,
    workspaceBytes: training.workspaceBytes,
    groupedWorkspaceBytes: training.groupedWorkspaceBytes(engine),
    lossBytes: training.lossBytes(engine, 1 + model.mtpModules, parallel.tp),
    reservedShare: training.reservedShare,
    ...(gpu && { libraryBytes: training.libraryBytes(communicators(pool), gpu) }),
  });
}
