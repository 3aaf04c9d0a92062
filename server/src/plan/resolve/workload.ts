import type { Entity } from '../../language/entity.ts';
import { ENGINE_NAMES } from '../../language/vocabulary/engine.ts';
import { ALL_TO_ALL, type MoeBackend, type Optimizer, type Workload } from '../deployment.ts';
import { ENGINE_FLAGS, ENGINE_NUMBERS } from '../fields.ts';
import type { EngineSpec } from '../spec.ts';
import { flagOf, numberOf, textOf, wordOf, writtenFields } from '../values.ts';

const OPTIMIZERS: readonly Optimizer[] = ['adam', 'sgd', 'muon'];

/** What a workload is known by: its kind, and how many micro-batches follow from it. */
const SHAPING: readonly string[] = ['extends', 'global-batch', 'micro-batch', 'input', 'length'];

/**
 * A `workload` block as plain data. Undefined when it states no batch, serving or training. Nothing may be computed of one with
 * parts that are not understood; it still says what kind of plan there is.
 */
export function resolveWorkload(entity: Entity): Workload | undefined {
  if (SHAPING.some((name) => entity.rejected.has(name))) return undefined;
  const name = entity.name ?? '';
  const length = numberOf(entity, 'length');
  const globalBatch = numberOf(entity, 'global-batch');
  const dropout = numberOf(entity, 'dropout');
  if (globalBatch !== undefined && length !== undefined) {
    return {
      kind: 'training',
      name,
      length,
      globalBatch,
      microBatch: numberOf(entity, 'micro-batch') ?? 1,
      optimizer: OPTIMIZERS.find((name) => name === wordOf(entity, 'optimizer')) ?? 'adam',
      ...(dropout !== undefined && { dropout }),
      ...(wordOf(entity, 'trainable') === 'adapters' && { trainable: 'adapters' }),
    };
  }
  const input = numberOf(entity, 'input');
  if (input !== undefined) {
    const concurrency = numberOf(entity, 'concurrency');
    const requestRate = numberOf(entity, 'request-rate');
    const requests = numberOf(entity, 'requests');
    const lengthSpread = numberOf(entity, 'length-spread');
    return {
      kind: 'serving',
      name,
      input,
      output: numberOf(entity, 'output') ?? 1,
      ...(concurrency !== undefined ? { concurrency } : requestRate === undefined ? { concurrency: 1 } : {}),
      ...(requestRate !== undefined && { requestRate }),
      prefixShare: numberOf(entity, 'prefix-share') ?? 0,
      ...(requests !== undefined && { requests }),
      ...(lengthSpread !== undefined && { lengthSpread }),
    };
  }
  if (length === undefined) return undefined;
  return { kind: 'batch', name, sequences: numberOf(entity, 'sequences') ?? 1, length };
}

const MOE_BACKENDS: readonly MoeBackend[] = ['cutlass', 'trtllm', 'deepgemm'];

/** The engine settings of a deployment or pool: those of the pool's own block, otherwise those of the deployment's. */
export function engineWritten(block: Entity | undefined, outerBlock: Entity | undefined): EngineSpec {
  const word = (name: string) => wordOf(block, name) ?? wordOf(outerBlock, name);
  const name = ENGINE_NAMES.find((engine) => engine === word('name'));
  const version = textOf(block, 'version') ?? textOf(outerBlock, 'version');
  const allToAll = ALL_TO_ALL.find((algorithm) => algorithm === word('all-to-all'));
  const moeBackend = MOE_BACKENDS.find((backend) => backend === word('moe-backend'));
  return {
    ...writtenFields(ENGINE_NUMBERS, (property) => numberOf(block, property) ?? numberOf(outerBlock, property)),
    ...writtenFields(ENGINE_FLAGS, (property) => flagOf(block, property) ?? flagOf(outerBlock, property)),
    ...(name && { name }),
    ...(version !== undefined && { version }),
    ...(allToAll && { allToAll }),
    ...(moeBackend && { moeBackend }),
  };
}
