import type { BlockNode } from '../../language/tree.ts';
import { type Dimension, PREFERRED_UNITS, UNITS } from '../../language/units.ts';
import { COMPARE_CLAIMS } from '../../language/vocabulary/claims.ts';
import { choicesOf, dimensionsOf, exampleValue } from '../../language/vocabulary/describe.ts';
import type { PropertySpec, ValueType } from '../../language/vocabulary/spec.ts';
import { type Analysis, entityOfBlock } from '../analysis.ts';
import { constantText, describeConstant } from '../hover/name.ts';
import { specOf } from '../place.ts';
import { type Assignment, typedAt, valuePlace } from './cursor.ts';
import { degreeItems } from './degrees.ts';
import { type CompletionItem, snippet } from './item.ts';
import { aliasItems, nameItems, nearestFirst } from './names.ts';

/**
 * Values for `key = written|`: units after a number, in a list the values that it does not have yet, and nothing after a
 * complete value.
 */
export function valueItems(
  analysis: Analysis,
  blocks: readonly BlockNode[],
  { key, written }: Assignment,
  offset: number,
  trigger: string | undefined,
): readonly CompletionItem[] {
  const spec =
    specOf(blocks)?.properties.find((property) => property.name === key) ??
    COMPARE_CLAIMS.find((claim) => claim.name === key);
  if (!spec) return [];
  // Editors keep the list that `=` opened while digits or a quote follow the blank. Where these may be written, the list
  // would be in the way.
  if (trigger !== undefined && takesLiteral(spec.type)) return [];
  const isDegree = blocks.at(-1)?.keyword.text === 'parallel';
  // A number that is being typed may still become another degree, and degrees have no unit.
  if (isDegree && /^\d*$/.test(written)) {
    const degrees = degreeItems(analysis, blocks, key);
    if (degrees.length > 0) return degrees;
  }
  const type = isInList(written) ? itemType(spec.type) : spec.type;
  return itemsOf(analysis, blocks, spec, offset, argumentIn(type, written) ?? { type, written });
}

function itemsOf(
  analysis: Analysis,
  blocks: readonly BlockNode[],
  spec: PropertySpec,
  offset: number,
  { type, written }: TypedText,
): readonly CompletionItem[] {
  const place = valuePlace(written);
  if (place.kind === 'end') return [];
  // The number in `gpt-oss-2` is a part of a name.
  if (place.kind === 'number' && (type.kind !== 'reference' || place.isApart)) {
    // Editors take `4_000` for a word and ask at once. The answer would then stay visible after a blank and the unit.
    if (place.digits.includes('_') && !place.isApart && place.unit === '') return [];
    const digits = place.isApart ? [] : choiceItems(type).filter(({ label }) => /^\d/.test(label));
    const isTolerance = /\+-\s*\S+\s*\S*$/.test(written);
    return [...digits, ...(isTolerance ? unitItems('fraction') : []), ...dimensionsOf(type).flatMap(unitItems)];
  }
  const taken = takenInList(written);
  // After an operator come numbers and names of numbers. In `Qwen/Qwen3` the slash is part of a name with another spelling.
  const isOperand = /[+*/-]\s*$/.test(written.slice(0, written.length - typedAt(written).length));
  return [
    ...(isOperand
      ? []
      : [
          ...choiceItems(type).filter(({ label }) => !taken.has(label)),
          ...referencedNames(analysis, blocks, type, typedAt(written)).filter(({ label }) => !taken.has(label)),
        ]),
    ...(type.kind === 'reference' ? aliasItems(analysis, type.to, written, offset) : []),
    ...(isOperand ? [] : applicationItems(type)),
    ...constantItems(analysis, type, written),
    ...(written.trim() === '' && type === spec.type ? exampleItems(spec) : []),
  ];
}

function isInList(written: string): boolean {
  return /^\s*\[[^\]]*$/.test(written);
}

/** What an item of a list is: `[bf16, fp8]`, but never the word `all` that may stand in place of the list. */
function itemType(type: ValueType): ValueType {
  if (type.kind === 'list') return type.of;
  if (type.kind !== 'either') return type;
  const listed = type.of.filter(({ kind }) => kind === 'list' || kind === 'indexes' || kind === 'shape');
  return listed.length === 0 ? type : { kind: 'either', of: listed.map(itemType) };
}

interface TypedText {
  readonly type: ValueType;
  readonly written: string;
}

/** The number in `zipf 1.1` with its type, once the word and a blank are written. */
function argumentIn(type: ValueType, written: string): TypedText | undefined {
  if (type.kind === 'either') {
    for (const choice of type.of) {
      const argument = argumentIn(choice, written);
      if (argument) return argument;
    }
    return undefined;
  }
  const [, word, argument = ''] = /^\s*(\S+)\s+(\S.*)$/.exec(written) ?? [];
  return type.kind === 'application' && word === type.word ? { type: type.argument, written: argument } : undefined;
}

/** Whether a value of the type may begin with a digit or a quote. */
function takesLiteral(type: ValueType): boolean {
  switch (type.kind) {
    case 'quantity':
    case 'integer':
    case 'indexes':
    case 'shape':
    case 'string':
      return true;
    case 'either':
      return type.of.some(takesLiteral);
    case 'list':
      return takesLiteral(type.of);
    default:
      return false;
  }
}

/** Names for the layers of a range: `dense`, `moe`, `none`, a class of attention or a drawn layer. */
export function layerClassItems(
  analysis: Analysis,
  blocks: readonly BlockNode[],
  written: string,
): readonly CompletionItem[] {
  if (valuePlace(written).kind !== 'word') return [];
  const model = blocks[0] && entityOfBlock(analysis, blocks[0]);
  const named = (model?.children ?? []).filter(
    ({ keyword, name }) => name && (keyword === 'attention' || keyword === 'layer'),
  );
  return [
    { label: 'dense', detail: 'a dense feed-forward network' },
    { label: 'moe', detail: 'experts' },
    { label: 'none', detail: 'no feed-forward network' },
    ...named.map(({ name, keyword }) => ({ label: name ?? '', detail: keyword })),
  ].map(({ label, detail }, order) => ({ label, kind: 'value', detail, insert: label, order }));
}

function takenInList(written: string): ReadonlySet<string> {
  const open = written.lastIndexOf('[');
  if (open < 0) return new Set();
  const parts = written.slice(open + 1).split(',');
  // The last part is the one that is being typed.
  return new Set(parts.slice(0, -1).map((part) => part.trim()));
}

function choiceItems(type: ValueType): CompletionItem[] {
  return choicesOf(type).map((choice, index) => ({
    label: choice.name,
    kind: 'value',
    detail: choice.doc,
    insert: choice.name,
    order: index,
  }));
}

function unitItems(dimension: Dimension): CompletionItem[] {
  return PREFERRED_UNITS[dimension].map((unit, index) => ({
    label: unit,
    kind: 'unit',
    detail: factorOf(unit),
    insert: unit,
    order: index,
  }));
}

const BASE_UNITS: Readonly<Partial<Record<Dimension, string>>> = {
  bytes: 'B',
  'bytes/s': 'B/s',
  'FLOP/s': 'FLOP/s',
  seconds: 's',
};

/** `1,073,741,824 B` beside `GiB`, which distinguishes it from GB. */
function factorOf(unit: string): string {
  const knownUnit = UNITS.get(unit);
  if (!knownUnit) return 'unit';
  const base = BASE_UNITS[knownUnit.dimension];
  return base && knownUnit.factor !== 1
    ? `${knownUnit.factor.toLocaleString('en-US', { maximumSignificantDigits: 13 })} ${base}`
    : 'unit';
}

function referencedNames(
  analysis: Analysis,
  blocks: readonly BlockNode[],
  type: ValueType,
  typed: string,
): readonly CompletionItem[] {
  if (type.kind === 'either') return type.of.flatMap((each) => referencedNames(analysis, blocks, each, typed));
  if (type.kind === 'list') return referencedNames(analysis, blocks, type.of, typed);
  if (type.kind !== 'reference') return [];
  const block = blocks.at(-1);
  // A block that names itself would make a circle.
  const ownName = block?.keyword.text === type.to ? block.name?.text : undefined;
  return nearestFirst(nameItems(analysis, type.to, new Set(ownName === undefined ? [] : [ownName])), typed);
}

function applicationItems(type: ValueType): CompletionItem[] {
  if (type.kind === 'either') return type.of.flatMap(applicationItems);
  if (type.kind !== 'application') return [];
  return [snippet(type.word, `${type.word} \${1:1.1}`, `\`${type.word}\` with a number`, 50)];
}

/** Constants of the file that have the right dimension. In a sum or product plain numbers are offered too. */
function constantItems({ program }: Analysis, type: ValueType, written: string): CompletionItem[] {
  const wanted = new Set<Dimension>(
    type.kind === 'integer' || type.kind === 'indexes' || type.kind === 'shape' ? ['number'] : dimensionsOf(type),
  );
  if (wanted.size > 0 && /[*/+]\s*\S*$/.test(written)) wanted.add('number');
  return program.lets
    .filter(({ value }) => value?.kind === 'quantity' && wanted.has(value.dimension))
    .map((constant) => ({
      label: constant.name,
      kind: 'name',
      detail: constantText(constant),
      doc: describeConstant(constant),
      insert: constant.name,
      order: 400,
    }));
}

function exampleItems(spec: PropertySpec): CompletionItem[] {
  const { kind } = spec.type;
  if (kind !== 'quantity' && kind !== 'indexes' && kind !== 'integer' && kind !== 'shape' && kind !== 'string')
    return [];
  const value = exampleValue(spec);
  return [
    { label: value, kind: 'value', detail: 'for example', doc: spec.doc, insert: value, order: 500, isExample: true },
  ];
}
