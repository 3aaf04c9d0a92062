import type { FileAnalysis } from '../analysis.ts';
import type { Finding, Fix } from '../diagnostic.ts';
import { isName } from '../lexer.ts';
import type { BlockNode, Expression, Item, PropertyNode } from '../tree.ts';
import { PREFERRED_UNITS } from '../units.ts';
import { choicesOf, enumerate } from '../vocabulary/describe.ts';
import type { PropertySpec } from '../vocabulary/spec.ts';
import { blockSpec } from '../vocabulary/vocabulary.ts';
import { type Meaning, meaningOf, type PropertyPlace, valueMeant } from '../vocabulary/words/index.ts';
import { nodesAt } from '../walk.ts';
import { insertStatements } from './insert.ts';
import { edit, removeStatement } from './run.ts';

/** Where a property stands: its blocks, innermost first, and their keywords with `file` behind them. */
interface Around {
  readonly blocks: readonly BlockNode[];
  readonly keywords: readonly string[];
}

/** What to say of a property that its block lacks, where it is a word of other tools or one of ours from elsewhere. */
export function foreignProperty(
  analysis: FileAnalysis,
  node: PropertyNode,
): Pick<Finding, 'message' | 'fixes'> | undefined {
  const around = aroundOf(analysis, node);
  const meaning = meaningOf(node.key.text, around.keywords);
  if (!meaning) return undefined;
  const { row, places } = meaning;
  const written = `\`${node.key.text}\``;
  if (places.length === 0)
    return { message: `${written} has no place in a plan: ${row?.note}; remove it`, fixes: [removal(analysis, node)] };
  const [parent = 'file'] = around.keywords;
  const here = places.filter(({ block }) => block.keyword === parent);
  const meant =
    here.length > 0 ? here : places.filter(({ block }) => block.keyword === places[0]?.block.keyword || row);
  const note = row?.note === undefined ? '' : `; ${row.note}`;
  const fixes = meant.flatMap((place) => fixOf(analysis, node, around, place, meaning) ?? []);
  const preferred = fixes.length === 1;
  const isSpelling = node.key.text !== places[0]?.property.name;
  const message =
    row || isSpelling
      ? `${written} is ${namesOf(meant)} here${here.length > 0 ? '' : `, in ${homesOf(meant)}`}${note}`
      : `${lacks(parent, written)}; it belongs in ${homesOf(meant)}`;
  return { message, fixes: fixes.map((each) => ({ ...each, preferred: preferred && each.preferred !== false })) };
}

function removal(analysis: FileAnalysis, node: PropertyNode): Fix {
  return removeStatement(analysis, node.span, `Remove \`${node.key.text}\``);
}

function lacks(parent: string, written: string): string {
  return parent === 'file' ? `${written} stands outside any block` : `\`${parent}\` has no property ${written}`;
}

function namesOf(places: readonly PropertyPlace[]): string {
  return enumerate([...new Set(places.map(({ property }) => property.name))], 'or');
}

function homesOf(places: readonly PropertyPlace[]): string {
  return enumerate([...new Set(places.map(({ block }) => `${block.keyword} { }`))].slice(0, 3), 'or');
}

function aroundOf({ source }: FileAnalysis, node: PropertyNode): Around {
  const blocks = nodesAt(source.tree, node.span.start)
    .filter((each): each is BlockNode => each.kind === 'block' && each.body.start < node.span.start)
    .reverse();
  return { blocks, keywords: [...blocks.map(({ keyword }) => keyword.text), 'file'] };
}

/** The statement in our words, where it belongs; nothing where that is for the user to write. */
function fixOf(
  analysis: FileAnalysis,
  node: PropertyNode,
  around: Around,
  { block, property }: PropertyPlace,
  meaning: Meaning,
): Fix | undefined {
  const { uri, text, tree } = analysis.source;
  const value = carried(text, node, property, meaning);
  if (value === undefined) return undefined;
  const operator = property.comparable ? node.operator : '=';
  const statement = `${property.name} ${operator} ${value}`;
  const [inner] = around.blocks;
  if (inner?.keyword.text === block.keyword) {
    if (has(inner.items, property.name)) return undefined;
    return { title: `Write \`${statement}\``, edits: [edit(uri, node.span, statement)], preferred: true };
  }
  const homes = homesIn(tree.items, around, block.keyword);
  const title = `Move it to \`${block.keyword} { }\` as \`${statement}\``;
  const [only, ...others] = homes;
  if (only && others.length === 0 && !has(only.items, property.name)) {
    const edits = insertStatements(analysis.source, only, [statement]);
    return edits && { title, edits: [...edits, ...removeStatement(analysis, node.span, '').edits], preferred: true };
  }
  return only || block.naming === 'required'
    ? undefined
    : inNewBlock(analysis, node, around, block.keyword, statement, meaning);
}

/** A new block of the kind, in the nearest block around the statement that may hold it. */
function inNewBlock(
  analysis: FileAnalysis,
  node: PropertyNode,
  around: Around,
  keyword: string,
  statement: string,
  meaning: Meaning,
): Fix | undefined {
  const { uri } = analysis.source;
  const holder = around.blocks.findIndex(({ keyword: each }) => blockSpec(each.text, keyword));
  const target = around.blocks[holder];
  if (!target?.closed) return undefined;
  const block = `${keyword} { ${statement} }`;
  const title = meaning.row ? `Write \`${block}\`` : `Put it into \`${keyword} { }\``;
  if (holder === 0) {
    // Several such statements in a row must not become several blocks of one kind when all are put right at once.
    const before = target.items.some(
      (item) =>
        item.kind === 'property' &&
        item.span.start < node.span.start &&
        !blockSpecHas(target, item.key.text) &&
        meaningOf(item.key.text, around.keywords)?.places[0]?.block.keyword === keyword,
    );
    return { title, edits: [edit(uri, node.span, block)], preferred: !before };
  }
  const edits = insertStatements(analysis.source, target, [block], 'end');
  return edits && { title, edits: [...edits, ...removeStatement(analysis, node.span, '').edits] };
}

function blockSpecHas(block: BlockNode, name: string): boolean {
  return meaningOf(name, [block.keyword.text])?.places[0]?.block.keyword === block.keyword.text;
}

/** The blocks of a kind that a statement may have been meant for: in a block around it, or named by one of these. */
function homesIn(items: readonly Item[], { blocks }: Around, keyword: string): readonly BlockNode[] {
  for (const around of blocks) {
    if (!blockSpec(around.keyword.text, keyword)) continue;
    return childrenNamed(around.items, keyword);
  }
  const named = blocks.flatMap(({ items: own }) =>
    own.flatMap((item) =>
      item.kind === 'property' && item.key.text === keyword && item.value.kind === 'word' ? [item.value.text] : [],
    ),
  );
  if (blocks.length > 0 && blockSpec('file', keyword))
    return childrenNamed(items, keyword).filter(({ name }) => name !== undefined && named.includes(name.text));
  const inside = childrenNamed(items, keyword);
  return inside.length > 0
    ? inside
    : items.flatMap((item) => (item.kind === 'block' ? childrenNamed(item.items, keyword) : []));
}

function childrenNamed(items: readonly Item[], keyword: string): readonly BlockNode[] {
  return items.filter(
    (item): item is BlockNode => item.kind === 'block' && item.keyword.text === keyword && item.closed,
  );
}

function has(items: readonly Item[], name: string): boolean {
  return items.some((item) => item.kind === 'property' && item.key.text === name);
}

/** The value as it is written here; nothing where it cannot be carried over. */
function carried(text: string, { value }: PropertyNode, property: PropertySpec, { row }: Meaning): string | undefined {
  const how = row?.value;
  const written = text.slice(value.span.start, value.span.end).trim();
  const truth = value.kind === 'missing' ? 'true' : valueMeant(unquoted(written), ['true', 'false']);
  if (how === 'rewrite') return undefined;
  if (how === 'opposite') return truth === undefined ? undefined : truth === 'true' ? 'false' : 'true';
  if (how === 'indexes')
    return /^[1-9]\d*$/.test(written)
      ? written === '1'
        ? '0'
        : `0..${Number(written) - 1}`
      : indexText(value, written);
  if (typeof how === 'object') return truth === 'true' ? how.on : undefined;
  if (property.type.kind === 'boolean') return truth;
  if (value.kind === 'missing') return undefined;
  return typed(value, written, property);
}

function indexText(value: Expression, written: string): string | undefined {
  return value.kind === 'range' || value.kind === 'list' ? written : undefined;
}

/** Dimensions of which one unit is meant where none is written. */
const PLAIN: ReadonlySet<string> = new Set(['tokens', 'tokens/s', 'requests/s']);

function typed(value: Expression, written: string, { type }: PropertySpec): string {
  const choices = choicesOf(type).map(({ name }) => name);
  const plain = unquoted(written);
  if (choices.length > 0) return valueMeant(plain, choices) ?? (isName(plain) ? plain : written);
  if (value.kind === 'string' && (isName(plain) || /^\d[\d_.]*$/.test(plain))) return plain;
  if (value.kind === 'number' && !value.unit && type.kind === 'quantity' && PLAIN.has(type.dimension))
    return `${written} ${PREFERRED_UNITS[type.dimension][0]}`;
  return written;
}

function unquoted(text: string): string {
  return text.replace(/^"(.*)"$/s, '$1');
}
