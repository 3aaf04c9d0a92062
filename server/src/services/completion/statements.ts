import { touches } from '../../language/span.ts';
import type { BlockNode } from '../../language/tree.ts';
import { COMPARE_CLAIMS } from '../../language/vocabulary/claims.ts';
import { choicesOf, exampleValue } from '../../language/vocabulary/describe.ts';
import type { BlockSpec, PropertySpec, ValueType } from '../../language/vocabulary/spec.ts';
import { childBlocks, STATEMENT_KEYWORDS } from '../../language/vocabulary/vocabulary.ts';
import { METRIC_NAMES, METRICS } from '../../search/metrics.ts';
import type { Analysis } from '../analysis.ts';
import { describeBlock, describeProperty } from '../hover/hover.ts';
import { specOf } from '../place.ts';
import { BLOCK_SNIPPETS, snippetText } from './blockSnippets.ts';
import { typedAt } from './cursor.ts';
import { degreeItems } from './degrees.ts';
import { alsoForeign, foreignBlocks, foreignItems } from './foreign.ts';
import { type CompletionItem, escapeSnippet, snippet } from './item.ts';
import { flowItems, nameItems } from './names.ts';
import { planItems } from './planSnippets.ts';

/** Statements that may be written in the innermost block and are not written yet. */
export function statementItems(
  analysis: Analysis,
  blocks: readonly BlockNode[],
  offset: number,
  typed = '',
): readonly CompletionItem[] {
  const spec = specOf(blocks);
  const block = blocks.at(-1);
  if (block && !spec) return [];
  const parent = block?.keyword.text ?? 'file';
  const written = writtenIn(block, offset);
  const isTop = parent === 'file';
  const items: readonly CompletionItem[] = [
    ...(spec?.properties ?? [])
      .filter(({ name }) => !written.has(name))
      .map((property, index) => {
        const isList = isChosen(property.type) || degreeItems(analysis, blocks, property.name).length > 0;
        const operators = parent === 'require' ? boundOperators(property.name) : undefined;
        return alsoForeign(spec, property, typed, propertyItem(property, index, isList, operators));
      }),
    ...childBlocks(parent)
      .filter((child) => child.naming !== 'none' || child.repeatable === true || !written.has(`${child.keyword} {`))
      .map((child, index) => blockItem(child, index, analysis)),
    ...snippetItems(parent, analysis, written),
    ...(isTop ? planItems(analysis) : []),
    ...(isTop ? STATEMENT_KEYWORDS.filter((keyword) => keyword !== 'expert').map(keywordItem) : []),
    ...(spec?.holds?.includes('placements')
      ? [snippet('expert', 'expert ${1:0..3} on gpu ${2:0}', 'Places experts by hand.')]
      : []),
    ...(spec?.holds?.includes('entries')
      ? [{ ...snippet('0..2 = dense', '${1:0..2} = ${2:dense}', 'Layers of a class.'), isExample: true }]
      : []),
    ...(spec?.holds?.includes('edges') ? flowItems(analysis, blocks) : []),
    ...foreignItems(blocks, typed, (property) => propertyItem(property, 0, isChosen(property.type))),
    ...foreignBlocks(parent, typed, (child) => blockItem(child, 0, analysis)),
  ];
  return beforeRest(items, analysis, offset);
}

/** What a search requires is a bound, on the side on which its figure is worse. */
function boundOperators(name: string): readonly string[] {
  const metric = METRIC_NAMES.find((known) => known === name);
  return metric && METRICS[metric].better === 'more' ? ['>=', '<='] : ['<=', '>='];
}

/** Claims that a `compare` statement does not make yet. */
export function compareClaimItems(written: ReadonlySet<string>): readonly CompletionItem[] {
  return COMPARE_CLAIMS.filter(({ name }) => !written.has(name)).map((claim, index) =>
    propertyItem(claim, index, false),
  );
}

/** Names of properties, and `keyword {` for blocks without a name. What is being typed at the offset does not count. */
function writtenIn(block: BlockNode | undefined, offset: number): ReadonlySet<string> {
  const written = new Set<string>();
  for (const item of block?.items ?? []) {
    if (item.kind === 'property' && !touches(item.key.span, offset)) written.add(item.key.text);
    if (item.kind === 'block' && !touches(item.keyword.span, offset)) written.add(`${item.keyword.text} {`);
  }
  return written;
}

/** A value that is `chosen` from a list opens that list. Another value is typed over an example. */
function propertyItem(
  property: PropertySpec,
  index: number,
  chosen: boolean,
  operators: readonly string[] = ['=', '>=', '<='],
): CompletionItem {
  const item = {
    label: property.name,
    kind: 'property',
    detail: property.doc,
    doc: describeProperty(property),
    isSnippet: true,
    order: (property.required ? 0 : 100) + index,
  } as const;
  if (chosen) return { ...item, insert: `${property.name} = $0`, opensList: true };
  const operator = property.comparable ? `\${1|${operators.join(',')}|}` : '=';
  const place = property.comparable ? 2 : 1;
  // Only the number is selected, so that typing another one leaves its unit.
  const [, number, unit] = /^([\d_.]+)( ?[^\d\s].*)$/.exec(exampleValue(property)) ?? [];
  const field =
    property.type.kind === 'quantity' && number !== undefined
      ? `\${${place}:${number}}${escapeSnippet(unit ?? '')}`
      : `\${${place}:${escapeSnippet(exampleValue(property))}}`;
  return { ...item, insert: `${property.name} ${operator} ${field}` };
}

function isChosen(type: ValueType): boolean {
  return type.kind === 'reference' || choicesOf(type).length > 0;
}

/** What follows a first word on its line: the rest of the word, and an `=` or a body that it already has. */
const FOLLOWING = /^([\p{L}\p{M}\p{N}_.-]*)[ \t]*(?:(=|>=|<=)|((?:[\p{L}\p{M}\p{N}_.-]+[ \t]*)?\{))?/u;

/** When a word before a value or body is replaced, the value or body stays: only the word is replaced, as a whole. */
function beforeRest(items: readonly CompletionItem[], { source }: Analysis, offset: number): readonly CompletionItem[] {
  const { text, lineIndex } = source;
  const line = lineIndex.positionAt(offset).line;
  const [, blanks = '', value, body] = FOLLOWING.exec(text.slice(offset, lineIndex.lineEnd(line))) ?? [];
  if (!value && !body) return items;
  const start = offset - typedAt(text.slice(lineIndex.lineStart(line), offset)).length;
  return items
    .filter(({ kind }) => kind === (value ? 'property' : 'keyword'))
    .map(({ isSnippet: _, opensList: __, ...item }) => ({
      ...item,
      insert: item.label,
      replace: { start, end: offset + blanks.length },
    }));
}

/** Whole blocks that may be written here. Blocks that may occur once are left out when they are written already. */
function snippetItems(parent: string, analysis: Analysis, written: ReadonlySet<string>): readonly CompletionItem[] {
  return BLOCK_SNIPPETS.filter(({ parents, label }) => {
    const spec = childBlocks(parent).find(({ keyword }) => label.startsWith(keyword));
    const isTaken = spec?.naming === 'none' && spec.repeatable !== true && written.has(`${spec.keyword} {`);
    return parents.includes(parent) && !isTaken;
  }).map((parentSnippet, index) =>
    snippet(
      parentSnippet.label,
      snippetText(parentSnippet, (kind) => likelyName(analysis, kind)),
      parentSnippet.detail,
      350 + index,
    ),
  );
}

/** A name if the property takes one, otherwise the vocabulary's example. */
function placeholder(property: PropertySpec, analysis: Analysis): string {
  const name = property.type.kind === 'reference' ? likelyName(analysis, property.type.to) : undefined;
  return name ?? exampleValue(property);
}

/** A block of the kind: the user's own, otherwise the catalogue's first, so that the inserted name exists. */
function likelyName(analysis: Analysis, kind: string): string | undefined {
  const names = nameItems(analysis, kind);
  return (names.find(({ order }) => order < 200) ?? names[0])?.label;
}

/** A block with everything that it requires, ready to be filled in. */
function blockItem(block: BlockSpec, index: number, analysis: Analysis): CompletionItem {
  const named = block.naming === 'required';
  const required = block.properties.filter((property) => property.required);
  const lines = required.map(
    (property, at) =>
      `\t${property.name} = \${${at + (named ? 2 : 1)}:${escapeSnippet(placeholder(property, analysis))}}`,
  );
  const body = lines.length > 0 ? `${lines.join('\n')}\n\t$0` : '\t$0';
  return {
    label: block.keyword,
    kind: 'keyword',
    detail: block.doc,
    doc: describeBlock(block),
    insert: `${block.keyword}${named ? ' ${1:name}' : ''} {\n${body}\n}`,
    isSnippet: true,
    order: 200 + index,
  };
}

const KEYWORDS: Readonly<Record<string, { readonly insert: string; readonly detail: string }>> = {
  import: { insert: 'import "${1:./file.moeplan}"', detail: 'Makes the blocks and constants of another file known.' },
  let: { insert: 'let ${1:name} = $0', detail: 'A constant, usable wherever a value may stand.' },
  compare: { insert: 'compare ${1:first}, ${2:second}', detail: 'Sets deployments side by side.' },
};

function keywordItem(keyword: string): CompletionItem {
  const { insert = keyword, detail = 'A statement.' } = KEYWORDS[keyword] ?? {};
  return snippet(keyword, insert, detail);
}
