import type { Finding } from '../../language/diagnostic.ts';
import type { Stage } from '../deployment.ts';
import { divisors } from '../divisors.ts';
import { indexesOf } from '../values.ts';
import { alternatives } from '../wording.ts';
import type { DraftPool, WrittenDegree } from './context.ts';
import {
  changeNumber,
  classesOfPool,
  fittingDegree,
  nameStage,
  placeOfDegree,
  placeOfProperty,
  stated,
} from './context.ts';
import { poolFaults } from './faults.ts';
import { unevenHeads } from './heads-not-divisible.ts';

/** Words the first mistake in the degrees of a pool. */
export function degreesFinding(draftPool: DraftPool): Finding | undefined {
  return shares(draftPool) ?? products(draftPool) ?? replicasOfStages(draftPool);
}

/** Checks the GPUs that are shared out to replicas and to stages that do not name theirs. */
function shares(draftPool: DraftPool): Finding | undefined {
  const { pool, source } = draftPool;
  const { pp } = pool.parallel;
  const ppProperty = source.parallel?.properties.get('pp');
  const [fault] = poolFaults(draftPool, 'stages');
  if (fault) {
    const { written } = fault;
    return {
      ...placeOfDegree(draftPool, 'pp'),
      message: `pp = ${pp}, and ${written} ${written === 1 ? 'stage is' : 'stages are'} written: leave \`pp\` out, or write ${pp} stages`,
      fixes: changeNumber(ppProperty, written),
    };
  }
  if (nameGpus(draftPool)) return undefined;
  if (poolFaults(draftPool, 'replicas').length > 0) {
    const gpuCount = pool.gpus.length;
    const property = source.holder.properties.get('replicas');
    const choices = divisors(gpuCount);
    return {
      ...placeOfProperty(draftPool, property),
      message: `${gpuCount} GPUs cannot be shared evenly by ${pool.replicas} replicas: use ${alternatives(choices)}`,
      fixes: changeNumber(property, fittingDegree(choices, pool.replicas, gpuCount, 1, true)),
    };
  }
  const instance = pool.stages.reduce((sum, stage) => sum + stage.gpus.length, 0);
  if (poolFaults(draftPool, 'degrees').length > 0 && instance % pool.stages.length !== 0) {
    const choices = divisors(instance);
    return {
      ...placeOfDegree(draftPool, 'pp'),
      message: `${instance} GPUs cannot be shared evenly by ${pool.stages.length} stages: use pp = ${alternatives(choices)}, or give \`gpus\` to each stage`,
      fixes: changeNumber(ppProperty, fittingDegree(choices, pp, instance, 1, true)),
    };
  }
  return undefined;
}

/** Whether a stage says which GPUs it has. */
function nameGpus({ source }: DraftPool): boolean {
  return source.stages.some(({ entity }) => entity?.properties.has('gpus'));
}

/** Checks replicas whose stages name their GPUs: together they must have all of the pool. */
function replicasOfStages(draftPool: DraftPool): Finding | undefined {
  const { pool, source } = draftPool;
  const [fault] = poolFaults(draftPool, 'replicas');
  if (!fault || !nameGpus(draftPool)) return undefined;
  const { perReplica } = fault;
  const gpuCount = pool.gpus.length;
  const property = source.holder.properties.get('replicas');
  const fitting = gpuCount % perReplica === 0 ? gpuCount / perReplica : undefined;
  const choice = fitting === undefined ? '' : `use replicas = ${fitting}, or `;
  return {
    ...placeOfProperty(draftPool, property),
    message: `${gpuCount} GPUs cannot be shared by ${pool.replicas} replicas of ${perReplica}: ${choice}give the pool ${pool.replicas * perReplica} GPUs`,
    fixes: changeNumber(property, fitting),
  };
}

type Axis = Exclude<WrittenDegree, 'pp'>;
type Part = 'attention' | 'experts';
const AXES: Readonly<Record<Part, readonly Axis[]>> = { attention: ['tp', 'cp', 'dp'], experts: ['etp', 'ep', 'edp'] };

function products(draftPool: DraftPool): Finding | undefined {
  const tpIsWrong = isWrongTp(draftPool);
  const attention = tpIsWrong ? undefined : mismatch(draftPool, 'attention');
  if (attention) return attention;
  // Experts without a degree of their own follow attention, where the mistake is.
  if (tpIsWrong && !AXES.experts.some((axis) => stated(draftPool.source.parallel, axis))) return undefined;
  return mismatch(draftPool, 'experts');
}

/** Whether the heads cannot be split over tp and another tp would make the product right: then tp is reported as wrong. */
function isWrongTp({ pool, source }: DraftPool): boolean {
  const { tp, cp, dp } = pool.parallel;
  const attention = classesOfPool(pool).map((layerClass) => layerClass.attention);
  if (unevenHeads(attention, tp).length === 0) return false;
  const size = pool.stages[0]?.gpus.length ?? tp;
  const isDerived = !stated(source.parallel, 'dp');
  const choices = divisors(size).filter((choice) => unevenHeads(attention, choice).length === 0);
  return isDerived || fittingDegree(choices, tp, size, cp * dp, false) !== undefined;
}

/** Whether a degree of this size divides what it splits. */
function splits({ pool, source }: DraftPool, axis: Axis, value: number): boolean {
  const classes = classesOfPool(pool);
  const experts = classes.flatMap(({ feedForward }) => (feedForward.kind === 'moe' ? [feedForward] : []));
  if (axis === 'ep') return experts.every(({ count }) => (count + source.placement.redundant) % value === 0);
  if (axis === 'etp') return experts.every(({ ffn }) => ffn % value === 0);
  return (
    axis !== 'tp' ||
    unevenHeads(
      classes.map(({ attention }) => attention),
      value,
    ).length === 0
  );
}

function mismatch(draftPool: DraftPool, part: Part): Finding | undefined {
  const { pool, source } = draftPool;
  const { parallel } = source;
  const wrong = poolFaults(draftPool, 'degrees').flatMap((fault) => (fault.part === part ? fault.stage : []));
  const [first] = wrong;
  if (!first) return undefined;
  const axes = AXES[part];
  const product = axes.reduce((total, axis) => total * pool.parallel[axis], 1);
  const concerned = pool.stages.filter(({ experts }) => part === 'attention' || experts.size > 0);
  const size = first.gpus.length;
  const written = axes.filter((axis) => stated(parallel, axis));
  const shown = axes.map((axis) => `${axis} ${pool.parallel[axis]}`).join(' x ');
  if (wrong.length < concerned.length || written.length === 0)
    return unevenStage(draftPool, first, `${shown} = ${product}`);
  const what = part === 'attention' ? 'attention' : 'the experts';
  const where = pool.stages.length > 1 ? 'each stage' : nameStage(pool, first.index);
  const [only] = written;
  const isDerived = written.length < axes.length;
  const kept = written.filter((axis) => axis !== only).reduce((total, axis) => total * pool.parallel[axis], 1);
  const choices = divisors(size).filter((value) => !only || splits(draftPool, only, value));
  const fitting = only && fittingDegree(choices, pool.parallel[only], size, kept, isDerived);
  const loose =
    written.length > 1
      ? `leave \`${written.at(-1)}\` out to have it derived, or change one of them`
      : `use ${only} = ${alternatives(choices)}`;
  return {
    ...(written.length === 1 && only ? placeOfDegree(draftPool, only) : placeOfDegrees(draftPool, written)),
    message: `${where} has ${size} ${size === 1 ? 'GPU' : 'GPUs'}, and ${shown} = ${product} for ${what}: ${loose}`,
    fixes: written.length === 1 && only ? changeNumber(parallel?.properties.get(only), fitting) : [],
  };
}

/** The span from the first to the last written degree, when they are written together. */
function placeOfDegrees(draftPool: DraftPool, written: readonly Axis[]) {
  const places = written.map((axis) => placeOfDegree(draftPool, axis));
  const [first = draftPool.source.pool] = places;
  if (places.some((place) => place.uri !== first.uri)) return first;
  return {
    uri: first.uri,
    span: {
      start: Math.min(...places.map(({ span }) => span.start)),
      end: Math.max(...places.map(({ span }) => span.end)),
    },
  };
}

/** Blames the stage when most stages fit and one does not, or when no degree is written and the stages differ. */
function unevenStage(draftPool: DraftPool, stage: Stage, product: string): Finding {
  const { source, pool } = draftPool;
  const property = source.stages[stage.index]?.entity?.properties.get('gpus');
  const place = property ? placeOfProperty(draftPool, property) : (source.stages[stage.index]?.location ?? source.pool);
  const named = property ? indexesOf(property.value).length : stage.gpus.length;
  return {
    ...place,
    message: `${nameStage(pool, stage.index)} has ${named} ${named === 1 ? 'GPU' : 'GPUs'}, and the degrees need ${product} in every stage: give each stage as many`,
  };
}
