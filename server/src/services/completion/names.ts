import type { Entity } from '../../language/entity.ts';
import { aliasesOf } from '../../language/names.ts';
import type { BlockNode } from '../../language/tree.ts';
import { numberOf } from '../../plan/values.ts';
import { type Analysis, entityOfBlock } from '../analysis.ts';
import { factsLine } from '../facts.ts';
import { poolsOfBase } from '../search/varied.ts';
import { anyOf, type CompletionItem } from './item.ts';

/** Names of blocks with this keyword: the file's own first, then imported ones, then the catalogue's. */
export function nameItems(
  { program, uri }: Analysis,
  keyword: string,
  without: ReadonlySet<string> = new Set(),
): readonly CompletionItem[] {
  const entities = program.entities.filter((entity) => entity.keyword === keyword && entity.name);
  const meant = meantByShortNames(entities);
  return entities
    .filter(({ name = '' }) => !without.has(name))
    .map((entity): CompletionItem => {
      const isCatalog = program.analyses.get(entity.uri)?.isCatalog === true;
      const facts = factsLine(entity);
      return {
        label: entity.name ?? '',
        kind: 'name',
        detail: facts || keyword,
        doc: `${keyword}${isCatalog ? ' of the catalogue' : entity.uri === uri ? '' : ' of an imported file'}`,
        insert: entity.name ?? '',
        order: entity.uri === uri ? 0 : !isCatalog ? 100 : orderInCatalog(entity, meant.has(entity)),
      };
    });
}

/** Models of the newest year come first; entries with a description of their own come before the clouds' names for them. */
function orderInCatalog(entity: Entity, isMeant: boolean): number {
  const released = numberOf(entity, 'released');
  if (released !== undefined) return 198 - Math.min(97, Math.max(0, released - 2000));
  if (isMeant) return 199;
  return entity.node.base ? 201 : 200;
}

/** More than any order of a name. */
const NEXT_RANK = 1_000;

/**
 * Names in the order of how much of them is typed: the whole name, its beginning, the beginning of a part (`h200` of `DGX-H200`).
 * Editors weigh where letters match against each other, and prefer `ND-H200-v5` to `DGX-H200`. A row that is found by a part begins
 * with that part, so that its order counts; it is never typed in full from there on.
 */
export function nearestFirst(items: readonly CompletionItem[], typed: string): readonly CompletionItem[] {
  const wanted = typed.toLowerCase();
  return items.map((item) => {
    const name = item.label.toLowerCase();
    if (wanted === '' || name === wanted) return item;
    if (name.startsWith(wanted)) return { ...item, order: item.order + NEXT_RANK };
    if (!name.includes(`-${wanted}`)) return { ...item, order: item.order + 3 * NEXT_RANK };
    return { ...item, order: item.order + 2 * NEXT_RANK, filter: anyOf([typed, item.label]) };
  });
}

/**
 * Blocks meant by the beginning of several names of theirs: `H100` means `H100-SXM`, not the first block that begins so.
 */
function meantByShortNames(entities: readonly Entity[]): ReadonlySet<Entity> {
  // Keyed by the beginnings of names, up to each dash.
  const beginning = new Map<string, Set<string>>();
  for (const { name = '' } of entities) {
    for (let at = name.indexOf('-'); at > 0; at = name.indexOf('-', at + 1)) {
      const short = name.slice(0, at);
      beginning.set(short, (beginning.get(short) ?? new Set()).add(name));
    }
  }
  const isShort = ({ name = '' }: Entity, short: string) => {
    const names = beginning.get(short);
    return names !== undefined && (names.size > 1 || !names.has(name));
  };
  return new Set(
    entities.filter((entity) => [entity.name ?? '', ...aliasesOf(entity)].some((name) => isShort(entity, name))),
  );
}

/**
 * Blocks by another name that is being typed: an id of the hub, or what the driver prints. When the typed text has a slash
 * it is longer than the editor's idea of a word, so the item states what it replaces. A name that is typed in full may be
 * the intended value: then Enter breaks the line, and a finding gives the name to use here.
 */
export function aliasItems(
  { program }: Analysis,
  keyword: string,
  written: string,
  offset: number,
): readonly CompletionItem[] {
  const typed = written.trimStart().toLowerCase();
  if (typed === '') return [];
  const named = program.entities.filter((entity) => entity.keyword === keyword && entity.name);
  if (named.some((entity) => aliasesOf(entity).some((alias) => alias.toLowerCase() === typed))) return [];
  return named.flatMap((entity) => {
    // An id of the hub is as good as the name up to its slash. After the slash editors ask again.
    const aliases = aliasesOf(entity).filter(
      (alias) => alias.toLowerCase().startsWith(typed) && (typed.includes('/') || !alias.includes('/')),
    );
    const [first] = aliases;
    // A block whose own name begins with the typed text is in the list by that name.
    if (first === undefined || entity.name === undefined || entity.name.toLowerCase().startsWith(typed)) return [];
    return [
      {
        label: entity.name,
        kind: 'name' as const,
        detail: first,
        insert: entity.name,
        filter: anyOf(aliases),
        replace: { start: offset - written.trimStart().length, end: offset },
        order: 300,
        asksAgain: true,
      },
    ];
  });
}

/** Deployments of this file and of those it imports. */
export function deploymentItems(analysis: Analysis, without: ReadonlySet<string>): readonly CompletionItem[] {
  return nameItems(analysis, 'deployment', without).filter(({ order }) => order < 200);
}

/** The pools of a search's base of which more can be varied. */
export function variedItems(analysis: Analysis, blocks: readonly BlockNode[]): readonly CompletionItem[] {
  const block = blocks.at(-1);
  const search = block && entityOfBlock(analysis, block);
  return (search ? poolsOfBase(search) : []).flatMap(({ name = '' }, index) =>
    name === '' ? [] : [{ label: name, kind: 'name' as const, detail: 'pool', insert: name, order: index }],
  );
}

/** The names that an arrow in the block may lead from or to. */
export function flowItems(
  analysis: Analysis,
  blocks: readonly BlockNode[],
  without: ReadonlySet<string> = new Set(),
): readonly CompletionItem[] {
  const block = blocks.at(-1);
  const entity = block && entityOfBlock(analysis, block);
  return (entity?.children ?? [])
    .filter(({ name, keyword }) => name && !without.has(name) && ['stage', 'pool', 'operator'].includes(keyword))
    .map((child, index) => ({
      label: child.name ?? '',
      kind: 'name',
      detail: factsLine(child) || child.keyword,
      insert: child.name ?? '',
      order: 400 + index,
    }));
}
