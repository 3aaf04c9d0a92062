import type { Reference, Target } from './analysis.ts';
import type { Entity, Value } from './entity.ts';
import type { Span } from './span.ts';

/**
 * What a top-level block says, apart from where it stands: two blocks with one identity have equal content and equal
 * uses. What follows from a block's content alone is kept by its identity and outlives edits elsewhere in the text.
 */
export interface Identity {
  /**
   * Its file, the texts and the config that it reads, and each name that it uses: where in the block, and what it stands for. The
   * block's own text is not held: a piece of a text would keep all of that text in memory.
   */
  readonly parts: readonly unknown[];
}

/** The identities of one file's blocks: equal blocks of one analysis and the next share one object. */
export class Identities {
  private before: ReadonlyMap<string, readonly Identity[]> = new Map();
  private now = new Map<string, Identity[]>();

  get size(): number {
    return this.before.size + this.now.size;
  }

  /** An analysis of the file is complete: what it did not meet is let go with the next one. */
  settle(): void {
    this.before = this.now;
    this.now = new Map();
  }

  of(text: string, parts: readonly unknown[]): Identity {
    const known = this.now.get(text) ?? [];
    const isEqual = (each: Identity) =>
      each.parts.length === parts.length && each.parts.every((part, index) => part === parts[index]);
    const own = known.find(isEqual);
    if (own) return own;
    const identity = this.before.get(text)?.find(isEqual) ?? { parts };
    this.now.set(text, [...known, identity]);
    return identity;
  }
}

/**
 * The parts of a block's identity that its references make: nothing when one leads to a block without identity.
 * Names inside the block itself follow from its text, those of an inherited part from its base.
 */
export function partsOf(references: readonly Reference[], block: Span): readonly unknown[] | undefined {
  const parts: unknown[] = [];
  for (const { span, target } of references) {
    if (target.kind === 'entity' && target.entity.parent) continue;
    const meaning = meaningOf(target);
    if (meaning === undefined) return undefined;
    parts.push(span.start - block.start, meaning);
  }
  return parts;
}

/** What a name stands for, wherever that is written: nothing for what cannot be told. */
export function meaningOf(target: Target): unknown {
  return target.kind === 'let' ? valueText(target.constant.value) : target.entity.identity;
}

/** The top-level blocks that the references name, in the order of the references. */
export function usesOf(references: readonly Reference[]): readonly Entity[] {
  return references.flatMap(({ target }) => (target.kind === 'entity' && !target.entity.parent ? target.entity : []));
}

/** Written once for each constant, however many times it is used. */
const valueTexts = new WeakMap<Value, string>();

/** A constant's value in words, without the place where it is written. */
function valueText(value: Value | undefined): string | undefined {
  if (!value) return undefined;
  const known = valueTexts.get(value);
  if (known !== undefined) return known;
  const text = JSON.stringify(value, (key, part: unknown) => (key === 'span' ? undefined : part));
  valueTexts.set(value, text);
  return text;
}

/** The block and every top-level block that it uses, directly or not, in an order that follows from its identity. */
export function footprint(entity: Entity): readonly Entity[] {
  const reached = new Set([entity]);
  for (const each of reached) for (const used of each.uses) reached.add(used);
  return [...reached];
}
