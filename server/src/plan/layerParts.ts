import { type Attention, isPresent } from './attention.ts';
import type { FeedForward } from './model.ts';

/** The kinds of parts that the layers of a model may have. */
interface Parts {
  readonly first: Attention | undefined;
  readonly linear: Attention | undefined;
  readonly moe: FeedForward | undefined;
  readonly dense: FeedForward | undefined;
}

interface Part {
  readonly of: (parts: Parts) => object | undefined;
  /** The block that a model needs for this part. */
  readonly block: string;
}

const EXPERTS: Part = { of: ({ moe }) => moe, block: 'experts { … }' };
const DENSE: Part = { of: ({ dense }) => dense, block: 'dense { … }' };

/** The part for each letter of a pattern. */
export const PATTERN_PARTS: ReadonlyMap<string, Part> = new Map([
  ['E', EXPERTS],
  ['-', DENSE],
  ['M', { of: ({ linear }) => linear, block: 'attention state-space { state = …, … }' }],
  ['*', { of: ({ first }) => first, block: 'attention { … }' }],
]);

const WORD_PARTS: ReadonlyMap<string, Part> = new Map([
  ['moe', EXPERTS],
  ['dense', DENSE],
]);

/**
 * The part that a letter of a pattern or a word of `layers { }` asks for and the model lacks; undefined when it has the
 * part.
 */
export function missingPart(word: string, parts: Parts): string | undefined {
  const part = PATTERN_PARTS.get(word) ?? WORD_PARTS.get(word);
  if (!part || part.of(parts)) return undefined;
  return `\`${word}\` stands for a part that the model does not have: write \`${part.block}\` into it, or use what it has`;
}

/** The first layer that computes nothing; undefined when all compute something. */
export function emptyLayer(
  layers: readonly {
    readonly attention: Attention;
    readonly feedForward: FeedForward;
    readonly drawn?: object | undefined;
  }[],
): number | undefined {
  const layer = layers.findIndex(
    ({ attention, feedForward, drawn }) => !isPresent(attention) && feedForward.kind === 'none' && !drawn,
  );
  return layer < 0 ? undefined : layer;
}

/** Names a class of layers by its parts: `dense`, `moe`, `local + moe`. */
export function nameOfParts(attention: Attention, feedForward: FeedForward): string {
  const parts = [
    !isPresent(attention) || attention.name === 'attention' ? '' : attention.name,
    feedForward.kind === 'none'
      ? ''
      : feedForward.kind === 'moe' && feedForward.hashed
        ? 'hashed moe'
        : feedForward.kind,
  ];
  return parts.filter((part) => part !== '').join(' + ') || 'attention';
}
