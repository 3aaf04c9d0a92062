import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseAllDocuments } from 'yaml';
import type { Span } from '../language/span.ts';

/** A value of a YAML or JSON text, with the place where it stands. */
export type Tree =
  | { readonly kind: 'map'; readonly entries: readonly Entry[]; readonly span: Span }
  | { readonly kind: 'list'; readonly items: readonly Tree[]; readonly span: Span }
  | { readonly kind: 'value'; readonly value: string | number | boolean | null; readonly span: Span };

export interface Entry {
  readonly key: string;
  readonly keySpan: Span;
  readonly value: Tree;
}

export interface YamlFault {
  readonly message: string;
  readonly span: Span;
}

/** A tree with more values than this, aliases counted as often as they stand, is nobody's launch. */
const MOST_VALUES = 100_000;

/** Reads the documents of a YAML text. Faults are those of the parser, the first few of them. */
export function readYaml(text: string): { readonly documents: readonly Tree[]; readonly faults: readonly YamlFault[] } {
  const documents = parseAllDocuments(text, { lineCounter: new LineCounter(), uniqueKeys: false, merge: true });
  if (!Array.isArray(documents)) return { documents: [], faults: [] };
  const faults = documents.flatMap(({ errors }) =>
    errors.map(({ message, pos: [start, end] }) => ({
      message: message.split('\n')[0] ?? message,
      span: { start, end: Math.max(start, end) },
    })),
  );
  const trees = documents.flatMap((document) => {
    const count = { left: MOST_VALUES };
    const tree = treeOf(document.contents, (alias) => (isAlias(alias) ? alias.resolve(document) : undefined), count);
    return tree && count.left > 0 ? [tree] : [];
  });
  return { documents: trees, faults: faults.slice(0, 3) };
}

type Resolve = (alias: Node) => Node | undefined;

function treeOf(node: unknown, resolve: Resolve, count: { left: number }, depth = 0): Tree | undefined {
  if (count.left-- <= 0 || depth > 100) return undefined;
  if (isAlias(node)) {
    const tree = treeOf(resolve(node), resolve, count, depth + 1);
    return tree && { ...tree, span: spanOf(node) };
  }
  if (isMap(node)) {
    const own: Entry[] = [];
    const merged: Entry[] = [];
    for (const { key, value } of node.items) {
      if (!isScalar(key)) continue;
      const read = treeOf(value ?? null, resolve, count, depth + 1) ?? {
        kind: 'value' as const,
        value: null,
        span: spanOf(key),
      };
      if (isMergeKey(key.value)) merged.push(...mergedEntries(read));
      else own.push({ key: String(key.value), keySpan: spanOf(key), value: read });
    }
    return { kind: 'map', entries: lastOfEach([...merged, ...own]), span: spanOf(node) };
  }
  if (isSeq(node)) {
    const items = node.items.flatMap((item) => treeOf(item, resolve, count, depth + 1) ?? []);
    return { kind: 'list', items, span: spanOf(node) };
  }
  if (isScalar(node)) {
    const { value } = node;
    const isPlain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
    return { kind: 'value', value: isPlain ? value : value === null ? null : String(value), span: spanOf(node) };
  }
  return undefined;
}

/** The parser has a symbol of its own for `<<`. */
function isMergeKey(key: unknown): boolean {
  return key === '<<' || typeof key === 'symbol';
}

function mergedEntries(tree: Tree): readonly Entry[] {
  return tree.kind === 'map' ? tree.entries : tree.kind === 'list' ? tree.items.flatMap(mergedEntries) : [];
}

/** A key that stands twice has its last value, as parsers of engines read it. */
function lastOfEach(entries: readonly Entry[]): readonly Entry[] {
  return [...new Map(entries.map((entry) => [entry.key, entry])).values()];
}

function spanOf(node: Node): Span {
  const [start, end] = node.range ?? [0, 0];
  return { start, end };
}

/** The value behind a path of keys: `at(tree, 'spec', 'template')`. */
export function at(tree: Tree | undefined, ...keys: readonly string[]): Tree | undefined {
  return keys.reduce<Tree | undefined>(
    (node, key) => (node?.kind === 'map' ? node.entries.find((entry) => entry.key === key)?.value : undefined),
    tree,
  );
}

export function entriesOf(tree: Tree | undefined): readonly Entry[] {
  return tree?.kind === 'map' ? tree.entries : [];
}

export function itemsOf(tree: Tree | undefined): readonly Tree[] {
  return tree?.kind === 'list' ? tree.items : [];
}

/** A value as text: numbers and words alike. */
export function textAt(tree: Tree | undefined): string | undefined {
  return tree?.kind === 'value' && tree.value !== null ? String(tree.value) : undefined;
}

export function numberAt(tree: Tree | undefined): number | undefined {
  const value = tree?.kind === 'value' ? tree.value : undefined;
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

/** The plain value of a tree. */
export function plainOf(tree: Tree): Json {
  switch (tree.kind) {
    case 'value':
      return tree.value;
    case 'list':
      return tree.items.map(plainOf);
    case 'map':
      return Object.fromEntries(tree.entries.map(({ key, value }) => [key, plainOf(value)]));
  }
}

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
