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
  'fp8-channel': '1 byte per element, one fp32 scale per output of a matrix',
  mxfp8: '1 byte per element, one 8-bit scale per group of 32 (1.03125 bytes)',
  int8: '1 byte per element',
  int4: 'half a byte per element, one 16-bit scale per group of 32',
  'int4-64': 'half a byte per element, one 16-bit scale per group of 64 (0.53125 bytes)',
  'int4-128':
    'half a byte per element, one 16-bit scale per group of 128, the default of AWQ and GPTQ (0.515625 bytes)',
  mxfp4: 'half a byte per element, one 8-bit scale per group of 32 (0.53125 bytes)',
  nvfp4: 'half a byte per element, one 8-bit scale per group of 16 (0.5625 bytes)',
});

type Rest = Omit<PropertySpec, 'name' | 'type' | 'doc' | 'example'>;

export function property(name: string, type: ValueType, doc: string, example: string, rest: Rest = {}): PropertySpec {
  return { name, type, doc, example: `${name} = ${example}`, ...rest };
}

/** Names that others give to a block. */
export function alsoKnownAs(name: string, doc: string, example: string): PropertySpec {
  return property(name, list(string), doc, example, { aliases: true });
}

/**
 * Bounds beyond which nothing real is described. A slip such as one digit too many is reported at its place and never fills the
 * memory, because lists of this length are made of GPUs, layers and experts.
 */
export const MOST_GPUS = 200_000;
export const MOST_LAYERS = 10_000;
export const MOST_EXPERTS = 65_536;
/** The bound for counts and widths of which no list is made. */
const MOST = 1_000_000_000;

export const atLeastOne = { range: { min: 1, max: MOST } } as const;
export const notNegative = { range: { min: 0, max: MOST } } as const;
/** The bounds for amounts in a unit. */
export const positiveAmount = { range: { min: 1, max: 1e18 } } as const;
/**
 * Bounds for rates and times of machines. They are far beyond anything built, and near enough to each other that no figure
 * overflows.
 */
export const positiveRate = { range: { min: 1, max: 1e21 } } as const;
export const duration = { range: { min: 0, max: 1e6 } } as const;
export const amount = { range: { min: 0, max: 1e18 } } as const;

export function upTo(max: number, min = 1): { readonly range: { readonly min: number; readonly max: number } } {
  return { range: { min, max } };
}

/** Properties for lines without a key: the layers of an entry, the parts of a placement. */
export const layerIndexes = property('layers', indexes, 'Layers, counted from 0.', '0..1', upTo(MOST_LAYERS - 1, 0));
export const expertIndexes = property('expert', indexes, 'Experts of a layer.', '0..3', upTo(MOST_EXPERTS - 1, 0));
export const gpuIndexes = property('gpu', indexes, 'GPUs of the cluster.', '0..7', upTo(MOST_GPUS - 1, 0));
