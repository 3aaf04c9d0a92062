import type { Diagnostic } from './diagnostic.ts';
import type { Scope } from './names.ts';
import type { Problem, Unresolved } from './problems.ts';
import { suggest } from './suggest.ts';
import type { BlockNode, Word } from './tree.ts';
import { choicesOf } from './vocabulary/describe.ts';
import type { PropertySpec, ValueType } from './vocabulary/spec.ts';

/** A word that names nothing. What it may have meant is sought once the whole file has been read. */
export interface Stray {
  readonly word: Word;
  readonly sought: Sought;
  /** The same word in what is kept of its block, if the block was not read again. */
  readonly kept?: CachedStray;
}

/** What a word should have been. */
export type Sought = SoughtName | SoughtValue;

interface SoughtName {
  readonly kind: 'name';
  /** `model`, `constant`, `stage or pool`. */
  readonly what: string;
  /** Names that the block itself offers. */
  readonly inside: readonly string[];
  /** Names of the whole file that are offered too: its constants, or its blocks of a keyword. */
  readonly outside?: 'constants' | { readonly keyword: string };
  /** The block whose base is sought. It cannot mean itself. */
  readonly heir?: BlockNode;
}

interface SoughtValue {
  readonly kind: 'value';
  readonly expected: ValueType;
  readonly property: PropertySpec | undefined;
}

/** A word that names nothing in a block that is kept. Places are counted from the block's start. */
export interface CachedStray {
  readonly word: Word;
  readonly sought: Sought;
  /** The finding that it is a value of the wrong type, once that was made. It follows from the block alone. */
  findings?: readonly Diagnostic[];
}

/** A word of a kept block that is a value of the wrong type. */
export interface KeptProblem {
  readonly kept: CachedStray;
  readonly problem: Problem;
  readonly word: Word;
}

/** Kinds of machines. A name of one kind is easily used where another kind belongs. */
const HARDWARE: readonly string[] = ['gpu', 'node', 'cluster'];

/**
 * The problem that the word is; undefined if another finding explains it. `isSearched` is false where a file has too many such
 * words to look for similar names.
 */
export function problemOf({ word, sought }: Stray, scope: Scope, isSearched: boolean): Problem | undefined {
  return sought.kind === 'value'
    ? problemOfValue(word, sought, scope, isSearched)
    : problemOfName(word, sought, scope, isSearched);
}

function problemOfName(word: Word, sought: SoughtName, scope: Scope, isSearched: boolean): Problem | undefined {
  const { what, inside, outside, heir } = sought;
  const isOfBlocks = typeof outside === 'object' && outside.keyword === what;
  const elsewhere = isOfBlocks ? scope.elsewhere(what, word.text) : undefined;
  const candidates = isSearched ? [...inside, ...namesOutside(sought, scope)] : [];
  const meant = isSearched && isOfBlocks && elsewhere === undefined ? meantBy(what, word.text, scope, heir) : undefined;
  const isExplained = scope.hasBrokenImport || what.split(' or ').some((keyword) => scope.nameless(keyword, word));
  if (isExplained && !meant && suggest(word.text, candidates) === undefined) return undefined;
  return {
    kind: 'unresolved-name',
    word,
    what,
    candidates,
    ...(elsewhere !== undefined && { elsewhere }),
    ...(meant && { meant }),
  };
}

function namesOutside({ outside, heir }: SoughtName, scope: Scope): readonly string[] {
  if (outside === undefined) return [];
  return outside === 'constants' ? scope.constantNames : scope.namesOf(outside.keyword, heir);
}

/** What else goes by the name: a block of the kind under another name, or hardware of another kind. */
function meantBy(keyword: string, name: string, scope: Scope, heir?: BlockNode): Unresolved['meant'] {
  const alias = scope.alias(keyword, name, heir);
  if (alias) return { keyword, name: alias.name };
  if (!HARDWARE.includes(keyword)) return undefined;
  for (const other of HARDWARE) {
    if (other === keyword) continue;
    const block = scope.block(other, name);
    const declaration = block && 'one' in block ? block.one : scope.alias(other, name);
    if (declaration) return { keyword: other, name: declaration.name };
  }
  const [, count, gpu] = /^(\d+)x(.+)$/i.exec(name) ?? [];
  const similarGpu = gpu === undefined ? undefined : meantBy('gpu', gpu, scope);
  const meantGpu = gpu !== undefined && scope.block('gpu', gpu) ? { keyword: 'gpu', name: gpu } : similarGpu;
  return meantGpu?.keyword === 'gpu' ? { ...meantGpu, count: Number(count) } : undefined;
}

/** A slip in a constant's name, or a value of the wrong type. */
function problemOfValue(
  word: Word,
  { expected, property }: SoughtValue,
  scope: Scope,
  isSearched: boolean,
): Problem | undefined {
  const constants = isSearched ? scope.constantNames : [];
  const isLike = suggest(word.text, constants) !== undefined;
  const isSlip =
    (isLike || isGluedArithmetic(word, constants)) &&
    suggest(
      word.text,
      choicesOf(expected).map((choice) => choice.name),
    ) === undefined;
  if (scope.hasBrokenImport && !(isSlip && isLike)) return undefined;
  if (isSlip) return { kind: 'unresolved-name', word, what: 'constant', candidates: constants };
  return {
    kind: 'wrong-type',
    span: word.span,
    expected,
    found: `\`${word.text}\``,
    word,
    ...(property && { property }),
  };
}

/** `n-1` is one word; with blanks around the minus it would be arithmetic. */
function isGluedArithmetic(word: Word, constants: readonly string[]): boolean {
  const dash = word.text.indexOf('-');
  return dash > 0 && constants.includes(word.text.slice(0, dash));
}
