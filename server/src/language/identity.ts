import type { Reference, Target } from './analysis.ts';
import type { Entity, Value } from './entity.ts';
import { Memo } from './memo.ts';
import type { Span } from './span.ts';

/**
 * What a top-level block says, apart from where it stands. Two blocks with one identity have equal content and equal uses. What
 * follows from a block's content alone is kept by its identity and outlives edits elsewhere in the text.
 */
export interface Identity {
  /**
   * The block's file, the texts and the config that it reads, and for each name that it uses its place in the block and its
   * meaning. The block's own text is not held, because a piece of a text would keep all of that text in memory.
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

  /** An analysis of the file is complete. Identities that it did not meet are dropped after the next analysis. */
  settle(): void {
    this.before = this.now;
    this.now = new Map();
  }

  of(text: string, parts: readonly unknown[]): Identity {
    const identitiesOfText = this.now.get(text) ?? [];
    const isEqual = (candidate: Identity) =>
      candidate.parts.length === parts.length && candidate.parts.every((part, index) => part === parts[index]);
    const sameIdentity = identitiesOfText.find(isEqual);
    if (sameIdentity) return sameIdentity;
    const identity = this.before.get(text)?.find(isEqual) ?? { parts };
    this.now.set(text, [...identitiesOfText, identity]);
    return identity;
  }
}

/**
 * The parts of a block's identity that come from its references; undefined if one of them leads to a block without identity.
 * Names inside the block itself follow from its text, and those of an inherited part from its base.
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

/** What a name stands for, wherever that is written; undefined for a block of which that cannot be told. */
export function meaningOf(target: Target): unknown {
  return target.kind === 'let' ? valueText(target.constant.value) : target.entity.identity;
}

/** The top-level blocks that the references name, in the order of the references. */
export function usesOf(references: readonly Reference[]): readonly Entity[] {
  return references.flatMap(({ target }) => (target.kind === 'entity' && !target.entity.parent ? target.entity : []));
}

/** The text of each constant is written only once, however many times the constant is used. */
const valueTexts = new Memo<Value, string>();

/** A constant's value in words, without the place where it is written. */
function valueText(value: Value | undefined): string {
  if (!value) return 'broken';
  const cachedText = valueTexts.get(value);
  if (cachedText !== undefined) return cachedText;
  const text = JSON.stringify(value, (key, part: unknown) => (key === 'span' ? undefined : part));
  valueTexts.set(value, text);
  return text;
}

/** The block and every top-level block that it uses, directly or not, in an order that follows from its identity. */
export function footprint(entity: Entity): readonly Entity[] {
  const reached = new Set([entity]);
  for (const user of reached) for (const used of user.uses) reached.add(used);
  return [...reached];
}
