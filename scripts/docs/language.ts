import { type Dimension, UNITS } from '../../server/src/language/units.ts';
import { COMPARE_CLAIMS } from '../../server/src/language/vocabulary/claims.ts';
import { describeDimension, describeType, enumerate } from '../../server/src/language/vocabulary/describe.ts';
import type { BlockSpec, PropertySpec, ValueType } from '../../server/src/language/vocabulary/spec.ts';
import { numberType } from '../../server/src/language/vocabulary/types.ts';
import { childBlocks, VOCABULARY } from '../../server/src/language/vocabulary/vocabulary.ts';
import { anchor, code, fence, table } from './markdown.ts';
import { wordsTables } from './words.ts';

/** The generated parts of the language reference, by the name of their place in the template. */
export function languageParts(): Readonly<Record<string, string>> {
  return {
    blocks: VOCABULARY.map(blockSection).join('\n\n'),
    contents: contents(),
    units: unitsTable(),
    'number-types': numberTypes(),
    'compare-claims': propertyTable(COMPARE_CLAIMS),
    words: wordsTables(),
  };
}

function heading(block: BlockSpec): string {
  return block.parents.includes('file') ? block.keyword : `${block.keyword} in ${enumerateParents(block)}`;
}

function enumerateParents(block: BlockSpec): string {
  return block.parents.map((parent) => (parent === 'file' ? 'a file' : parent)).join(', ');
}

function link(block: BlockSpec): string {
  return `[${block.keyword}](#${anchor(heading(block))})`;
}

/** The blocks as a tree: what stands in a file, and what stands in that. */
function contents(): string {
  const lines: string[] = [];
  const add = (parent: string, indent: string) => {
    for (const block of childBlocks(parent)) {
      lines.push(`${indent}- ${link(block)}: ${block.doc}`);
      if (block.keyword !== parent) add(block.keyword, `${indent}  `);
    }
  };
  add('file', '');
  return lines.join('\n');
}

function blockSection(block: BlockSpec): string {
  const parts = [`### ${heading(block)}`, block.doc];
  if (block.details !== undefined) parts.push(block.details);
  parts.push(facts(block).join(' '));
  parts.push(fence(block.example));
  if (block.properties.length > 0) parts.push(propertyTable(block.properties));
  return parts.join('\n\n');
}

const HELD = {
  edges: 'arrows (`a -> b`)',
  entries: 'layer entries (`0..2 = dense`)',
  placements: 'placements (`expert 0..3 on gpu 5`)',
};

function facts(block: BlockSpec): string[] {
  const facts = [`Stands in ${enumerateParents(block)}.`];
  if (block.naming === 'required') facts.push('Has a name.');
  if (block.naming === 'optional') facts.push('May have a name.');
  if (block.extendable) facts.push(`May extend another: ${code(`${block.keyword} mine extends other { ... }`)}.`);
  if (block.fromConfig)
    facts.push(`May be read from a Hugging Face config: ${code(`${block.keyword} mine from "config.json"`)}.`);
  const children = childBlocks(block.keyword).filter((child) => child !== block);
  if (children.length > 0) facts.push(`Holds the blocks ${children.map(link).join(', ')}.`);
  if (block.holds) facts.push(`Holds ${block.holds.map((kind) => HELD[kind]).join(' and ')}.`);
  return facts;
}

function propertyTable(properties: readonly PropertySpec[]): string {
  return table(
    ['property', 'type', 'default', 'meaning', 'example'],
    properties.map((property) => [
      code(property.name),
      typeText(property.type) + limits(property),
      needed(property),
      property.details === undefined ? property.doc : `${property.doc} ${property.details}`,
      code(property.example),
    ]),
  );
}

function needed({ required, default: value }: PropertySpec): string {
  if (!required) return value ?? 'none';
  return required === true ? '**required**' : `**required** unless ${code(required.unless)}`;
}

/** Number types are named in one table of their own instead of in every row. */
function typeText(type: ValueType): string {
  if (type === numberType) return '[number type](#number-types)';
  if (type.kind === 'quantity') return describeDimension(type.dimension);
  if (type.kind === 'choice') return choices(type.choices);
  if (type.kind === 'list' && type.of.kind === 'choice') return `one or a list of ${choices(type.of.choices)}`;
  if (type.kind === 'either') return type.of.map(typeText).join(', or ');
  return describeType(type);
}

function choices(all: readonly { readonly name: string; readonly doc: string }[]): string {
  return all.map(({ name, doc }) => `${code(name)} (${doc.replace(/\.$/, '')})`).join(', ');
}

function limits({ range }: PropertySpec): string {
  if (!range) return '';
  const { min, max } = range;
  if (min !== undefined && max !== undefined) return `, ${min} to ${max}`;
  if (max !== undefined) return `, at most ${max}`;
  return min === Number.MIN_VALUE ? ', above 0' : `, at least ${min}`;
}

function unitsTable(): string {
  const byDimension = new Map<Dimension, string[]>();
  for (const { dimension, name } of UNITS.values()) {
    byDimension.set(dimension, [...(byDimension.get(dimension) ?? []), name]);
  }
  return table(
    ['what', 'units'],
    [...byDimension].map(([dimension, names]) => [describeDimension(dimension), enumerate(names)]),
  );
}

function numberTypes(): string {
  if (numberType.kind !== 'choice') throw new Error('number types are no list of words any more');
  return table(
    ['type', 'stored as'],
    numberType.choices.map(({ name, doc }) => [code(name), doc]),
  );
}
