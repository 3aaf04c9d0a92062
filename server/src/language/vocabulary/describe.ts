import type { Dimension } from '../units.ts';
import type { BlockSpec, Choice, PropertySpec, ValueType } from './spec.ts';

const QUANTITIES: Readonly<Record<Dimension, string>> = {
  bytes: 'a size',
  'bytes/s': 'a bandwidth',
  'FLOP/s': 'a peak rate',
  seconds: 'a time',
  tokens: 'a number of tokens',
  'tokens/s': 'a rate in tokens/s',
  'requests/s': 'a rate in requests/s',
  'price/h': 'a price per hour',
  fraction: 'a share',
  number: 'a number',
};

/** How a message calls a dimension: `a size`. */
export function describeDimension(dimension: Dimension): string {
  return QUANTITIES[dimension];
}

/** How a message calls a type: `a size`, `a whole number`, `the name of a model`, `one of `none`, `eplb``. */
export function describeType(type: ValueType): string {
  switch (type.kind) {
    case 'quantity':
      return QUANTITIES[type.dimension];
    case 'integer':
      return 'a whole number';
    case 'boolean':
      return '`true` or `false`';
    case 'string':
      return 'a text in double quotes';
    case 'choice':
      return oneOf(choicesOf(type).map((choice) => choice.name));
    case 'reference':
      return `the name of ${article(type.to)}`;
    case 'indexes':
      return 'an index, a range or a list of both';
    case 'shape':
      return 'a shape';
    case 'either':
      return type.of.map(describeType).join(', or ');
    case 'list':
      return type.of.kind === 'choice'
        ? `a list of ${describeType(type.of).replace(/^one of /, '')}`
        : `a list, each ${describeType(type.of)}`;
    case 'application':
      return `\`${type.word}\` with ${describeType(type.argument)}`;
  }
}

/** Every word that the type offers as a choice. */
export function choicesOf(type: ValueType): readonly Choice[] {
  switch (type.kind) {
    case 'choice':
      return type.choices;
    case 'either':
      return type.of.flatMap(choicesOf);
    case 'list':
      return choicesOf(type.of);
    case 'boolean':
      return [
        { name: 'true', doc: 'Yes.' },
        { name: 'false', doc: 'No.' },
      ];
    default:
      return [];
  }
}

/** The value of the property's example: `80 GiB` of `memory = 80 GiB`. */
export function exampleValue(property: PropertySpec): string {
  return property.example.slice(property.example.indexOf('=') + 1).trim();
}

/** `Required.`, with its exception; undefined for a property that has a default. */
export function requirement({ required }: PropertySpec): string | undefined {
  if (!required) return undefined;
  return required === true ? 'Required.' : `Required unless \`${required.unless}\`.`;
}

/** The header of a block's example, without the braces: `model my-model`. */
export function exampleHeader(block: BlockSpec): string {
  return block.example.slice(0, block.example.indexOf('{')).trim();
}

/** `a model`, `an attention`. */
export function article(noun: string): string {
  return `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`;
}

/** `a`, `a and b`, `a, b and c`, each word in backticks. */
export function enumerate(names: readonly string[], last = 'and'): string {
  const quoted = names.map((name) => `\`${name}\``);
  if (quoted.length < 2) return quoted.join('');
  return `${quoted.slice(0, -1).join(', ')} ${last} ${quoted.at(-1)}`;
}

function oneOf(names: readonly string[]): string {
  return names.length === 1 ? enumerate(names) : `one of ${enumerate(names, 'or')}`;
}

/** The dimensions of quantities that a type takes, including those in lists and alternatives. */
export function dimensionsOf(type: ValueType): readonly Dimension[] {
  switch (type.kind) {
    case 'quantity':
      return [type.dimension];
    case 'either':
      return type.of.flatMap(dimensionsOf);
    case 'list':
      return dimensionsOf(type.of);
    case 'application':
      return dimensionsOf(type.argument);
    default:
      return [];
  }
}
