import { digits, formatBytes, formatSeconds } from '../../cost/numbers.ts';
import type { Entity, Value } from '../../language/entity.ts';
import type { Deployment, Pool } from '../../plan/deployment.ts';
import type { ResolvedDeployment } from '../../plan/resolve/resolved.ts';
import type { ChangedProperty } from '../preview/differencesProtocol.ts';
import type { ComparedValue } from '../preview/protocol.ts';

/** Claims and measurements do not change anything that is computed. */
const BESIDES: readonly string[] = ['expect', 'measured'];

/**
 * What two deployments state differently in everything that they use: their own blocks, model, cluster with its nodes and
 * GPUs, and workload. Values are compared as evaluated, so a changed constant counts and a changed comment does not.
 * Degrees that are not written have the value that follows from the text.
 */
export function changedProperties(before: ResolvedDeployment, after: ResolvedDeployment): readonly ChangedProperty[] {
  const [old, fresh] = [before, after].map(
    ({ entity, draft }) => new Map([...degreesOf(draft), ...statementsOf(entity)]),
  );
  const keys = new Set([...(old?.keys() ?? []), ...(fresh?.keys() ?? [])]);
  return [...keys].flatMap((key): ChangedProperty[] => {
    const [was, is] = [old?.get(key), fresh?.get(key)];
    const place = is ?? was;
    if (!place || was?.key === is?.key) return [];
    const { where, name } = place;
    const before = was && shown(was, is, 'as it was');
    const after = is && shown(is, was, 'with other contents');
    return [{ where, name, ...(before !== undefined && { before }), ...(after !== undefined && { after }) }];
  });
}

/** What several deployments state differently, one row for each value, in the order of the first that has it. */
export function comparedProperties(deployments: readonly ResolvedDeployment[]): readonly ComparedValue[] {
  const all = deployments.map(({ entity, draft }) => new Map([...degreesOf(draft), ...statementsOf(entity)]));
  // What somebody wrote comes before what only follows from it.
  const isWritten = (key: string) => all.some((statements) => statements.has(key) && !statements.get(key)?.isDerived);
  const keys = [...new Set(all.flatMap((statements) => [...statements.keys()]))];
  return [...keys.filter(isWritten), ...keys.filter((key) => !isWritten(key))].flatMap((key): ComparedValue[] => {
    const own = all.map((statements) => statements.get(key));
    const place = own.find((statement) => statement !== undefined);
    if (!place || new Set(own.map((statement) => statement?.key)).size < 2) return [];
    const texts = own.map((statement) => {
      const alike = own.find((other) => other?.text === statement?.text && other?.key !== statement?.key);
      return statement ? shown(statement, alike, 'with contents of its own') : null;
    });
    return [{ where: place.where, name: place.name, texts }];
  });
}

interface Statement {
  readonly where: string;
  readonly name: string;
  /** Rounded, because it is for a reader. */
  readonly text: string;
  /** Equal when the same is stated in other units or other words. */
  readonly key: string;
  readonly isDerived?: true;
  /** Set for the name of a file, whose contents are part of the key. */
  readonly isFile?: true;
}

/** Statements by place and name, in the order of the text. */
type Statements = ReadonlyMap<string, Statement>;

/** Two values that would look the same are shown to the last digit. For files the text says which is which. */
function shown({ text, key, isDerived, isFile }: Statement, other: Statement | undefined, which: string): string {
  const told = text !== other?.text ? text : isFile ? `${text} ${which}` : key;
  return isDerived ? `${told} (derived)` : told;
}

function statementsOf(deployment: Entity): Statements {
  const statements = new Map<string, Statement>();
  const visit = (entity: Entity, where: string, seen: ReadonlySet<Entity>) => {
    const add = (name: string, text: string, key = text, isFile = false) =>
      statements.set(`${where}/${name}`, { where, name, text, key, ...(isFile && { isFile }) });
    for (const [name, { value, target, file }] of entity.properties) {
      // A file with the same name may have other contents.
      add(name, textOf(value), `${keyOf(value)}${file ? `: ${file.text}` : ''}`, file !== undefined);
      // A cluster with several groups has several kinds of node.
      const place = where.includes(', ') ? `${where}, ${target?.keyword}` : (target?.keyword ?? '');
      if (target && !seen.has(target)) visit(target, place, new Set([...seen, target]));
    }
    for (const { range, value } of entity.entries) add(textOf(range), textOf(value), keyOf(value));
    if (entity.edges.length > 0) add('arrows', arrowsText(entity.edges), arrowsKey(entity.edges));
    for (const { experts, layers, gpus } of entity.placements)
      add(`expert ${textOf(experts)}${layers ? ` of layer ${textOf(layers)}` : ''}`, `on gpu ${textOf(gpus)}`);
    for (const [name, value] of Object.entries(entity.config?.json ?? {})) add(name, JSON.stringify(value));
    for (const child of entity.children) {
      if (BESIDES.includes(child.keyword)) continue;
      const name = child.name === undefined ? child.keyword : `${child.keyword} ${child.name}`;
      const inside = where === deployment.keyword ? name : `${where}, ${name}`;
      const size = statements.size;
      visit(child, inside, seen);
      if (statements.size === size) statements.set(inside, { where: inside, name: '', text: 'is there', key: '' });
    }
  };
  visit(deployment, deployment.keyword, new Set([deployment]));
  return statements;
}

/** Degrees of parallelism that follow from the text. */
function degreesOf(draft: Deployment | undefined): Statements {
  const statements = new Map<string, Statement>();
  for (const pool of draft?.pools ?? []) {
    const where = draft?.pools.length === 1 ? 'parallel' : `pool ${pool.name}, parallel`;
    for (const [name, value] of degrees(pool))
      if (Object.hasOwn(pool.derived, name))
        statements.set(`${where}/${name}`, { where, name, text: String(value), key: String(value), isDerived: true });
  }
  return statements;
}

function degrees({ parallel }: Pool): readonly (readonly [string, number])[] {
  const { tp, cp, dp, etp, ep, edp, pp, vpp, microBatches } = parallel;
  return [...Object.entries({ tp, cp, dp, etp, ep, edp, pp, vpp }), ['micro-batches', microBatches]];
}

function arrowsText(edges: Entity['edges']): string {
  return edges.map(({ path }) => path.map(({ text }) => text).join(' -> ')).join(', ');
}

/** Equal for arrows written in a row and for arrows on lines of their own. */
function arrowsKey(edges: Entity['edges']): string {
  const pairs = edges.flatMap(({ path }) => path.slice(1).map(({ text }, index) => `${path[index]?.text} -> ${text}`));
  return [...new Set(pairs)].sort().join(', ');
}

/** Equal for equal values. Numbers are compared to 12 digits, so that another unit does not make another number. */
function keyOf(value: Value): string {
  switch (value.kind) {
    case 'quantity':
      return `${Number(value.value.toPrecision(12))} ${value.dimension === 'number' ? '' : value.dimension}`.trim();
    case 'list':
      return `[${value.items.map(keyOf).join(', ')}]`;
    case 'application':
      return `${value.word} ${keyOf(value.argument)}`;
    default:
      return textOf(value);
  }
}

/** Writes a value as the language would. */
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
