import {
  array,
  boolean,
  exactOptional,
  type InferOutput,
  number,
  object,
  picklist,
  pipe,
  readonly,
  record,
  safeInteger,
  safeParse,
  string,
  union,
} from 'valibot';
import { METRIC_NAMES } from '../../search/metrics.ts';
import { PARTS, type PartResult } from '../../search/run.ts';
import { DEGREE_AXES, SETTING_AXES, type SearchSpace } from '../../search/space.ts';

/*
 * What parts of a search came to crosses boundaries: between threads, and in files between machines. It is checked before it is
 * used.
 */

const count = pipe(number(), safeInteger());

const chosen = pipe(
  array(
    pipe(
      object({
        axis: picklist([...DEGREE_AXES, ...SETTING_AXES, 'gpus', 'layout', 'concurrency', 'micro-batch', 'node']),
        pool: exactOptional(count),
        value: union([number(), string(), boolean()]),
      }),
      readonly(),
    ),
  ),
  readonly(),
);

const values = pipe(
  object(Object.fromEntries(METRIC_NAMES.map((name) => [name, exactOptional(number())]))),
  readonly(),
);

const found = pipe(array(pipe(object({ order: count, chosen, values }), readonly())), readonly());

const fallen = pipe(
  object({ count, example: pipe(object({ order: count, chosen, message: string() }), readonly()) }),
  readonly(),
);

const part = pipe(
  object({
    part: count,
    decided: pipe(
      object({
        all: count,
        evaluated: count,
        bounded: count,
        fallen: pipe(record(string(), fallen), readonly()),
        best: pipe(record(string(), number()), readonly()),
      }),
      readonly(),
    ),
    best: found,
    isFull: boolean(),
    front: found,
  }),
  readonly(),
);

const shard = pipe(object({ moeplan: string(), space: string(), parts: pipe(array(part), readonly()) }), readonly());

/** Parts of one search as a file that other machines' parts are merged with. */
export type Shard = InferOutput<typeof shard>;

/** A part from another thread. Undefined where it is none. */
export function readPart(value: unknown): PartResult | undefined {
  const read = safeParse(part, value);
  return read.success ? read.output : undefined;
}

/** A shard from a file's text. Undefined where it is none. */
export function readShard(text: string): Shard | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const read = safeParse(shard, value);
  return read.success ? read.output : undefined;
}

/**
 * What tells spaces apart: all that their plans are made of, hashed (FNV-1a over 32 bits, twice). Shards of another text, catalogue
 * or release are not merged with each other.
 */
export function fingerprint(space: SearchSpace): string {
  const text = JSON.stringify(space);
  return [0x811c9dc5, 0x01000193].map((seed) => hash(text, seed).toString(16).padStart(8, '0')).join('');
}

function hash(text: string, seed: number): number {
  let value = seed;
  for (let index = 0; index < text.length; index++) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  return value >>> 0;
}

/** Parts that are missing, or there more than once, among those that are to be merged. */
export function partFaults(parts: readonly PartResult[]): { readonly missing: number; readonly repeated: number } {
  const seen = new Set(parts.map((each) => each.part));
  return { missing: PARTS - seen.size, repeated: parts.length - seen.size };
}
