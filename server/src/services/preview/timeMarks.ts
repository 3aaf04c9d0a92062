import { partsOfStep } from '../../cost/breakdown/step.ts';
import type { Evaluation } from '../../cost/evaluation.ts';
import type { Figure } from '../../cost/figures/figure.ts';
import { scoredTime } from '../../cost/figures/step.ts';
import { formatChange, formatFigure } from '../../cost/format.ts';
import { expertsOf } from '../../cost/parameters/parameters.ts';
import { type Score, type Scored, Scorer } from '../../cost/score.ts';
import { objectionsOf } from '../../engines/objections.ts';
import type { Pool } from '../../plan/deployment.ts';
import type { ResolvedDeployment } from '../../plan/resolve/resolved.ts';
import type { PlanSpec, PoolSpec } from '../../plan/spec.ts';
import { fitsAll } from '../fit.ts';
import { withSpec } from '../variants.ts';
import type { TimeKind, TimeMark } from './timeProtocol.ts';

/** A change worth trying: it names the parts of the time that it is about. Of those of one family the best is told. */
interface Candidate {
  readonly family: string;
  readonly label: string;
  readonly kinds: readonly TimeKind[];
  readonly pool?: number;
  /** Undefined where there is nothing to change. */
  readonly change: (spec: PlanSpec) => PlanSpec | undefined;
}

/** Changes below this are not worth the room. */
const LEAST = 0.01;

/**
 * What single changes would bring, tried on the plan's specification by one scorer: the latency of a request, or the time of a
 * step. A change is told where the plan as it would be fits and is faster, or where it first makes it fit, and where no engine
 * refuses or rewrites it.
 */
export function timeMarks(resolved: ResolvedDeployment, evaluation: Evaluation): readonly TimeMark[] {
  const scorer = new Scorer();
  const asWritten = withSpec(resolved, (spec) => spec);
  const before = asWritten && scoreOf(scorer, asWritten);
  if (!asWritten || !before) return [];
  const objected = objectionsOf(evaluation.deployment, asWritten);
  const best = new Map<string, { readonly mark: TimeMark; readonly seconds: number }>();
  for (const { family, label, kinds, pool, change } of [...candidatesOf(evaluation), ...movedNodes(evaluation)]) {
    const spec = change(asWritten);
    const after = spec && scoreOf(scorer, spec);
    const gain = after && gainOf(before, after);
    if (!gain) continue;
    const seconds = after.predicted.latencySeconds ?? Number.POSITIVE_INFINITY;
    const key = `${pool ?? ''} ${family}`;
    if (seconds >= (best.get(key)?.seconds ?? Number.POSITIVE_INFINITY)) continue;
    if (isRefused(scorer, after, spec, objected)) continue;
    best.set(key, { mark: { label, kinds, ...(pool !== undefined && { pool }), ...gain }, seconds });
  }
  return [...best.values()].toSorted((a, b) => a.seconds - b.seconds).map(({ mark }) => mark);
}

/** Undefined where the plan cannot work, also where a number of it is beyond what is computed. */
function scoreOf(scorer: Scorer, spec: PlanSpec): Score | undefined {
  let score: Scored;
  try {
    score = scorer.score(spec);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
  return 'invalid' in score ? undefined : score;
}

/** Whether an engine objects to what it does not object to as the plan is written, or does not start with the memory. */
function isRefused(scorer: Scorer, { memory }: Score, spec: PlanSpec, objected: ReadonlySet<string>): boolean {
  if (memory.some(({ startup }) => startup && !startup.start.ok)) return true;
  const deployment = scorer.deploymentOf(spec);
  return !deployment || [...objectionsOf(deployment, spec)].some((objection) => !objected.has(objection));
}

function served({ memory }: Score): boolean {
  return fitsAll(memory) && memory.every(({ requestsThatFit }) => requestsThatFit > 0);
}

/** The time that a reader waits for: of a request, or of a step. Absent under a queue without end. */
function timeOf({ predicted }: Score): Figure | undefined {
  const { latencySeconds } = predicted;
  return latencySeconds === undefined ? undefined : scoredTime(latencySeconds);
}

function gainOf(before: Score, after: Score): Pick<TimeMark, 'change' | 'text' | 'verdict'> | undefined {
  const [was, is] = [timeOf(before), timeOf(after)];
  if (!served(after)) return undefined;
  if (!served(before)) return { change: 'fits', text: 'With this the plan fits.', verdict: 'better' };
  if (!is) return undefined;
  if (!was)
    return { change: 'keeps up', text: 'With this requests are finished as fast as they arrive.', verdict: 'better' };
  if (is.value > (1 - LEAST) * was.value) return undefined;
  const text = `${formatFigure(is)} in place of ${formatFigure(was)}, were this changed alone. Nothing is written.`;
  return { change: formatChange(was, is), text, verdict: 'better' };
}

function candidatesOf(evaluation: Evaluation): readonly Candidate[] {
  const isServing = evaluation.deployment.workload.kind === 'serving';
  const isTraining = evaluation.deployment.workload.kind === 'training';
  return evaluation.deployment.pools.flatMap((pool, index) => [
    ...(isServing ? [...cacheTypes(pool, index), ...ofServing(pool, index)] : []),
    ...(isTraining ? schedules(pool, index) : [...ofExchange(pool, index), ...microBatches(pool, index)]),
    ...degrees(pool, index),
    ...spreads(pool, index),
    ...evenLoad(evaluation, pool, index),
  ]);
}

function changed(index: number, change: (pool: PoolSpec) => PoolSpec): (spec: PlanSpec) => PlanSpec {
  return (spec) => ({ ...spec, pools: spec.pools.map((pool, at) => (at === index ? change(pool) : pool)) });
}

function engine(index: number, settings: PoolSpec['engine']): Candidate['change'] {
  return changed(index, (pool) => ({ ...pool, engine: { ...pool.engine, ...settings } }));
}

function parallel(index: number, degreesOf: Partial<PoolSpec['parallel']>): Candidate['change'] {
  return changed(index, (pool) => ({ ...pool, parallel: { ...pool.parallel, ...degreesOf } }));
}

/** A cache in 8 bits is read in half the time, and holds twice the requests. */
function cacheTypes({ model }: Pool, pool: number): readonly Candidate[] {
  if (model.types.kv !== 'bf16' && model.types.kv !== 'fp16') return [];
  const change = changed(pool, (spec) => ({ ...spec, types: { ...spec.types, kv: 'fp8' } }));
  return [{ family: 'kv', label: 'fp8 KV cache', kinds: ['attention', 'waiting'], pool, change }];
}

function ofServing({ engine: settings, model, role }: Pool, pool: number): readonly Candidate[] {
  const candidates: Candidate[] = [];
  if (!settings.graphs && role !== 'prefill')
    candidates.push({
      family: 'graphs',
      label: 'captured graphs',
      kinds: ['host'],
      pool,
      change: engine(pool, { graphs: true }),
    });
  if (model.mtpModules > 0 && settings.speculativeTokens === 0 && role !== 'prefill')
    candidates.push({
      family: 'drafts',
      label: '1 drafted token',
      kinds: ['generating', 'experts'],
      pool,
      change: engine(pool, { speculativeTokens: 1 }),
    });
  if (role !== 'decode')
    for (const factor of [2, 4, 8, 16, 32])
      candidates.push({
        family: 'chunk',
        label: `chunks ${factor}x as long`,
        kinds: ['prompt', 'waiting', 'host', 'experts'],
        pool,
        change: longerChunks(pool, factor),
      });
  return candidates;
}

/** Longer chunks read the weights less often, and need more memory. Only where the plan states their length. */
function longerChunks(index: number, factor: number): Candidate['change'] {
  return (spec) => {
    const tokens = spec.pools[index]?.engine.chunkTokens;
    return tokens === undefined ? undefined : engine(index, { chunkTokens: factor * tokens })(spec);
  };
}

function ofExchange({ engine: settings, parallel: split, model }: Pool, pool: number): readonly Candidate[] {
  const candidates: Candidate[] = [];
  const exchange = ['dispatch', 'combine'] as const;
  if (!settings.twoBatchOverlap)
    candidates.push({
      family: 'overlap',
      label: 'two-batch overlap',
      kinds: [...exchange, 'collective'],
      pool,
      change: engine(pool, { twoBatchOverlap: true }),
    });
  if (split.ep > 1 && (settings.allToAll === 'nccl' || settings.allToAll === 'gather'))
    candidates.push({
      family: 'all-to-all',
      label: 'DeepEP',
      kinds: exchange,
      pool,
      change: engine(pool, { allToAll: 'deepep' }),
    });
  if (
    !settings.sharedOverlap &&
    model.classes.some(({ feedForward }) => feedForward.kind === 'moe' && feedForward.shared > 0)
  )
    candidates.push({
      family: 'shared',
      label: 'shared experts beside',
      kinds: ['dense'],
      pool,
      change: engine(pool, { sharedOverlap: true }),
    });
  return candidates;
}

/** Experts spread over half as many GPUs, with twice the copies of them, or the other way round. */
function spreads({ parallel: { ep }, model }: Pool, pool: number): readonly Candidate[] {
  if (!expertsOf(model)) return [];
  return [ep / 2, ep * 2].filter(Number.isInteger).map((to) => ({
    family: 'ep',
    label: `ep ${to}`,
    kinds: to < ep ? ['dispatch', 'combine'] : ['experts', 'waiting'],
    pool,
    change: parallel(pool, { ep: to }),
  }));
}

/** Attention split over half as many heads, with twice the copies of it, or the other way round. */
function degrees({ parallel: { tp, dp } }: Pool, pool: number): readonly Candidate[] {
  const candidates: Candidate[] = [];
  const split = (to: number, copies: number, kinds: readonly TimeKind[]) =>
    candidates.push({
      family: 'tp',
      label: `tp ${to}, dp ${copies}`,
      kinds,
      pool,
      change: parallel(pool, { tp: to, dp: copies }),
    });
  if (tp % 2 === 0) split(tp / 2, dp * 2, ['collective', 'waiting']);
  if (dp % 2 === 0) split(tp * 2, dp / 2, ['attention', 'prompt']);
  return candidates;
}

function microBatches({ parallel: split }: Pool, pool: number): readonly Candidate[] {
  if (split.pp === 1) return [];
  return [2, 4].map((factor) => ({
    family: 'micro-batches',
    label: `${factor * split.microBatches} micro-batches`,
    kinds: ['bubble'],
    pool,
    change: parallel(pool, { microBatches: factor * split.microBatches }),
  }));
}

function schedules(
  { parallel: { pp, vpp, schedule, recompute, tpOverlap, tp } }: Pool,
  pool: number,
): readonly Candidate[] {
  const candidates: Candidate[] = [];
  if (pp > 1)
    for (const other of ['zero-bubble', 'dualpipe'] as const)
      if (other !== schedule)
        candidates.push({
          family: 'schedule',
          label: other,
          kinds: other === 'dualpipe' ? ['bubble', 'dispatch', 'combine'] : ['bubble'],
          pool,
          change: parallel(pool, { schedule: other }),
        });
  if (pp > 1 && (schedule === '1f1b' || schedule === 'interleaved'))
    for (const chunks of [2, 4])
      if (chunks !== vpp)
        candidates.push({
          family: 'schedule',
          label: `vpp ${chunks}`,
          kinds: ['bubble'],
          pool,
          change: parallel(pool, { vpp: chunks, schedule: 'interleaved' }),
        });
  if (recompute.length > 0)
    candidates.push({
      family: 'recompute',
      label: 'no recomputation',
      kinds: ['attention', 'experts'],
      pool,
      change: parallel(pool, { recompute: [] }),
    });
  if (tp > 1 && tpOverlap !== true)
    candidates.push({
      family: 'tp-overlap',
      label: 'tp overlap',
      kinds: ['collective'],
      pool,
      change: parallel(pool, { tpOverlap: true }),
    });
  return candidates;
}

/** Replicas of the experts that are chosen most, where a rank has much more than its share. */
function evenLoad(evaluation: Evaluation, { model, parallel: { ep } }: Pool, pool: number): readonly Candidate[] {
  const prediction = evaluation.prediction.pools[pool];
  const [step] = prediction?.steps ?? [];
  if (!prediction || !step || !expertsOf(model) || ep === 1) return [];
  const uneven = partsOfStep(evaluation, prediction, step).reduce((sum, { unevenSeconds }) => sum + unevenSeconds, 0);
  if (uneven < 0.05 * step.seconds) return [];
  const change = changed(pool, (spec) => ({ ...spec, balance: 'eplb', redundant: spec.redundant + ep }));
  return [{ family: 'eplb', label: `EPLB, ${ep} more replicas`, kinds: ['experts'], pool, change }];
}

/** Most nodes that are moved from one pool to the other. */
const MOST_MOVED = 16;

/** Whole nodes moved from the pool that has least to do to the one that holds the others up. */
function movedNodes(evaluation: Evaluation): readonly Candidate[] {
  const { pools } = evaluation.deployment;
  const [first, second] = evaluation.prediction.pools;
  if (pools.length !== 2 || first?.load === undefined || second?.load === undefined) return [];
  const into = first.load > second.load ? 0 : 1;
  const [from, to] = [pools[1 - into], pools[into]];
  const per = evaluation.cluster.groups[0]?.node.gpus ?? 1;
  const most = Math.min(MOST_MOVED, Math.floor((from?.gpus.length ?? 0) / per) - 1);
  return Array.from({ length: Math.max(0, most) }, (_, index): Candidate => {
    const nodes = index + 1;
    return {
      family: 'nodes',
      label: `${nodes} ${nodes > 1 ? 'nodes' : 'node'} from ${from?.name} to ${to?.name}`,
      kinds: ['waiting'],
      change: (spec) => withMoved(spec, pools, into, nodes * per),
    };
  });
}

/** The plan with some GPUs moved to the other pool. Copies of attention and expert groups grow and shrink with them. */
function withMoved(spec: PlanSpec, pools: readonly Pool[], to: number, count: number): PlanSpec | undefined {
  const gpus = pools.flatMap((pool) => pool.gpus);
  const sizes = pools.map((pool, index) => pool.gpus.length + (index === to ? count : -count));
  if (sizes.some((size) => size <= 0)) return undefined;
  let begin = 0;
  const changedPools = spec.pools.map((pool, index): PoolSpec | undefined => {
    const [own, size = 0] = [pools[index], sizes[index]];
    const given = gpus.slice(begin, begin + size);
    begin += size;
    if (!own) return undefined;
    const ratio = size / own.gpus.length;
    const [dp, ep] = [own.parallel.dp * ratio, own.parallel.ep * ratio];
    if (!Number.isInteger(dp) || !Number.isInteger(ep)) return undefined;
    const experts = expertsOf(own.model)?.count ?? 0;
    const redundant = experts > 0 ? (ep - ((experts + pool.redundant) % ep)) % ep : 0;
    return {
      ...pool,
      gpus: given,
      redundant: pool.redundant + redundant,
      parallel: { ...pool.parallel, dp, ep },
    };
  });
  const whole = changedPools.flatMap((pool) => pool ?? []);
  return whole.length === spec.pools.length ? { ...spec, pools: whole } : undefined;
}
