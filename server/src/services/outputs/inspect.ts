import type { Evaluation, GpuMemory } from '../../cost/evaluation.ts';
import { checkClaims } from '../../cost/figures/claims.ts';
import { type Doubt, doubtsOf } from '../../cost/figures/doubts.ts';
import type { Figure } from '../../cost/figures/figure.ts';
import { figuresOf } from '../../cost/figures/figures.ts';
import { cacheFigures, weightBytesOf } from '../../cost/figures/memory.ts';
import { constantsOfFigure, constantsUsed, type UsedConstants } from '../../cost/figures/provenance.ts';
import { engineProfile } from '../../engines/index.ts';
import { buildDag, defaultOptions } from '../../graph/build.ts';
import { graphFacts } from '../../graph/validate.ts';
import type { Pool, Stage } from '../../plan/deployment.ts';
import { rankOf } from '../../plan/ranks.ts';
import type { ResolvedDeployment } from '../../plan/resolve/resolved.ts';
import type { Analysis } from '../analysis.ts';

/** What `moeplan inspect` prints, by schemas/inspect.schema.json, in bytes, seconds and tokens per second. */
export interface Inspection {
  readonly deployments: readonly InspectedDeployment[];
}

export interface InspectedDeployment {
  readonly name: string;
  readonly gpus: readonly number[];
  readonly memory: {
    readonly capacityBytes: number;
    /** Tokens of the longest request that fits alone. Absent when nothing limits it. */
    readonly longestContextTokens?: number;
    /** Requests of the workload's length that fit at once. Absent without a cache. */
    readonly requestsThatFit?: number;
    /** Of each pool that serves. */
    readonly startup?: readonly InspectedStartup[];
    readonly perGpu: readonly InspectedGpu[];
  };
  readonly parameters: { readonly total: number; readonly perExpert: number };
  readonly prediction: {
    readonly throughputTokensPerSecond?: number;
    readonly latencySeconds?: number;
    readonly stepSeconds: number;
    readonly ttftSeconds?: number;
    readonly tpotSeconds?: number;
    readonly utilisation?: number;
    readonly bubbleFraction: number;
    readonly bottleneck: string;
    /** Low and high end of each predicted figure, with its formula and source. */
    readonly figures: Readonly<Record<string, InspectedFigure>>;
    /** Constants behind them, with the largest share of the time first. */
    readonly constants: readonly UsedConstants[];
    /** What each step is made of, those parts first that widen its band most. */
    readonly parts: readonly Doubt[];
  };
  readonly graph: ReturnType<typeof graphFacts>;
  readonly claims: readonly {
    readonly name: string;
    readonly claimed: number;
    readonly computed: number;
    readonly holds: boolean;
  }[];
}

export interface InspectedFigure {
  readonly value: number;
  readonly unit: string;
  readonly low?: number;
  readonly high?: number;
  readonly formula: string;
  readonly source: string;
  /** Names, from `constants`, of the sets behind the figure. Absent for figures that are counted. */
  readonly constants?: readonly string[];
}

export interface InspectedGpu {
  readonly gpu: number;
  readonly capacityBytes: number;
  readonly totalBytes: number;
  readonly weightsBytes: number;
  readonly expertBytes: number;
  readonly kvCacheBytes: number;
  readonly activationBytes: number;
  readonly bufferBytes: number;
  readonly reserveBytes: number;
  readonly gradientBytes: number;
  readonly optimizerBytes: number;
  /** Experts (or parts of them) on the GPU as `LAYER/EXPERT`. Left out when there are more than anyone reads. */
  readonly experts?: readonly string[];
}

/**
 * Most experts that are named over all GPUs of a deployment: 100,000 GPUs would name 50 million, more than a string can
 * hold.
 */
const MOST_EXPERTS_NAMED = 2_000_000;

/** Deployments that cannot be computed are left out. Their diagnostics say why. */
export function inspect(analysis: Analysis, only?: string): Inspection {
  return {
    deployments: analysis.plan.deployments.flatMap((resolved) => {
      const evaluation = only === undefined || resolved.name === only ? analysis.evaluationOf(resolved) : undefined;
      return evaluation ? [inspectDeployment(resolved, evaluation)] : [];
    }),
  };
}

function inspectDeployment(resolved: ResolvedDeployment, evaluation: Evaluation): InspectedDeployment {
  const { deployment, parameters, prediction, memory } = evaluation;
  const classes = memory.flatMap((pool) => pool.classes);
  const { throughput, latency, ttft, tpot, utilisation, longestContext, requestsThatFit } = figuresOf(evaluation);
  const used = constantsUsed(evaluation);
  return {
    name: deployment.name,
    gpus: deployment.gpus,
    memory: {
      capacityBytes: Math.min(...classes.map((gpu) => gpu.capacityBytes)),
      ...(longestContext && { longestContextTokens: longestContext.value }),
      ...(requestsThatFit && { requestsThatFit: requestsThatFit.value }),
      ...startups(evaluation),
      perGpu: classes.flatMap(gpusOfClass(evaluation)).toSorted((left, right) => left.gpu - right.gpu),
    },
    parameters: { total: parameters.total, perExpert: parameters.perExpert },
    prediction: {
      ...(throughput && { throughputTokensPerSecond: throughput.value }),
      ...(latency && { latencySeconds: latency.value }),
      stepSeconds: prediction.stepSeconds,
      ...(ttft && { ttftSeconds: ttft.value }),
      ...(tpot && { tpotSeconds: tpot.value }),
      ...(utilisation && { utilisation: utilisation.value }),
      bubbleFraction: prediction.bubbleFraction,
      bottleneck: prediction.bottleneck.text,
      figures: inspectFigures(evaluation, used),
      constants: used,
      parts: doubtsOf(evaluation),
    },
    graph: graphFacts(buildDag(evaluation, defaultOptions(evaluation))),
    claims: checkClaims(resolved.claims, evaluation).map(({ claim, figure, holds }) => ({
      name: claim.name,
      claimed: claim.value,
      computed: figure.value,
      holds,
    })),
  };
}

/** What each engine will say of its memory at start-up, and the account behind it, whose amounts add up to the cache. */
export interface InspectedStartup {
  readonly pool: string;
  readonly engine: string;
  readonly starts: boolean;
  readonly cacheBytes: number;
  /** The band of `cacheBytes`. Absent without start-up logs to tell it from. */
  readonly low?: number;
  readonly high?: number;
  readonly tokens?: number;
  readonly log: readonly string[];
  readonly account: readonly { readonly text: string; readonly bytes: number }[];
}

function startups({ deployment, memory }: Evaluation): { readonly startup?: readonly InspectedStartup[] } {
  const startup = deployment.pools.flatMap((pool, index): InspectedStartup[] => {
    const started = memory[index]?.startup;
    if (!started) return [];
    const { account, tokens, start } = started;
    const { cacheBytes } = account;
    const { maxContext, name } = pool.engine;
    const counted = { cacheBytes, ...(tokens !== undefined && { tokens }) };
    const log = engineProfile(name).memory.log({ ...counted, ...(maxContext !== undefined && { maxContext }) });
    return [
      {
        pool: pool.name,
        engine: name,
        starts: start.ok,
        ...counted,
        ...cacheFigures(name, started).cache.band,
        log,
        account: account.lines,
      },
    ];
  });
  return startup.length === 0 ? {} : { startup };
}

function inspectFigures(
  evaluation: Evaluation,
  used: readonly UsedConstants[],
): Readonly<Record<string, InspectedFigure>> {
  const entries = Object.entries(figuresOf(evaluation)).flatMap(([name, figure]: [string, Figure | undefined]) => {
    if (!figure) return [];
    const { value, unit, band, formula, source } = figure;
    const constants = constantsOfFigure(used, name, figure);
    const provenance = { formula, source, ...(constants.length > 0 && { constants }) };
    return [[name, { value, unit, ...(band && { low: band.low, high: band.high }), ...provenance }] as const];
  });
  return Object.fromEntries(entries);
}

/** Lists the GPUs of a class one by one. This happens only here and where lanes are drawn. */
function gpusOfClass({ deployment, memory: pools }: Evaluation): (memory: GpuMemory) => InspectedGpu[] {
  const named = pools.reduce(
    (sum, { classes }) =>
      sum + classes.reduce((held, { gpuClass }) => held + gpuClass.gpus.length * gpuClass.experts, 0),
    0,
  );
  const holders = new Map(
    deployment.pools.flatMap((pool) => {
      const places = new Map(pool.gpus.map((gpu, index) => [gpu, index]));
      return pool.stages.map((stage) => [stage, new Holders(pool, stage, places)] as const);
    }),
  );
  return (memory) => {
    const { stage, gpus } = memory.gpuClass;
    return gpus.map((gpu) => ({
      gpu,
      capacityBytes: memory.capacityBytes,
      totalBytes: memory.totalBytes,
      weightsBytes: weightBytesOf(memory),
      expertBytes: memory.expertBytes,
      kvCacheBytes: memory.kvCacheBytes,
      activationBytes: memory.activationBytes,
      bufferBytes: memory.bufferBytes,
      reserveBytes: memory.reserveBytes,
      gradientBytes: memory.gradientBytes,
      optimizerBytes: memory.optimizerBytes,
      ...(named <= MOST_EXPERTS_NAMED && { experts: holders.get(stage)?.expertsOn(gpu) ?? [] }),
    }));
  };
}

/** Which experts of a stage each rank holds. Ranks that hold the same share one list. */
class Holders {
  private readonly pool: Pool;
  private readonly stage: Stage;
  private readonly places: ReadonlyMap<number, number>;
  private readonly positions: ReadonlyMap<number, number>;
  private readonly cache = new Map<number, readonly string[]>();

  /** `places` are those of the pool's GPUs, which all its stages share. */
  constructor(pool: Pool, stage: Stage, places: ReadonlyMap<number, number>) {
    this.pool = pool;
    this.stage = stage;
    this.places = places;
    this.positions = new Map(stage.gpus.map((gpu, position) => [gpu, position]));
  }

  expertsOn(gpu: number): readonly string[] {
    const { pool, stage } = this;
    // A GPU of another replica holds what its counterpart in the first replica holds.
    const size = pool.gpus.length / pool.replicas;
    const home = pool.replicas > 1 ? pool.gpus[(this.places.get(gpu) ?? 0) % size] : gpu;
    const position = this.positions.get(home ?? gpu);
    if (position === undefined) return [];
    const { ep } = rankOf(pool, stage, position);
    const experts =
      this.cache.get(ep) ??
      [...stage.experts].flatMap(([layer, map]) => (map.ranks[ep] ?? []).map((expert) => `${layer}/${expert}`));
    this.cache.set(ep, experts);
    return experts;
  }
}
