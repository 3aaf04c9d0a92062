import type { Dimension } from '../units.ts';
import type { Choice, PropertySpec, ValueType } from './spec.ts';

/** Shorthands for writing the vocabulary. */
export const integer: ValueType = { kind: 'integer' };
export const boolean: ValueType = { kind: 'boolean' };
export const string: ValueType = { kind: 'string' };
export const indexes: ValueType = { kind: 'indexes' };
export const shape: ValueType = { kind: 'shape' };

export function quantity(dimension: Dimension): ValueType {
  return { kind: 'quantity', dimension };
}

export function reference(to: string): ValueType {
  return { kind: 'reference', to };
}

export function choice(choices: Readonly<Record<string, string>>): ValueType {
  return { kind: 'choice', choices: Object.entries(choices).map(([name, doc]): Choice => ({ name, doc })) };
}

export function either(...of: readonly ValueType[]): ValueType {
  return { kind: 'either', of };
}

export function list(of: ValueType): ValueType {
  return { kind: 'list', of };
}

export const numberType: ValueType = choice({
  fp32: '4 bytes per element',
  bf16: '2 bytes per element',
  fp16: '2 bytes per element',
  fp8: '1 byte per element, one scale per tensor',
  'fp8-block': '1 byte per element, one fp32 scale per 128x128 block',
  int8: '1 byte per element',
  int4: 'half a byte per element, one 16-bit scale per group of 32',
  mxfp4: 'half a byte per element, one 8-bit scale per group of 32 (0.53125 bytes)',
  nvfp4: 'half a byte per element, one 8-bit scale per group of 16 (0.5625 bytes)',
});

type Rest = Omit<PropertySpec, 'name' | 'type' | 'doc' | 'example' | 'since'>;

export function property(name: string, type: ValueType, doc: string, example: string, rest: Rest = {}): PropertySpec {
  return { name, type, doc, example: `${name} = ${example}`, since: '0.1', ...rest };
}

export const atLeastOne = { range: { min: 1 } } as const;
export const notNegative = { range: { min: 0 } } as const;
