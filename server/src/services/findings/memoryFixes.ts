import type { PoolMemory } from '../../cost/evaluation.ts';
import { requestFigures, tokensFigure } from '../../cost/figures/memory.ts';
import { formatFigure } from '../../cost/format.ts';
import { NEARLY_FULL } from '../../cost/rules/context.ts';
import { Scorer } from '../../cost/score.ts';
import { dispatchBufferBytes } from '../../engines/deepep/kernels.ts';
import type { Diagnostic, Fix } from '../../language/diagnostic.ts';
import type { PoolSource, ResolvedDeployment } from '../../plan/resolve/resolved.ts';
import { childOf } from '../../plan/values.ts';
import { enumerateNames } from '../../plan/wording.ts';
import type { Analysis } from '../analysis.ts';
import { fullestOf } from '../fit.ts';
import { placeAt } from '../place.ts';
import { subjectOf } from '../subject.ts';
import { withSpec } from '../variants.ts';
import { type Setting, stepTo } from '../whatIf/settings.ts';
import { writeSettings } from '../whatIf/write.ts';
import {
  changed,
  lighter,
  MOST_GPUS,
  moreNodes,
  narrower,
  remedyWay,
  roomForBuffers,
  sameGpus,
  type Way,
} from './memoryWays.ts';

/** Most trials for one finding. */
const MOST_TRIED = 24;

/** What a finding asks of the memory of the pools that it concerns, and what is then said of them. */
type Goal = (memory: readonly PoolMemory[]) => { readonly isMet: boolean; readonly text: string } | undefined;

const fits: Goal = (memory) => {
  const fullest = fullestOf(memory.flatMap(({ classes }) => classes));
  // An engine that has no room for a single request does not start.
  const isServed = memory.every(({ requestsThatFit }) => requestsThatFit > 0);
  return fullest && { isMet: fullest.fits && isServed, text: fullest.text };
};

/** Leaves the margin that `memory-nearly-full` asks for. */
const fitsWithMargin: Goal = (memory) => {
  const fullest = fits(memory);
  const classes = memory.flatMap((pool) => pool.classes);
  return fullest && { ...fullest, isMet: classes.every((gpu) => gpu.totalBytes <= NEARLY_FULL * gpu.capacityBytes) };
};

const holdsRequests: Goal = (memory) => {
  const [first, ...others] = memory;
  if (!first) return undefined;
  const least = others.reduce((left, right) => (right.requestsThatFit < left.requestsThatFit ? right : left), first);
  const isMet = memory.every(({ requestsThatFit, requestsNeeded }) => requestsThatFit >= Math.floor(requestsNeeded));
  return { isMet, text: `${formatFigure(requestFigures(least).fit)} requests at once` };
};

const starts: Goal = (memory) => {
  const tokens = Math.min(...memory.map(({ startup }) => startup?.tokens ?? Number.POSITIVE_INFINITY));
  const cache = Number.isFinite(tokens) ? `, ${formatFigure(tokensFigure(tokens))} of cache` : '';
  return { isMet: memory.every(({ startup }) => startup?.start.ok === true), text: `starts${cache}` };
};

const GOALS: Readonly<Record<string, Goal>> = {
  'memory-over-capacity': fits,
  'memory-nearly-full': fitsWithMargin,
  'kv-cache-too-small': holdsRequests,
};

/**
 * Changes that make a deployment fit, or hold the requests of its workload: smaller steps of the engine, a larger degree on the
 * same GPUs, more nodes, or narrower types, and for each kind the smallest change. Every change was tried, and its title says
 * what it leads to.
 */
export function memoryFixes(analysis: Analysis, { span, rule }: Diagnostic): readonly Fix[] {
  const place = placeAt(analysis, span.start);
  const subject = place && subjectOf(analysis, place.blocks);
  const first = subject?.pools[0];
  const goal = GOALS[rule];
  if (!subject || !first || !goal) return [];
  const { resolved, draft } = subject;
  const pools = poolsWith(resolved, first.source);
  if (draft.gpus.length > MOST_GPUS) return [];
  const trials = new Trials(analysis, resolved, { pools, first: first.index, goal });
  const smaller = trials.firstThatHelps(lighter(first.pool, first.index, resolved));
  const spread =
    trials.firstThatHelps(sameGpus(draft.cluster, first.pool)) ??
    trials.firstThatHelps(moreNodes(first.pool, resolved));
  return [smaller, spread, trials.firstThatHelps(narrower(first.pool, resolved, first.source.holder))].flatMap(
    (fix) => fix ?? [],
  );
}

interface Tried {
  /** The pools that share the degrees of the one that the finding is about, and that pool. */
  readonly pools: readonly number[];
  readonly first: number;
  readonly goal: Goal;
}

/** Tries ways and writes those that help, within a time that a person waits. */
class Trials {
  private readonly analysis: Analysis;
  private readonly resolved: ResolvedDeployment;
  private readonly tried: Tried;
  private readonly scorer = new Scorer();
  private left = MOST_TRIED;

  constructor(analysis: Analysis, resolved: ResolvedDeployment, tried: Tried) {
    this.analysis = analysis;
    this.resolved = resolved;
    this.tried = tried;
  }

  firstThatHelps(ways: readonly Way[]): Fix | undefined {
    for (const way of ways) {
      if (this.left-- <= 0) return undefined;
      const result = this.try(way);
      const fix = result?.isMet ? this.write(way, result.text) : undefined;
      if (fix) return fix;
    }
    return undefined;
  }

  private try(way: Way): ReturnType<Goal> {
    const { pools, first, goal } = this.tried;
    const spec = withSpec(this.resolved, (written) => changed(written, way, pools, first));
    if (!spec) return undefined;
    try {
      const score = this.scorer.score(spec);
      if ('invalid' in score) return undefined;
      // Types and settings of the engine are those of one pool, degrees of all that share them; more nodes change what every
      // pool has.
      const touched = way.nodes !== undefined ? undefined : way.degrees || way.steps ? pools : [first];
      const memory = score.memory.filter((_, index) => touched?.includes(index) ?? true);
      return goal(memory);
    } catch {
      // A way that cannot be predicted is not offered.
      return undefined;
    }
  }

  private write(way: Way, text: string): Fix | undefined {
    const settings = this.settingsOf(way);
    const written = writeSettings(this.analysis, this.resolved, settings);
    if ('refused' in written) return undefined;
    const statements = settings.map(({ path, property, value }) => {
      const statement = `${property} = ${String(value)}`;
      const block = path.at(-1)?.keyword ?? '';
      return block === 'types' || block === 'engine' ? `\`${block} { ${statement} }\`` : `\`${statement}\``;
    });
    return { title: `Write ${enumerateNames(statements)}: ${text}`, edits: written.edits, preferred: false };
  }

  private settingsOf({ degrees = {}, types = {}, engine = {}, steps = {}, nodes }: Way): readonly Setting[] {
    const { draft, entity, sources } = this.resolved;
    const { holder, parallel } = sources[this.tried.first] ?? {};
    const ofPool = holder && holder !== entity ? [stepTo(holder)] : [];
    const [group] = draft?.cluster.groups ?? [];
    const path = parallel?.parent === entity ? [] : ofPool;
    const inside = (keyword: string, at: Setting['path'], values: Readonly<Record<string, number | string>>) =>
      Object.entries(values).map(
        ([property, value]): Setting => ({ block: 'deployment', path: [...at, { keyword }], property, value }),
      );
    return [
      ...(nodes !== undefined && group
        ? [{ block: 'cluster', path: [], property: 'count', value: group.count * nodes } as const]
        : []),
      ...inside('parallel', path, { ...degrees, ...stepSettings(steps) }),
      ...inside('types', ofPool, types),
      ...inside('engine', holder && childOf(holder, 'engine') ? ofPool : [], engineSettings(engine)),
    ];
  }
}

/** Parts of a batch as a plan writes them. */
function stepSettings({ microBatches, recompute }: NonNullable<Way['steps']>) {
  return {
    ...(microBatches !== undefined && { 'micro-batches': microBatches }),
    ...(recompute && { recompute: recompute.join(', ') }),
  };
}

/** Settings of an engine as a plan writes them. */
function engineSettings({
  stepTokens,
  chunkTokens,
  maxRequests,
  maxContext,
  memoryFraction,
  dispatchTokens,
}: NonNullable<Way['engine']>) {
  return {
    ...(memoryFraction !== undefined && { 'memory-fraction': memoryFraction }),
    ...(maxContext !== undefined && { 'max-context': `${maxContext} tokens` }),
    ...(dispatchTokens !== undefined && { 'dispatch-tokens': `${dispatchTokens} tokens` }),
    ...(stepTokens !== undefined && { 'step-tokens': `${stepTokens} tokens` }),
    ...(chunkTokens !== undefined && { chunk: `${chunkTokens} tokens` }),
    ...(maxRequests !== undefined && { 'max-requests': maxRequests }),
  };
}

/**
 * The smallest change with which an engine that refuses a plan starts: what it says itself, else a larger degree on the same GPUs
 * or more nodes. Every change was tried.
 */
export function startFixes(analysis: Analysis, { span }: Diagnostic): readonly Fix[] {
  const place = placeAt(analysis, span.start);
  const subject = place && subjectOf(analysis, place.blocks);
  const refused = subject?.pools.flatMap(({ pool, source, index }) => {
    const start = subject.sizes?.memory[index]?.startup?.start;
    return !start || start.ok ? [] : [{ pool, source, index, remedy: start.remedy }];
  })[0];
  if (!subject || !refused || subject.draft.gpus.length > MOST_GPUS) return [];
  const { resolved, draft } = subject;
  const { pool, source, index, remedy } = refused;
  const trials = new Trials(analysis, resolved, { pools: poolsWith(resolved, source), first: index, goal: starts });
  const own = remedy && trials.firstThatHelps([remedyWay(remedy)]);
  if (own) return [{ ...own, preferred: true }];
  const spread =
    trials.firstThatHelps(sameGpus(draft.cluster, pool)) ?? trials.firstThatHelps(moreNodes(pool, resolved));
  return spread ? [spread] : [];
}

/** A smaller share of the memory, or fewer tokens of a dispatch, with which the buffers have room beside that share. */
export function bufferFixes(analysis: Analysis, { span }: Diagnostic): readonly Fix[] {
  const place = placeAt(analysis, span.start);
  const subject = place && subjectOf(analysis, place.blocks);
  const first = subject?.pools.find(({ pool }) => dispatchBufferBytes(pool) > 0);
  if (!subject || !first || subject.draft.gpus.length > MOST_GPUS) return [];
  const { resolved } = subject;
  const tried = { pools: poolsWith(resolved, first.source), first: first.index, goal: fits };
  const trials = new Trials(analysis, resolved, tried);
  return roomForBuffers(first.pool, resolved).flatMap((way) => trials.firstThatHelps([way]) ?? []);
}

/** The pools that share the degrees of one. */
function poolsWith(resolved: ResolvedDeployment, { parallel, holder }: PoolSource): readonly number[] {
  return resolved.sources.flatMap((source, index) =>
    source.holder === holder || (parallel && source.parallel === parallel) ? [index] : [],
  );
}
