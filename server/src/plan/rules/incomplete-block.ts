import type { Rule } from '../../language/diagnostic.ts';
import type { Entity } from '../../language/entity.ts';
import { locationOfEntity } from '../../language/entity.ts';
import { attentionLacks } from '../attention.ts';
import { isCompressed } from '../compressedAttention.ts';
import { lacksAcceptance } from '../derive/engine.ts';
import { hasParts } from '../resolve/model.ts';
import { engineWritten } from '../resolve/workload.ts';
import { childOf, childrenOf } from '../values.ts';
import { enumerateNames } from '../wording.ts';
import type { PlanContext } from './context.ts';

/**
 * A block says too little for anything to be computed of it.
 *
 * No single property is required here: a workload is a batch, serving or training; a cluster has a kind of node, loose GPUs or
 * groups of them; a model says its layers in one of several ways; attention needs heads, and MLA also the sizes of a head's parts.
 *
 * ## Not so
 * ```moeplan
 * workload work { sequences = 128 }
 * ```
 *
 * ## But so
 * ```moeplan
 * workload work { sequences = 128, length = 10_000 tokens }
 * ```
 *
 * ## How to fix it
 * Write what is missing.
 */
export const incompleteBlock: Rule<PlanContext> = {
  name: 'incomplete-block',
  family: 'syntax',
  severity: 'error',
  summary: 'A block says too little for anything to be computed of it.',
  check({ program }, report) {
    const tell = (entity: Entity, message: string | undefined) => {
      if (message !== undefined && !entity.incomplete) report({ ...locationOfEntity(entity), message });
    };
    for (const entity of program.own) {
      if (entity.keyword === 'workload') tell(entity, workloadLacks(entity));
      if (entity.keyword === 'cluster') {
        tell(entity, clusterLacks(entity));
        for (const group of childrenOf(entity, 'group')) if (group.uri === entity.uri) tell(group, clusterLacks(group));
      }
      if (entity.keyword === 'model') {
        tell(entity, modelLacks(entity));
        for (const attention of childrenOf(entity, 'attention')) tell(attention, attentionMessage(attention));
      }
      if (entity.keyword === 'deployment') {
        const engines = [entity, ...childrenOf(entity, 'pool')].flatMap((holder) => childrenOf(holder, 'engine'));
        for (const engine of engines) tell(engine, engineLacks(engine, childOf(entity, 'engine')));
      }
    }
  },
};

function workloadLacks(workload: Entity): string | undefined {
  const has = (name: string) => workload.properties.has(name);
  if (has('global-batch') && !has('length'))
    return 'training needs the tokens of a sequence: write `length = 4_096 tokens`';
  if (has('global-batch') || has('input') || has('length')) return undefined;
  if (has('output') || has('concurrency') || has('request-rate'))
    return 'serving needs the tokens of a prompt: write `input = 4_000 tokens`';
  return `workload ${workload.name ?? ''} does not say what is done: write \`sequences\` with \`length\` (one batch), \`input\` with \`output\` (serving), or \`global-batch\` with \`length\` (training)`;
}

function clusterLacks(cluster: Entity): string | undefined {
  if (cluster.properties.has('node') || cluster.properties.has('gpu') || childOf(cluster, 'group')) return undefined;
  const groups = cluster.keyword === 'cluster' ? ', or `group` blocks' : '';
  return `${cluster.keyword} ${cluster.name ?? ''} has no machines: write \`node = DGX-H100\`, or \`gpu = H100-SXM\` for one GPU${groups}`;
}

function modelLacks(model: Entity): string | undefined {
  const missing = layersLack(model);
  if (missing !== undefined || hasParts(model, undefined) || model.config) return missing;
  return `model ${model.name ?? ''} does not say what its layers compute: write \`attention { … }\`, and \`dense { … }\` or \`experts { … }\``;
}

function layersLack(model: Entity): string | undefined {
  if (model.config || model.properties.has('layers') || model.properties.has('pattern')) return undefined;
  if ((childOf(model, 'layers')?.entries ?? []).length > 0) return undefined;
  return `model ${model.name ?? ''} does not say how many layers it has: write \`layers = 32\``;
}

function attentionMessage(attention: Entity): string | undefined {
  const missing = attentionLacks(attention);
  if (missing.length === 0) return undefined;
  const what = attention.properties.has('kv-rank')
    ? 'latent attention (`kv-rank`)'
    : attention.properties.has('state')
      ? 'a linear layer without `parameters`'
      : isCompressed(attention)
        ? 'compressed attention'
        : 'attention';
  return `${what} needs ${enumerateNames(missing.map((name) => `\`${name}\``))}: write ${missing.length === 1 ? 'it' : 'them'}`;
}

function engineLacks(engine: Entity, outer: Entity | undefined): string | undefined {
  if (!lacksAcceptance(engineWritten(engine, outer))) return undefined;
  return '`speculative-tokens` needs the share of drafted tokens that are accepted: write `acceptance`, for example `acceptance = 80%`';
}
