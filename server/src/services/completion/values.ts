import type { BlockNode } from '../../language/tree.ts';
import { type Dimension, PREFERRED_UNITS, UNITS } from '../../language/units.ts';
import { COMPARE_CLAIMS } from '../../language/vocabulary/claims.ts';
import { choicesOf, dimensionsOf, exampleValue } from '../../language/vocabulary/describe.ts';
import type { PropertySpec, ValueType } from '../../language/vocabulary/spec.ts';
import { type Analysis, entityOfBlock } from '../analysis.ts';
import { describeConstant } from '../hoverName.ts';
import { specOf } from '../place.ts';
import { degreeItems } from './degrees.ts';
import { type CompletionItem, snippet } from './item.ts';
import { nameItems } from './names.ts';

/** Values for `key = written|`: after a number its units, in a list what it does not hold yet. */
export function valueItems(
  analysis: Analysis,
  blocks: readonly BlockNode[],
  key: string,
  written: string,
): readonly CompletionItem[] {
  const spec =
    specOf(blocks)?.properties.find((property) => property.name === key) ??
    COMPARE_CLAIMS.find((claim) => claim.name === key);
  if (!spec) return [];
  if (/\+-\s*\d[\d_.]*\s*\S*$/.test(written))
    return [...unitItems('fraction'), ...dimensionsOf(spec.type).flatMap(unitItems)];
  const isDegree = blocks.at(-1)?.keyword.text === 'parallel';
  // A number that is being typed may still become another degree, and degrees have no unit.
  if (isDegree && /^\d*$/.test(written)) {
    const degrees = degreeItems(analysis, blocks, key);
    if (degrees.length > 0) return degrees;
  }
  if (/(?:^|[\s[(,=+*/-])\d[\d_.]*(?:e[+-]?\d+)?\s*[\p{L}%/]*$/u.test(written))
    return dimensionsOf(spec.type).flatMap(unitItems);
  if (/[)\]"]\s*$/.test(written)) return [];
  const taken = takenInList(written);
  return [
    ...choiceItems(spec.type).filter(({ label }) => !taken.has(label)),
    ...referencedNames(analysis, blocks, spec.type),
    ...applicationItems(spec.type),
    ...constantItems(analysis, spec.type),
    ...exampleItems(spec),
  ];
}

/** What may stand for layers of a range: `dense`, `moe`, `none`, a class of attention or a drawn layer. */
export function layerClassItems(analysis: Analysis, blocks: readonly BlockNode[]): readonly CompletionItem[] {
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
  // The last part is what is being typed.
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

/** `1,073,741,824 B` beside `GiB`: what sets it apart from GB. */
function factorOf(unit: string): string {
  const known = UNITS.get(unit);
  if (!known) return 'unit';
  const base = BASE_UNITS[known.dimension];
  return base && known.factor !== 1
    ? `${known.factor.toLocaleString('en-US', { maximumSignificantDigits: 13 })} ${base}`
    : 'unit';
}

function referencedNames(analysis: Analysis, blocks: readonly BlockNode[], type: ValueType): readonly CompletionItem[] {
  if (type.kind !== 'reference') return [];
  const block = blocks.at(-1);
  // A block that names itself goes in a circle.
  const own = block?.keyword.text === type.to ? block.name?.text : undefined;
  return nameItems(analysis, type.to, new Set(own === undefined ? [] : [own]));
}

function applicationItems(type: ValueType): CompletionItem[] {
  if (type.kind === 'either') return type.of.flatMap(applicationItems);
  if (type.kind !== 'application') return [];
  return [snippet(type.word, `${type.word} \${1:1.1}`, `\`${type.word}\` with a number`, 50)];
}

/** Constants of the file that have the right dimension. */
function constantItems({ program }: Analysis, type: ValueType): CompletionItem[] {
  const wanted = new Set<Dimension>(
    type.kind === 'integer' || type.kind === 'indexes' ? ['number'] : dimensionsOf(type),
  );
  return program.lets
    .filter(({ value }) => value?.kind === 'quantity' && wanted.has(value.dimension))
    .map((constant) => ({
      label: constant.name,
      kind: 'name',
      detail: 'let',
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
  return [{ label: value, kind: 'value', detail: 'for example', doc: spec.doc, insert: value, order: 500 }];
}
