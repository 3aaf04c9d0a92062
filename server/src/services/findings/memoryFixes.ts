import { expertsOf } from '../../cost/parameters/parameters.ts';
import { type Degree, isWorkingDegree, largerDegrees } from '../../cost/rules/largerDegrees.ts';
import { Scorer } from '../../cost/score.ts';
import type { Diagnostic, Fix } from '../../language/diagnostic.ts';
import type { Entity } from '../../language/entity.ts';
import type { Cluster } from '../../plan/cluster.ts';
import type { Pool } from '../../plan/deployment.ts';
import { divisors } from '../../plan/divisors.ts';
import { BYTES_PER_ELEMENT, type NumberType, type TensorTypes } from '../../plan/model.ts';
import type { ResolvedDeployment } from '../../plan/resolve/resolved.ts';
import type { PlanSpec, PoolSpec } from '../../plan/spec.ts';
import { childOf, childrenOf, targetOf } from '../../plan/values.ts';
import { enumerateNames } from '../../plan/wording.ts';
import type { Analysis } from '../analysis.ts';
import { fullestOf } from '../fit.ts';
import { placeAt } from '../place.ts';
import { subjectOf } from '../subject.ts';
import { withSpec } from '../variants.ts';
import { type Setting, stepTo } from '../whatIf/settings.ts';
import { writeSettings } from '../whatIf/write.ts';

/** Plans with more GPUs are not tried, because each trial makes a new layout. */
const MOST_GPUS = 1_024;
/** Most trials for one finding. */
const MOST_TRIED = 24;
const TIMES_NODES = [2, 3, 4, 8];

/** In the order of the trials: those that move least come first. */
const DEGREES: readonly Degree[] = ['ep', 'tp', 'etp', 'pp'];

/** One way to make a deployment fit, in the form for a trial and in the form for the text. */
interface Way {
  readonly degrees?: Readonly<Partial<Record<Degree, number>>>;
  readonly types?: Partial<TensorTypes>;
  /** Factor on the number of nodes. */
  readonly nodes?: number;
}

/**
 * Changes that make a deployment fit: a larger degree on the same GPUs, more nodes, or narrower types, and for each kind
 * the smallest change. Every change was tried, and its title says what the fullest GPU then holds.
 */
export function memoryFixes(analysis: Analysis, { span }: Diagnostic): readonly Fix[] {
  const place = placeAt(analysis, span.start);
  const subject = place && subjectOf(analysis, place.blocks);
  const first = subject?.pools[0];
  if (!subject || !first) return [];
  const { resolved, draft } = subject;
  const { parallel } = first.source;
  const pools = resolved.sources.flatMap((source, index) =>
    source === first.source || (parallel && source.parallel === parallel) ? [index] : [],
  );
  if (draft.gpus.length > MOST_GPUS) return [];
  const trials = new Trials(analysis, resolved, pools, first.index);
  const spread =
    trials.firstThatFits(sameGpus(draft.cluster, first.pool)) ?? trials.firstThatFits(moreNodes(first.pool, resolved));
  return [spread, trials.firstThatFits(narrower(first.pool, resolved, first.source.holder))].flatMap(
    (fix) => fix ?? [],
  );
}

/**
 * Each degree with the values that divide what it splits, the smallest first, then two degrees together. Everything else
 * that is written stays.
 */
function sameGpus(cluster: Cluster, pool: Pool): readonly Way[] {
  // Derived degrees make room for written ones, so values beyond the copies of a part are tried as well.
  const larger = (degree: Degree) =>
    divisors(pool.gpus.length).filter(
      (value) => value > pool.parallel[degree] && isWorkingDegree(cluster, pool, degree, value),
    );
  const [tp, ep] = [larger('tp').at(-1), larger('ep').at(-1)];
  return [
    ...DEGREES.flatMap((degree) => larger(degree).map((value): Way => ({ degrees: { [degree]: value } }))),
    ...(tp !== undefined && ep !== undefined ? [{ degrees: { tp, ep } }] : []),
  ];
}

/** More nodes alone, or with one degree that grows with them. Copies of the model would not need less memory each. */
function moreNodes(pool: Pool, { spec, entity }: ResolvedDeployment): readonly Way[] {
  const isOpen = spec?.gpus === undefined && spec?.cluster.groups.length === 1;
  const cluster = targetOf(entity, 'cluster');
  // Groups say their own numbers of nodes: beside them `count` has no effect.
  if (cluster && childrenOf(cluster, 'group').length > 0) return [];
  if (!isOpen || spec.pools.some((poolSpec) => poolSpec.gpus || poolSpec.stages.some(({ gpus }) => gpus))) return [];
  const tp = largerDegrees(spec.cluster, pool, 'tp').at(-1);
  return TIMES_NODES.filter((nodes) => pool.gpus.length * nodes <= MOST_GPUS).flatMap((nodes): readonly Way[] => {
    const gpuCount = pool.gpus.length * nodes;
    return [
      { nodes },
      ...DEGREES.flatMap((degree): readonly Way[] => {
        const size = pool.parallel[degree] * nodes;
        return isWorkingDegree(spec.cluster, pool, degree, size) ? [{ nodes, degrees: { [degree]: size } }] : [];
      }),
      ...(tp !== undefined && isWorkingDegree(spec.cluster, pool, 'ep', gpuCount)
        ? [{ nodes, degrees: { tp, ep: gpuCount } }]
        : []),
    ];
  });
}

/** Types in which the GPUs compute, the widest first. This does not apply to training. */
function narrower(pool: Pool, { spec, draft, entity }: ResolvedDeployment, holder: Entity): readonly Way[] {
  if (!spec || !draft || draft.workload.kind === 'training') return [];
  // A types block of the pool's own would replace everything that the deployment states about types.
  if (holder !== entity && !childOf(holder, 'types') && childOf(entity, 'types')) return [];
  const gpus = draft.cluster.groups.map(({ node }) => node.gpu);
  const types: readonly NumberType[] = [
    ...(gpus.every(({ peak }) => peak.fp8 !== undefined) ? (['fp8'] as const) : []),
    ...(gpus.every(({ peak }) => peak.fp4 !== undefined) ? (['nvfp4'] as const) : []),
    'int4',
  ];
  const isNarrower = (type: NumberType, than: NumberType) => BYTES_PER_ELEMENT[type] < 0.9 * BYTES_PER_ELEMENT[than];
  const kv: readonly Way[] = isNarrower('fp8', pool.model.types.kv) ? [{ types: { kv: 'fp8' } }] : [];
  const experts = expertsOf(pool.model);
  return [
    ...kv,
    ...types.flatMap((type): readonly Way[] => [
      ...(isNarrower(type, pool.model.types.weights) ? [{ types: { weights: type } }] : []),
      ...(experts && isNarrower(type, pool.model.types.experts) ? [{ types: { experts: type } }] : []),
    ]),
  ];
}

/** Tries ways and writes those that fit, within a time that a person waits. */
class Trials {
  private readonly analysis: Analysis;
  private readonly resolved: ResolvedDeployment;
  /** The pools that share the degrees of the one that the finding is about, and that pool. */
  private readonly pools: readonly number[];
  private readonly first: number;
  private readonly scorer = new Scorer();
  private left = MOST_TRIED;

  constructor(analysis: Analysis, resolved: ResolvedDeployment, pools: readonly number[], first: number) {
    this.analysis = analysis;
    this.resolved = resolved;
    this.pools = pools;
    this.first = first;
  }

  firstThatFits(ways: readonly Way[]): Fix | undefined {
    for (const way of ways) {
      if (this.left-- <= 0) return undefined;
      const fit = this.fit(way);
      const fix = fit?.fits ? this.write(way, fit.text) : undefined;
      if (fix) return fix;
    }
    return undefined;
  }

  private fit(way: Way): ReturnType<typeof fullestOf> {
    const spec = withSpec(this.resolved, (written) => changed(written, way, this.pools, this.first));
    if (!spec) return undefined;
    try {
      const score = this.scorer.score(spec);
      if ('invalid' in score) return undefined;
      // Types are those of one pool, degrees of all that share them; more nodes change what every pool has.
      const touched = way.nodes !== undefined ? undefined : way.types ? [this.first] : this.pools;
      const memory = score.memory.filter((_, index) => touched?.includes(index) ?? true);
      return fullestOf(memory.flatMap(({ classes }) => classes));
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
      return path.at(-1)?.keyword === 'types' ? `\`types { ${statement} }\`` : `\`${statement}\``;
    });
    return { title: `Write ${enumerateNames(statements)}: ${text}`, edits: written.edits, preferred: false };
  }

  private settingsOf({ degrees = {}, types = {}, nodes }: Way): readonly Setting[] {
    const { draft, entity, sources } = this.resolved;
    const { holder, parallel } = sources[this.first] ?? {};
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
      ...inside('parallel', path, degrees),
      ...inside('types', ofPool, types),
    ];
  }
}

function changed(
  spec: PlanSpec,
  { degrees, types, nodes = 1 }: Way,
  pools: readonly number[],
  first: number,
): PlanSpec {
  const { cluster } = spec;
  const change = (pool: PoolSpec, index: number): PoolSpec => ({
    ...pool,
    ...(pools.includes(index) && { parallel: { ...pool.parallel, ...degrees } }),
    ...(index === first && types && { types: { ...pool.types, ...types } }),
  });
  return {
    ...spec,
    ...(nodes > 1 && { cluster: timesNodes(cluster, nodes) }),
    pools: spec.pools.map(change),
  };
}

function timesNodes(cluster: Cluster, nodes: number): Cluster {
  return {
    ...cluster,
    groups: cluster.groups.map((group) => ({ ...group, count: group.count * nodes })),
    gpuCount: cluster.gpuCount * nodes,
    nodeCount: cluster.nodeCount * nodes,
  };
}
