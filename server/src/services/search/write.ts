import { derive } from '../../plan/derive/derive.ts';
import { TENSORS } from '../../plan/fields.ts';
import { FLAGS, LAYER_COUNTS, NUMBERS } from '../../plan/parallel.ts';
import type { ResolvedDeployment } from '../../plan/resolve/resolved.ts';
import type { PlanSpec, PoolSpec } from '../../plan/spec.ts';
import { targetOf } from '../../plan/values.ts';
import { writeIndexes } from '../../plan/wording.ts';
import { SETTINGS } from '../../search/settings.ts';
import { type Chosen, SETTING_AXES } from '../../search/space.ts';
import { groupDigits } from '../refactor/claims.ts';

/** A found plan as blocks that can be put into the text of its base. */
export interface WrittenPlan {
  /** The new deployment's name. */
  readonly name: string;
  readonly text: string;
}

/**
 * Writes a plan as a deployment that extends the base, with a workload or cluster of its own where these differ. `taken` are names
 * of blocks that the file has.
 */
export function writeFound(
  base: ResolvedDeployment,
  { spec, chosen }: { readonly spec: PlanSpec; readonly chosen: readonly Chosen[] },
  wanted: string,
  taken: ReadonlySet<string>,
): WrittenPlan {
  const name = freeName(wanted, taken);
  const blocks: string[] = [];
  const head: string[] = [];
  const load = chosen.filter(({ axis }) => axis === 'concurrency' || axis === 'micro-batch');
  const workload = targetOf(base.entity, 'workload')?.name;
  if (load.length > 0 && workload !== undefined) {
    const own = freeName(`${name}-workload`, taken);
    blocks.push(
      block(
        `workload ${own} extends ${workload}`,
        load.map(({ axis, value }) => `${axis} = ${valueText(value)}`),
      ),
    );
    head.push(`workload = ${own}`);
  }
  const node = chosen.find(({ axis }) => axis === 'node');
  const cluster = targetOf(base.entity, 'cluster')?.name;
  if (node && cluster !== undefined) {
    const own = freeName(`${name}-cluster`, taken);
    blocks.push(
      block(`cluster ${own} extends ${cluster}`, [`node = ${node.value}`, `count = ${spec.cluster.nodeCount}`]),
    );
    head.push(`cluster = ${own}`);
  }
  const isMoved = chosen.some(({ axis }) => axis === 'gpus');
  if (isMoved && base.spec?.gpus) {
    const all = spec.pools.flatMap(({ gpus }) => gpus ?? []);
    head.push(`gpus = ${indexesText(all)}`);
  }
  const isWhole = base.sources.length === 1 && base.sources[0]?.holder === base.entity;
  const pools = spec.pools.flatMap((said, index) => {
    const pool = withMicroBatches(base, spec, said, index);
    const own = chosen.filter((choice) => choice.pool === index);
    if (own.length === 0) return [];
    return isWhole && pool.replicas === undefined
      ? wholeLines(pool, own, base.spec?.gpus !== undefined)
      : [poolBlock(pool, own, isWhole ? 'serve' : pool.name)];
  });
  blocks.push(block(`deployment ${name} extends ${base.name}`, [...head, ...pools]));
  return { name, text: `${blocks.join('\n\n')}\n` };
}

/** The micro-batches that follow from other degrees, where the base states its own, which a plan that extends it would keep. */
function withMicroBatches({ spec: base }: ResolvedDeployment, spec: PlanSpec, pool: PoolSpec, index: number): PoolSpec {
  const isStated = base?.pools[index]?.parallel.microBatches !== undefined;
  if (!isStated || pool.parallel.microBatches !== undefined) return pool;
  const derived = derive(spec).draft.pools[index]?.parallel.microBatches;
  return derived === undefined ? pool : { ...pool, parallel: { ...pool.parallel, microBatches: derived } };
}

/** What a deployment without pools says itself. */
function wholeLines(pool: PoolSpec, own: readonly Chosen[], isSaid: boolean): readonly string[] {
  const gpus =
    own.some(({ axis }) => axis === 'gpus') && pool.gpus && !isSaid ? [`gpus = ${indexesText(pool.gpus)}`] : [];
  return [...gpus, ...linesOf(pool, own)];
}

function poolBlock(pool: PoolSpec, own: readonly Chosen[], name: string): string {
  const gpus = own.some(({ axis }) => axis === 'gpus') && pool.gpus ? [`gpus = ${indexesText(pool.gpus)}`] : [];
  const replicas = pool.replicas === undefined ? [] : [`replicas = ${pool.replicas}`];
  return block(`pool ${name}`, [...gpus, ...replicas, ...linesOf(pool, own)]);
}

function linesOf(pool: PoolSpec, own: readonly Chosen[]): readonly string[] {
  const engine = own.flatMap(({ axis, value }) => {
    const setting = SETTING_AXES.find((name) => name === axis);
    const { block: place, property } = (setting && SETTINGS[setting]) ?? {};
    return place === 'engine' && property ? [`${property} = ${valueText(value, property)}`] : [];
  });
  const redundant = own.flatMap(({ axis, value }) =>
    axis === 'redundant-experts' ? [`redundant-experts = ${value}`] : [],
  );
  return [
    ...redundant,
    block(
      'parallel',
      parallelLines(
        pool,
        own.some(({ axis }) => axis === 'recompute'),
      ),
      ', ',
    ),
    ...(engine.length > 0 ? [block('engine', engine, ', ')] : []),
    ...(pool.types ? [block('types', typeLines(pool), ', ')] : []),
  ];
}

/** Everything that is said of the degrees, since a block of a pool takes the place of the deployment's. */
function parallelLines({ parallel }: PoolSpec, saysRecompute: boolean): readonly string[] {
  const lines: string[] = [];
  for (const [name, field] of Object.entries({ ...NUMBERS, ...LAYER_COUNTS })) {
    const value = parallel[field];
    if (value !== undefined) lines.push(`${name} = ${value}`);
  }
  if (parallel.schedule) lines.push(`schedule = ${parallel.schedule}`);
  for (const [name, field] of Object.entries(FLAGS))
    if (parallel[field] !== undefined) lines.push(`${name} = ${parallel[field]}`);
  if (parallel.zero !== undefined) lines.push(`zero = ${parallel.zero}`);
  if (parallel.recompute.length > 0) lines.push(`recompute = ${listText(parallel.recompute)}`);
  else if (saysRecompute) lines.push('recompute = none');
  if (parallel.offload) lines.push(`offload = ${listText(parallel.offload)}`);
  if (parallel.layout !== undefined) lines.push(`layout = ${JSON.stringify(parallel.layout)}`);
  return lines;
}

function typeLines({ types = {} }: PoolSpec): readonly string[] {
  return Object.entries(TENSORS).flatMap(([name, field]) =>
    types[field] === undefined ? [] : [`${name} = ${types[field]}`],
  );
}

function listText(words: readonly string[]): string {
  return words.length === 1 ? (words[0] ?? '') : `[${words.join(', ')}]`;
}

function indexesText(gpus: readonly number[]): string {
  const runs = writeIndexes(gpus);
  return runs.length === 1 ? (runs[0] ?? '') : `[${runs.join(', ')}]`;
}

/** Properties whose numbers have a unit. */
function valueText(value: Chosen['value'], property?: string): string {
  if (typeof value !== 'number') return String(value);
  return property === 'chunk' ? `${groupDigits(value)} tokens` : groupDigits(value);
}

/** A block on several lines, or on one where a separator is given. */
function block(head: string, lines: readonly string[], separator?: string): string {
  if (separator !== undefined) return `${head} { ${lines.join(separator)} }`;
  const inside = lines.flatMap((line) => line.split('\n').map((part) => `  ${part}`));
  return [`${head} {`, ...inside, '}'].join('\n');
}

function freeName(wanted: string, taken: ReadonlySet<string>): string {
  let name = wanted;
  for (let count = 2; taken.has(name); count++) name = `${wanted}-${count}`;
  return name;
}
