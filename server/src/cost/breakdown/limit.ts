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
import { partBound, stepParts } from './step.ts';

const WORDS: Readonly<Record<BottleneckKind, string>> = {
  compute: 'computation',
  memory: 'memory bandwidth',
  network: 'the network',
  latency: 'start-up of kernels and transfers',
  bubble: 'the pipeline bubble',
  load: 'uneven load of experts',
  host: 'launches and the host',
};

const STEPS: Readonly<Record<Phase, string>> = {
  forward: 'step',
  training: 'step',
  prefill: 'prefill step',
  decode: 'decode step',
};

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
  const ofStep = stepLimit(pool, step, timesOf(pool));
  const apart = deployment.pools.length > 1;
  const where = [
    ...(apart ? [`pool ${pool.pool.name}`] : []),
    ...(ofStep.stage === undefined ? [] : [stageTitle(ofStep.stage)]),
  ].join(', ');
  const most = ofStep.label === undefined ? '' : `, most of it in ${ofStep.label}`;
  const share = formatRounded(bottleneckFigure(ofStep.share));
  const sentence = `${share} of the ${STEPS[step.phase]} is ${WORDS[ofStep.kind]}${most}${where === '' ? '' : ` (${where})`}.`;
  const { label: _, ...limit } = ofStep;
  return {
    ...limit,
    pool: pool.pool.name,
    phase: step.phase,
    ...(wait && { wait }),
    ofStep: sentence,
    text: [...(wait ? [wait.text] : []), sentence].join(' '),
  };
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
  const text = `Pool ${least.name} does ${amount(least.load)} of what it could, pool ${most.name} ${amount(most.load)}.`;
  return { kind: 'balance', share: 0, pool: most.name, text };
}

function othersOf(pools: readonly PoolPrediction[], full: string): string {
  const others = pools.flatMap(({ pool, load }) =>
    pool.name !== full && load !== undefined
      ? [`pool ${pool.name} does ${formatFigure(loadFigure(load))} of what it could`]
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

interface StepLimit extends Pick<Bottleneck, 'kind' | 'operation' | 'stage' | 'share'> {
  readonly label?: string;
}

const KINDS = ['compute', 'memory', 'network', 'latency', 'bubble', 'load', 'host'] as const;

/** What a step waits for most. Experts' time beyond an even load counts as load. */
export function stepLimit(
  { pool }: Pick<PoolPrediction, 'pool'>,
  step: Step,
  times: readonly TrainingTimes[] | undefined,
): StepLimit {
  const parts = stepParts(pool, step, times);
  const totals = new Map<BottleneckKind, number>();
  const count = (kind: BottleneckKind, seconds: number) => totals.set(kind, (totals.get(kind) ?? 0) + seconds);
  for (const part of parts) {
    count('load', part.unevenSeconds);
    count(partBound(part), part.seconds - part.unevenSeconds);
  }
  let kind: BottleneckKind = 'compute';
  for (const candidate of KINDS) if ((totals.get(candidate) ?? 0) > (totals.get(kind) ?? 0)) kind = candidate;
  const ofKind = parts.find((part) => (kind === 'load' ? part.unevenSeconds > 0 : partBound(part) === kind));
  const operation = ofKind?.operation;
  const stage = slowestStage(
    step,
    pool.stages.map(({ name }) => name),
  );
  return {
    kind,
    ...(operation && { operation: operation.key, label: operation.label }),
    ...(stage !== undefined && { stage }),
    share: step.seconds > 0 ? Math.min(1, (totals.get(kind) ?? 0) / step.seconds) : 0,
  };
}

/** A stage that is slower than the mean of all by more than rounding. */
const SLOWER = 1.02;

function slowestStage({ stages }: Step, names: readonly string[]): string | undefined {
  let slowest = stages[0];
  let sum = 0;
  for (const run of stages) {
    sum += run.seconds;
    if (slowest && run.seconds > slowest.seconds) slowest = run;
  }
  return slowest && slowest.seconds * stages.length > SLOWER * sum ? names[slowest.stage] : undefined;
}
