import { digits, formatBytes, formatSeconds } from '../../cost/format.ts';
import type { Entity, Value } from '../../language/entity.ts';
import type { Deployment, Pool } from '../../plan/deployment.ts';
import type { ResolvedDeployment } from '../../plan/resolved.ts';
import type { ChangedProperty } from '../preview/differencesProtocol.ts';

/** Claims and measurements change nothing that is computed. */
const BESIDES: readonly string[] = ['expect', 'measured'];

/**
 * What two deployments say differently, in all that they use: their own blocks, model, cluster with its nodes and GPUs,
 * workload; values as evaluated, so that a changed constant counts and a changed comment does not. Degrees that are not
 * written stand with the value that follows from the text.
 */
export function changedProperties(before: ResolvedDeployment, after: ResolvedDeployment): readonly ChangedProperty[] {
  const [old, fresh] = [before, after].map(
    ({ entity, draft }) => new Map([...degreesOf(draft), ...statementsOf(entity)]),
  );
  const keys = new Set([...(old?.keys() ?? []), ...(fresh?.keys() ?? [])]);
  return [...keys].flatMap((key): ChangedProperty[] => {
    const [was, is] = [old?.get(key), fresh?.get(key)];
    const place = is ?? was;
    if (!place || was?.text === is?.text) return [];
    const { where, name } = place;
    return [{ where, name, ...(was && { before: shown(was) }), ...(is && { after: shown(is) }) }];
  });
}

interface Statement {
  readonly where: string;
  readonly name: string;
  readonly text: string;
  readonly isDerived?: true;
}

/** By place and name, in the order of the text. */
type Statements = ReadonlyMap<string, Statement>;

function shown({ text, isDerived }: Statement): string {
  return isDerived ? `${text} (derived)` : text;
}

function statementsOf(deployment: Entity): Statements {
  const found = new Map<string, Statement>();
  const visit = (entity: Entity, where: string, seen: ReadonlySet<Entity>) => {
    const add = (name: string, text: string) => found.set(`${where}/${name}`, { where, name, text });
    for (const [name, { value, target }] of entity.properties) {
      add(name, textOf(value));
      if (target && !seen.has(target)) visit(target, target.keyword, new Set([...seen, target]));
    }
    for (const { range, value } of entity.entries) add(textOf(range), textOf(value));
    if (entity.edges.length > 0)
      add('arrows', entity.edges.map(({ path }) => path.map(({ text }) => text).join(' -> ')).join(', '));
    for (const { experts, layers, gpus } of entity.placements)
      add(`expert ${textOf(experts)}${layers ? ` of layer ${textOf(layers)}` : ''}`, `on gpu ${textOf(gpus)}`);
    for (const [name, value] of Object.entries(entity.config?.json ?? {})) add(name, JSON.stringify(value));
    for (const child of entity.children) {
      if (BESIDES.includes(child.keyword)) continue;
      const name = child.name === undefined ? child.keyword : `${child.keyword} ${child.name}`;
      const inside = where === deployment.keyword ? name : `${where}, ${name}`;
      const size = found.size;
      visit(child, inside, seen);
      if (found.size === size) found.set(inside, { where: inside, name: '', text: 'is there' });
    }
  };
  visit(deployment, deployment.keyword, new Set([deployment]));
  return found;
}

/** Degrees of parallelism that follow from the text. */
function degreesOf(draft: Deployment | undefined): Statements {
  const found = new Map<string, Statement>();
  for (const pool of draft?.pools ?? []) {
    const where = draft?.pools.length === 1 ? 'parallel' : `pool ${pool.name}, parallel`;
    for (const [name, value] of degrees(pool))
      if (Object.hasOwn(pool.derived, name))
        found.set(`${where}/${name}`, { where, name, text: String(value), isDerived: true });
  }
  return found;
}

function degrees({ parallel }: Pool): readonly (readonly [string, number])[] {
  const { tp, cp, dp, etp, ep, edp, pp, vpp, microBatches } = parallel;
  return [...Object.entries({ tp, cp, dp, etp, ep, edp, pp, vpp }), ['micro-batches', microBatches]];
}

/** A value as a reader of the language would write it. */
function textOf(value: Value): string {
  switch (value.kind) {
    case 'quantity':
      return quantityText(value.value, value.dimension);
    case 'range':
      return `${value.from}..${value.to}${value.by === 1 ? '' : ` by ${value.by}`}`;
    case 'word':
      return value.text;
    case 'text':
      return JSON.stringify(value.text);
    case 'list':
      return `[${value.items.map(textOf).join(', ')}]`;
    case 'application':
      return `${value.word} ${textOf(value.argument)}`;
  }
}

type Quantity = Extract<Value, { kind: 'quantity' }>;

function quantityText(value: number, dimension: Quantity['dimension']): string {
  switch (dimension) {
    case 'bytes':
      return formatBytes(value);
    case 'seconds':
      return formatSeconds(value);
    case 'bytes/s':
      return `${digits(value / 1e9)} GB/s`;
    case 'FLOP/s':
      return `${digits(value / 1e12)} TFLOP/s`;
    case 'fraction':
      return `${digits(value * 100)} %`;
    case 'number':
      return value.toLocaleString('en-US', { maximumFractionDigits: 6 });
    default:
      return `${value.toLocaleString('en-US', { maximumFractionDigits: 6 })} ${dimension}`;
  }
}
