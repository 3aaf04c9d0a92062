import type { LetConstant, Reference, Target } from './analysis.ts';
import type { Entity, Value } from './entity.ts';
import { evaluate } from './evaluate.ts';
import { movedWord } from './moved.ts';
import {
  type Declaration,
  type LetDeclaration,
  locationOfDeclaration,
  type NameMatch,
  type Scope,
  wordsOf,
} from './names.ts';
import type { Problem } from './problems.ts';
import type { Span } from './span.ts';
import { type CachedStray, type KeptProblem, problemOf, type Sought, type Stray } from './strays.ts';
import type { BlockNode, Expression, Item, Word } from './tree.ts';
import { check, keepsWord, type Typed, type TypingEnvironment } from './typing.ts';
import type { Dimension } from './units.ts';
import type { PropertySpec, ValueType } from './vocabulary/spec.ts';

/** What names lead to, in this file and in others. */
export interface Targets {
  entity(declaration: Declaration): Entity;
  constant(declaration: LetDeclaration): LetConstant;
}

/** One lookup of a name from the text of a block. While all lookups have the same outcome, so does the block. */
export type Lookup =
  | { readonly kind: 'block'; readonly keyword: string; readonly name: string; readonly beyondThisFile: boolean }
  | { readonly kind: 'constant'; readonly name: string }
  /** Whether a block of the kind has this other name. */
  | { readonly kind: 'alias'; readonly keyword: string; readonly name: string };

/** What a lookup leads to. A constant that is not there is `doubtful` where another finding stands in its place. */
export type Outcome = Target | 'nothing' | 'doubtful' | 'alias';

export interface LookedUp {
  readonly lookup: Lookup;
  readonly outcome: Outcome;
}

/** Similar names are sought for this many unknown names. In a file with thousands of them it would take too long. */
const MOST_SEARCHES = 100;

/** What reading a piece of a file has found. */
export interface FoundOut {
  readonly problems: Problem[];
  readonly strays: Stray[];
  readonly lookups: LookedUp[];
  /** Words in parts that could not be evaluated: they may be uses of names. */
  readonly doubtful: Set<string>;
  /** A name in it means several things, as the files are now. */
  isAmbiguous: boolean;
}

function nothingYet(): FoundOut {
  return { problems: [], strays: [], lookups: [], doubtful: new Set(), isAmbiguous: false };
}

/** Reads the expressions of one file: finds what their words name, and records references and problems. */
export class Resolver {
  readonly scope: Scope;
  readonly references: Reference[] = [];
  private readonly targets: Targets;
  /** What was found in the whole file. */
  private readonly foundInFile = nothingYet();
  /** What was found in the part that is being read. */
  private foundInPart = this.foundInFile;
  private muted = false;
  /** Values of the wrong type in blocks that were taken over. Their findings are kept. */
  readonly keptProblems: KeptProblem[] = [];

  constructor(scope: Scope, targets: Targets) {
    this.scope = scope;
    this.targets = targets;
  }

  report(problem: Problem): void {
    if (!this.muted) this.foundInPart.problems.push(problem);
  }

  get problems(): Problem[] {
    return this.foundInFile.problems;
  }

  get doubtful(): ReadonlySet<string> {
    return this.foundInFile.doubtful;
  }

  /** Words of a statement that is not evaluated: they may be uses of names. */
  doubt(item: Item): void {
    wordsOf(item, this.foundInPart.doubtful, this.scope.file.source.text);
  }

  /** Reads a block. The answer holds what was found in it, but not in other blocks that are met for the first time meanwhile. */
  apart<Result>(read: () => Result): { readonly result: Result; readonly found: FoundOut } {
    const [foundAround, foundInBlock] = [this.foundInPart, nothingYet()];
    this.foundInPart = foundInBlock;
    const result = read();
    this.foundInPart = foundAround;
    for (const problem of foundInBlock.problems) this.foundInFile.problems.push(problem);
    for (const stray of foundInBlock.strays) this.foundInFile.strays.push(stray);
    this.doubtAll(foundInBlock.doubtful);
    return { result, found: foundInBlock };
  }

  doubtAll(words: ReadonlySet<string>): void {
    for (const word of words) this.foundInFile.doubtful.add(word);
  }

  /**
   * Turns words that name nothing into problems, in the order of the text. Files are read in the order in which they use each
   * other, and what is said of one must not depend on which was read first.
   */
  settle(): void {
    const { strays, problems } = this.foundInFile;
    strays.sort((left, right) => left.word.span.start - right.word.span.start);
    let count = 0;
    for (const stray of strays) {
      const { kept, word } = stray;
      // Another finding stands where the word may be defined.
      if (this.scope.doubtful(word)) continue;
      const problem = problemOf(stray, this.scope, count++ < MOST_SEARCHES);
      if (!problem) continue;
      if (kept && problem.kind === 'wrong-type') this.keptProblems.push({ kept, problem, word });
      else problems.push(problem);
    }
    strays.length = 0;
  }

  /** Takes over the words of a kept block that name nothing. The block starts at `start` now. */
  resume(strays: readonly CachedStray[], start: number): void {
    for (const kept of strays) {
      const { word, sought } = kept;
      this.foundInFile.strays.push({ word: movedWord(word, start), sought, kept });
    }
  }

  private stray(word: Word, sought: Sought): void {
    if (!this.muted) this.foundInPart.strays.push({ word, sought });
  }

  /** Evaluates a statement. Where the parser has found a mistake in it, the problems that follow from that are not reported. */
  quietly<Result>(isBroken: boolean, evaluate: () => Result): Result {
    const before = this.muted;
    this.muted = before || isBroken;
    const result = evaluate();
    this.muted = before;
    return result;
  }

  /** Reads a block again of which only the positions of its parts are unknown, and returns its references. */
  again(read: () => void): readonly Reference[] {
    const { references, muted } = this;
    const first = references.length;
    this.muted = true;
    this.apart(read);
    this.muted = muted;
    return references.splice(first);
  }

  /** What an earlier lookup leads to now, from the text of a block; undefined where it is ambiguous. */
  outcomeOf(lookup: Lookup, block: Span): Outcome | undefined {
    const { kind, name } = lookup;
    if (kind === 'alias') return this.scope.alias(lookup.keyword, name) ? 'alias' : 'nothing';
    if (kind === 'constant') {
      const constant = this.scope.constant(name);
      if (!constant) return this.absence(name, block);
      return 'one' in constant ? { kind: 'let', constant: this.targets.constant(constant.one) } : undefined;
    }
    const declared = this.scope.block(lookup.keyword, name, lookup.beyondThisFile);
    if (!declared) return 'nothing';
    return 'one' in declared ? { kind: 'entity', entity: this.targets.entity(declared.one) } : undefined;
  }

  private absence(name: string, span: Span): Outcome {
    return this.scope.doubtful({ text: name, span }) ? 'doubtful' : 'nothing';
  }

  private lookedUp(lookup: Lookup, outcome: Outcome): void {
    this.foundInPart.lookups.push({ lookup, outcome });
  }

  refer(word: Word, target: Target): void {
    this.references.push({ uri: this.scope.file.source.uri, span: word.span, name: word.text, target });
  }

  /** Another text that names a block of the kind: an id of the hub, or in quotes what a driver prints. */
  private otherName(expression: Expression, keyword: string): Word | undefined {
    const hubId = hubIdOf(expression);
    if (hubId || expression.kind !== 'string') return hubId;
    const { text, span } = expression;
    const isAlias = this.scope.alias(keyword, text) !== undefined;
    this.lookedUp({ kind: 'alias', keyword, name: text }, isAlias ? 'alias' : 'nothing');
    return isAlias ? { kind: 'word', text, span } : undefined;
  }

  /** The typed value of an expression. Where it has none, that is reported and the answer is undefined. */
  value(expression: Expression, type: ValueType, property?: PropertySpec): Typed | undefined {
    const environment = this.environment((word) => keepsWord(type, word), dimensionOf(type));
    const hubId = type.kind === 'reference' ? this.otherName(expression, type.to) : undefined;
    if (hubId && type.kind === 'reference') {
      this.entity(type.to, hubId);
      return undefined;
    }
    const raw = evaluate(expression, environment);
    return raw && check(raw, expression, type, environment, property);
  }

  /** The value of a constant. It may have any type, but every word in it must be a constant too. */
  constantValue(expression: Expression): Value | undefined {
    const hubId = expression.kind === 'string' ? undefined : hubIdOf(expression);
    const isJoined = hubId?.text.length === expression.span.end - expression.span.start;
    if (
      hubId &&
      isJoined &&
      /[-.]/.test(hubId.text) &&
      hubId.text.split('/').every((part) => !this.scope.constant(part))
    ) {
      this.stray(hubId, { kind: 'name', what: 'constant', inside: [] });
      return undefined;
    }
    const environment = this.environment((word) => word.text === 'true' || word.text === 'false');
    const value = evaluate(expression, environment);
    const stray = value && strayWord(value, expression);
    if (stray) environment.unresolved(stray);
    return stray ? undefined : value;
  }

  /** The block that a word names, and a reference to it. */
  entity(keyword: string, word: Word, beyondThisFile = false): Entity | undefined {
    const declaration = this.declaration(keyword, word, beyondThisFile);
    if (!declaration) return undefined;
    const entity = this.targets.entity(declaration);
    const target: Target = { kind: 'entity', entity };
    this.lookedUp({ kind: 'block', keyword, name: word.text, beyondThisFile }, target);
    this.refer(word, target);
    return entity;
  }

  /**
   * The one declaration that a word means; if there is none, that is reported. A block never means itself: `heir` is left out.
   */
  declaration(keyword: string, word: Word, beyondThisFile = false, heir?: BlockNode): Declaration | undefined {
    const block = this.scope.block(keyword, word.text, beyondThisFile);
    if (block) return this.single(block, word, keyword);
    this.lookedUp({ kind: 'block', keyword, name: word.text, beyondThisFile }, 'nothing');
    this.stray(word, { kind: 'name', what: keyword, inside: [], outside: { keyword }, ...(heir && { heir }) });
    return undefined;
  }

  /** Reports a name that should be one of those that the block itself offers, or a block of the keyword. */
  notInside(word: Word, what: string, inside: readonly string[], keyword?: string): void {
    if (keyword !== undefined)
      this.lookedUp({ kind: 'block', keyword, name: word.text, beyondThisFile: false }, 'nothing');
    this.stray(word, { kind: 'name', what, inside, ...(keyword !== undefined && { outside: { keyword } }) });
  }

  private single<Named extends Declaration | LetDeclaration>(
    lookedUp: Exclude<NameMatch<Named>, undefined>,
    word: Word,
    what: string,
  ): Named | undefined {
    if ('one' in lookedUp) return lookedUp.one;
    this.foundInPart.isAmbiguous = true;
    this.report({ kind: 'ambiguous-name', word, what, declarations: lookedUp.several.map(locationOfDeclaration) });
    return undefined;
  }

  private constant(word: Word): Value | 'broken' | undefined {
    const lookedUp = this.scope.constant(word.text);
    const lookup: Lookup = { kind: 'constant', name: word.text };
    if (!lookedUp) {
      const absence = this.absence(word.text, word.span);
      this.lookedUp(lookup, absence);
      return absence === 'doubtful' ? 'broken' : undefined;
    }
    const declaration = this.single(lookedUp, word, 'constant');
    if (!declaration) return 'broken';
    const constant = this.targets.constant(declaration);
    const target: Target = { kind: 'let', constant };
    this.lookedUp(lookup, target);
    this.refer(word, target);
    return constant.value ?? 'broken';
  }

  private environment(keeps: (word: Word) => boolean, dimension?: Dimension): TypingEnvironment {
    return {
      ...(dimension && { dimension }),
      keeps,
      constant: (word) => this.constant(word),
      unresolved: (word) => this.stray(word, { kind: 'name', what: 'constant', inside: [], outside: 'constants' }),
      report: (problem) => this.report(problem),
      entity: (keyword, word) => this.entity(keyword, word),
      reportWord: (word, expected, property) => this.reportWord(word, expected, property),
    };
  }

  /** A word where another kind of value belongs: a slip in a choice, a slip in a constant's name, or a wrong type. */
  private reportWord(word: Word, expected: ValueType, property: PropertySpec | undefined): void {
    const declared = property && { property };
    const glued = /^([\d_.]*\d)([\p{L}/]+)$/u.exec(word.text);
    if (glued?.[2] !== undefined && expected.kind === 'quantity') {
      const start = word.span.end - glued[2].length;
      const unit: Word = { kind: 'word', text: glued[2], span: { start, end: word.span.end } };
      this.report({
        kind: 'wrong-unit',
        span: word.span,
        reason: { kind: 'unknown', unit, expected: expected.dimension },
        ...declared,
      });
      return;
    }
    this.stray(word, { kind: 'value', expected, property });
  }
}

function dimensionOf(type: ValueType): Dimension | undefined {
  if (type.kind === 'quantity') return type.dimension;
  return type.kind === 'integer' || type.kind === 'indexes' ? 'number' : undefined;
}

/** A word of a constant's value that is neither a constant nor a truth value. */
function strayWord(value: Value, expression: Expression): Word | undefined {
  if (value.kind === 'word') {
    const isTruthValue = value.text === 'true' || value.text === 'false';
    return isTruthValue || expression.kind !== 'word' ? undefined : expression;
  }
  if (value.kind === 'list' && expression.kind === 'list') {
    for (const [at, item] of value.items.entries()) {
      const part = expression.items[at];
      const stray = part && strayWord(item, part);
      if (stray) return stray;
    }
  }
  return undefined;
}

/**
 * `Qwen/Qwen3-8B`, in quotes or not, as one word. A slash otherwise divides, but nothing is divided where the name of a block
 * belongs, so it is clear what is meant.
 */
function hubIdOf(expression: Expression): Word | undefined {
  if (expression.kind === 'string')
    return /^[\w.-]+\/[\w.-]+$/.test(expression.text)
      ? { kind: 'word', text: expression.text, span: expression.span }
      : undefined;
  if (expression.kind !== 'binary' || expression.operator !== '/') return undefined;
  const { left, right, span } = expression;
  return left.kind === 'word' && right.kind === 'word'
    ? { kind: 'word', text: `${left.text}/${right.text}`, span }
    : undefined;
}
