import type { Deployment } from '../../plan/deployment.ts';
import { stageTitle } from '../../plan/stageTitle.ts';
import type { Bottleneck, BottleneckKind, PoolMemory, PoolPrediction, Prediction, RequestWait } from '../evaluation.ts';
import { bottleneckFigure, loadFigure, requestPartFigure } from '../figures/bottleneck.ts';
import { requestFigures } from '../figures/memory.ts';
import { overloadFigures } from '../figures/step.ts';
import { formatFigure, formatOf, formatRounded } from '../format.ts';
import type { Phase, Step } from '../operation.ts';
import type { TrainingTimes } from '../training/times.ts';
import { type RequestPartKind, requestParts } from './request.ts';
import { partBound, type StepPart, stepParts } from './step.ts';
import { BOUND_WORDS, partInSentence, STEP_WORDS } from './words.ts';

/** The part of a request's latency from which on its wait is said first. */
const LONG_WAIT = 0.3;
/** A pool with so little to do, or so much less than another, is out of balance. */
const FULL = 0.9;
const UNEVEN = 2;

/** What `limitOf` asks of a prediction. */
export type Predictions = Pick<
  Prediction,
  'pools' | 'latencySeconds' | 'ttftSeconds' | 'tpotSeconds' | 'overload' | 'stepSeconds'
>;

/**
 * What limits a deployment: where requests wait for a pool or for room in the cache, that first; then what the step of the pool
 * that holds the others up waits for most, in shares of the step. Communication that other work hides is no part of it.
 */
export function limitOf(
  { deployment, memory }: { readonly deployment: Deployment; readonly memory: readonly PoolMemory[] },
  predictions: Predictions,
  timesOf: (pool: PoolPrediction) => readonly TrainingTimes[] | undefined,
): Bottleneck {
  const request = new Map(requestParts(deployment, predictions).map(({ kind, seconds }) => [kind, seconds]));
  const wait = waitOf(memory, predictions, request);
  const { pool, step } = limiting(predictions, request, wait);
  const parts = stepParts(step, timesOf(pool));
  const bound = boundOf(parts, step);
  const largest = largestKind(parts, step);
  const stage = slowestStage(pool, step);
  const ofPool = deployment.pools.length > 1 ? [`pool ${pool.pool.name}`] : [];
  const ofStage = stage === undefined ? [] : [`${stageTitle(stage)} is the slowest`];
  const where = inBrackets([...ofPool, ...ofStage]);
  // The wait before it may have named the pool.
  const isPoolTold = ofPool.some((named) => wait?.text.includes(`for ${named}`));
  const ofStep = `${formatRounded(bottleneckFigure(bound.share))} of the ${STEP_WORDS[step.phase]} is ${BOUND_WORDS[bound.kind]}${bound.most}${where}.`;
  const part = `The largest part of the ${STEP_WORDS[step.phase]} is ${largest.text}${isPoolTold ? inBrackets(ofStage) : where}.`;
  return {
    kind: bound.kind,
    ...(bound.operation !== undefined && { operation: bound.operation }),
    ...(stage !== undefined && { stage }),
    part: largest.kind,
    share: largest.share,
    pool: pool.pool.name,
    phase: step.phase,
    ...(wait && { wait }),
    ofStep,
    text: [...(wait ? [wait.text] : []), part].join(' '),
  };
}

function inBrackets(places: readonly string[]): string {
  return places.length === 0 ? '' : ` (${places.join(', ')})`;
}

/** Waits of a request worth telling: the queue of a pool that is full, room in the cache, prompts of others. */
function waitOf(
  memory: readonly PoolMemory[],
  { pools, latencySeconds = 0, overload }: Predictions,
  request: ReadonlyMap<RequestPartKind, number>,
): RequestWait | undefined {
  if (memory.some(({ requestsThatFit }) => requestsThatFit === 0))
    return {
      kind: 'cache',
      share: 1,
      text: 'The KV cache has room for no request of this length, so nothing is served.',
    };
  if (overload) {
    const { arriving, finishing } = overloadFigures(overload);
    const text = `Of ${formatFigure(arriving)} that arrive ${formatFigure(finishing)} are finished, so the queue grows without end.`;
    return { kind: 'overload', share: 1, text, ...fullestPool(pools) };
  }
  const seconds = request.get('waiting') ?? 0;
  const share = latencySeconds > 0 ? seconds / latencySeconds : 0;
  const full = fullestPool(pools);
  if (share < LONG_WAIT) return full && unbalanced(pools);
  const waits = `A request waits ${formatOf(requestPartFigure(seconds), requestPartFigure(latencySeconds))}`;
  if (full)
    return { kind: 'pool', share, ...full, text: `${waits} for pool ${full.pool}${othersOf(pools, full.pool)}.` };
  const crowded = memory.find(({ requestsThatFit, requestsNeeded }) => requestsThatFit < Math.floor(requestsNeeded));
  if (!crowded) return { kind: 'prompts', share, text: `${waits} while prompts of others are read.` };
  const { fit, needed } = requestFigures(crowded);
  const text = `${waits} for room in the KV cache, which holds ${formatFigure(fit)} of ${formatFigure(needed)} requests.`;
  return { kind: 'cache', share, text };
}

/** Pools of which one has much less to do than another, where nobody waits long. */
function unbalanced(pools: readonly PoolPrediction[]): RequestWait | undefined {
  const loads = pools.flatMap(({ pool, load }) => (load === undefined ? [] : [{ name: pool.name, load }]));
  const [least, most] = [...loads]
    .sort((a, b) => a.load - b.load)
    .flatMap((one, at, all) => (at === 0 || at === all.length - 1 ? [one] : []));
  if (!least || !most || most.load < least.load * UNEVEN) return undefined;
  const amount = (load: number) => formatFigure(loadFigure(load));
  const text = `Pool ${least.name} is at ${amount(least.load)} of its capacity, pool ${most.name} at ${amount(most.load)}.`;
  return { kind: 'balance', share: 0, pool: most.name, text };
}

function othersOf(pools: readonly PoolPrediction[], full: string): string {
  const others = pools.flatMap(({ pool, load }) =>
    pool.name !== full && load !== undefined
      ? [`pool ${pool.name} is at ${formatFigure(loadFigure(load))} of its capacity`]
      : [],
  );
  return others.length > 0 ? `, while ${others.join(' and ')}` : '';
}

/** The pool that has most to do of what it can, where pools are apart. */
function fullestPool(pools: readonly PoolPrediction[]): { readonly pool: string } | undefined {
  let fullest: PoolPrediction | undefined;
  for (const pool of pools) if (pool.load !== undefined && pool.load > (fullest?.load ?? 0)) fullest = pool;
  return fullest && { pool: fullest.pool.name };
}

interface Limiting {
  readonly pool: PoolPrediction;
  readonly step: Step;
}

/**
 * The step that holds the others up: of the pool that is full; of one pool that does both the phase in which it spends more of
 * its time; where nobody waits the phase that takes more of a request.
 */
function limiting(
  { pools, stepSeconds }: Predictions,
  request: ReadonlyMap<RequestPartKind, number>,
  wait: RequestWait | undefined,
): Limiting {
  const main = pools.find(({ steps }) => steps[0]?.seconds === stepSeconds) ?? pools[0];
  const stepIn = (phase: Phase) => {
    for (const pool of pools) {
      const step = pool.steps.find((candidate) => candidate.phase === phase);
      if (step) return { pool, step };
    }
    return undefined;
  };
  const named = pools.find(
    ({ pool, load = 0 }) => pool.name === wait?.pool && (wait.share >= LONG_WAIT || load > FULL),
  );
  if (named?.steps[0]) return { pool: named, step: named.steps[0] };
  const seconds = (kind: RequestPartKind) => request.get(kind) ?? 0;
  const waited = wait?.kind === 'prompts' ? seconds('waiting') : 0;
  const reading = seconds('prompt') + seconds('between') + waited;
  const found = reading > seconds('generating') ? stepIn('prefill') : undefined;
  if (found) return found;
  const [step] = main?.steps ?? [];
  if (!main || !step) throw new RangeError('a deployment has a pool with a step');
  return { pool: main, step };
}

const KINDS = ['compute', 'memory', 'network', 'latency', 'bubble', 'load', 'host', 'update'] as const;

/** What a step waits for most. Experts' time beyond an even load counts as load. */
function boundOf(parts: readonly StepPart[], step: Step) {
  const totals = new Map<BottleneckKind, number>();
  const count = (kind: BottleneckKind, seconds: number) => totals.set(kind, (totals.get(kind) ?? 0) + seconds);
  for (const part of parts) {
    count('load', part.unevenSeconds);
    count(partBound(part), part.seconds - part.unevenSeconds);
  }
  let kind: BottleneckKind = 'compute';
  for (const candidate of KINDS) if ((totals.get(candidate) ?? 0) > (totals.get(kind) ?? 0)) kind = candidate;
  const operation = parts.find((part) =>
    kind === 'load' ? part.unevenSeconds > 0 : partBound(part) === kind,
  )?.operation;
  return {
    kind,
    share: shareOf(totals.get(kind) ?? 0, step),
    operation: operation?.key,
    most: operation ? `, most of it in ${operation.label}` : '',
  };
}

/** The kind of parts that takes most of a step, as the first row of the list of its parts. */
function largestKind(parts: readonly StepPart[], step: Step) {
  const totals = new Map<StepPart['kind'], { seconds: number; uneven: number; largest: StepPart }>();
  for (const part of parts) {
    const total = totals.get(part.kind) ?? { seconds: 0, uneven: 0, largest: part };
    total.seconds += part.seconds;
    total.uneven += part.unevenSeconds;
    totals.set(part.kind, total);
  }
  const [first] = [...totals].toSorted(([, a], [, b]) => b.seconds - a.seconds);
  if (!first) throw new RangeError('a step takes time');
  const [kind, { seconds, uneven, largest }] = first;
  const share = shareOf(seconds, step);
  const bound = uneven > seconds / 2 ? 'load' : partBound(largest);
  // What is waited for and its name are one for the bubble and for the host.
  const words = bound === 'bubble' || bound === 'host' ? '' : `, bound by ${BOUND_WORDS[bound]}`;
  return { kind, share, text: `${partInSentence(kind)}: ${formatRounded(bottleneckFigure(share))}${words}` };
}

function shareOf(seconds: number, step: Step): number {
  return step.seconds > 0 ? Math.min(1, seconds / step.seconds) : 0;
}

/** A stage that is slower than the mean of all by more than rounding. */
const SLOWER = 1.02;

function slowestStage({ pool }: Pick<PoolPrediction, 'pool'>, { stages }: Step): string | undefined {
  let slowest = stages[0];
  let sum = 0;
  for (const run of stages) {
    sum += run.seconds;
    if (slowest && run.seconds > slowest.seconds) slowest = run;
  }
  if (!slowest || slowest.seconds * stages.length <= SLOWER * sum) return undefined;
  return pool.stages[slowest.stage]?.name;
}
