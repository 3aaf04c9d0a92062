import type { LetConstant, Reference, Target } from './analysis.ts';
import type { Entity, Value } from './entity.ts';
import { evaluate } from './evaluate.ts';
import {
  type Declaration,
  type Found,
  type LetDeclaration,
  locationOfDeclaration,
  type Scope,
  wordsOf,
} from './names.ts';
import type { Problem, Unresolved } from './problems.ts';
import { suggest } from './suggest.ts';
import type { BlockNode, Expression, Item, Word } from './tree.ts';
import { check, keepsWord, type Typed, type TypingEnvironment } from './typing.ts';
import type { Dimension } from './units.ts';
import { choicesOf } from './vocabulary/describe.ts';
import type { PropertySpec, ValueType } from './vocabulary/spec.ts';

/** What names lead to, in this file and in others. */
export interface Targets {
  entity(declaration: Declaration): Entity;
  constant(declaration: LetDeclaration): LetConstant;
}

/** One lookup of a name from the text of a block. While all lookups have the same result, so does the block. */
export interface Lookup {
  /** The keyword of the block that was looked for. A constant has none. */
  readonly keyword: string | undefined;
  readonly name: string;
  readonly beyondThisFile: boolean;
}

export interface LookedUp {
  readonly lookup: Lookup;
  readonly target: Target;
}

/** Similar names are sought for this many unknown names. In a file with thousands of them it would take too long. */
const MOST_SEARCHES = 100;

/** Kinds of machines. A name of one kind is easily used where another kind belongs. */
const HARDWARE: readonly string[] = ['gpu', 'node', 'cluster'];

/** A word that names nothing. What it may have meant is sought once the whole file has been read. */
interface Stray {
  readonly word: Word;
  /** `isSearched` is false where a file has too many such words to look for similar names. */
  readonly settle: (isSearched: boolean) => Problem | undefined;
}

/** What reading a piece of a file has found. */
export interface FoundOut {
  readonly problems: Problem[];
  readonly strays: Stray[];
  readonly lookups: LookedUp[];
  /** Words in parts that could not be evaluated: they may be uses of names. */
  readonly doubtful: Set<string>;
  /** Something in it has no meaning, or several, as the files are now. That may change when they change. */
  isOpen: boolean;
}

function nothingYet(): FoundOut {
  return { problems: [], strays: [], lookups: [], doubtful: new Set(), isOpen: false };
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
    for (const [index, { settle }] of strays.entries()) {
      const problem = settle(index < MOST_SEARCHES);
      if (problem) problems.push(problem);
    }
    strays.length = 0;
  }

  private stray(word: Word, settle: Stray['settle']): void {
    if (!this.muted) this.foundInPart.strays.push({ word, settle });
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

  /** What an earlier lookup leads to now; undefined where that is unknown or ambiguous. */
  targetOf({ keyword, name, beyondThisFile }: Lookup): Target | undefined {
    if (keyword !== undefined) {
      const block = this.scope.block(keyword, name, beyondThisFile);
      return block && 'one' in block ? { kind: 'entity', entity: this.targets.entity(block.one) } : undefined;
    }
    const constant = this.scope.constant(name);
    return constant && 'one' in constant ? { kind: 'let', constant: this.targets.constant(constant.one) } : undefined;
  }

  refer(word: Word, target: Target): void {
    this.references.push({ uri: this.scope.file.source.uri, span: word.span, name: word.text, target });
  }

  /** Another text that names a block of the kind: an id of the hub, or in quotes what a driver prints. */
  private otherName(expression: Expression, keyword: string): Word | undefined {
    const hubId = hubIdOf(expression);
    if (hubId || expression.kind !== 'string') return hubId;
    if (!this.scope.alias(keyword, expression.text)) {
      this.foundInPart.isOpen = true;
      return undefined;
    }
    return { kind: 'word', text: expression.text, span: expression.span };
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
      this.unresolved(hubId, 'constant', () => []);
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
    this.foundInPart.lookups.push({ lookup: { keyword, name: word.text, beyondThisFile }, target });
    this.refer(word, target);
    return entity;
  }

  /**
   * The one declaration that a word means; if there is none, that is reported. A block never means itself: `heir` is left out.
   */
  declaration(keyword: string, word: Word, beyondThisFile = false, heir?: BlockNode): Declaration | undefined {
    const block = this.scope.block(keyword, word.text, beyondThisFile);
    if (block) return this.single(block, word, keyword);
    this.unresolved(
      word,
      keyword,
      () => this.scope.visible(keyword, heir).map((declaration) => declaration.name),
      this.scope.elsewhere(keyword, word.text),
      () => this.meant(keyword, word.text, heir),
    );
    return undefined;
  }

  /** What else goes by the name: a block of the kind under another name, or hardware of another kind. */
  private meant(keyword: string, name: string, heir?: BlockNode): Unresolved['meant'] {
    const alias = this.scope.alias(keyword, name, heir);
    if (alias) return { keyword, name: alias.name };
    if (!HARDWARE.includes(keyword)) return undefined;
    for (const other of HARDWARE) {
      if (other === keyword) continue;
      const block = this.scope.block(other, name);
      const declaration = block && 'one' in block ? block.one : this.scope.alias(other, name);
      if (declaration) return { keyword: other, name: declaration.name };
    }
    const [, count, gpu] = /^(\d+)x(.+)$/i.exec(name) ?? [];
    const similarGpu = gpu === undefined ? undefined : this.meant('gpu', gpu);
    const meantGpu = gpu !== undefined && this.scope.block('gpu', gpu) ? { keyword: 'gpu', name: gpu } : similarGpu;
    return meantGpu?.keyword === 'gpu' ? { ...meantGpu, count: Number(count) } : undefined;
  }

  /** Reports a name that nothing visible has, unless another finding explains why it is missing. */
  unresolved(
    word: Word,
    what: string,
    candidatesOf: () => readonly string[],
    elsewhere?: string,
    meantOf?: () => Unresolved['meant'],
  ): void {
    this.foundInPart.isOpen = true;
    if (this.scope.doubtful(word)) return;
    this.stray(word, (isSearched) => {
      const candidates = isSearched ? candidatesOf() : [];
      const meant = isSearched && elsewhere === undefined ? meantOf?.() : undefined;
      const isExplained =
        this.scope.hasBrokenImport || what.split(' or ').some((keyword) => this.scope.nameless(keyword, word));
      if (isExplained && !meant && suggest(word.text, candidates) === undefined) return undefined;
      return {
        kind: 'unresolved-name',
        word,
        what,
        candidates,
        ...(elsewhere !== undefined && { elsewhere }),
        ...(meant && { meant }),
      };
    });
  }

  private single<Named extends Declaration | LetDeclaration>(
    lookedUp: Exclude<Found<Named>, undefined>,
    word: Word,
    what: string,
  ): Named | undefined {
    if ('one' in lookedUp) return lookedUp.one;
    this.foundInPart.isOpen = true;
    this.report({ kind: 'ambiguous-name', word, what, declarations: lookedUp.several.map(locationOfDeclaration) });
    return undefined;
  }

  private constant(word: Word): Value | 'broken' | undefined {
    const lookedUp = this.scope.constant(word.text);
    const lookup = { keyword: undefined, name: word.text, beyondThisFile: false };
    if (!lookedUp) {
      this.foundInPart.isOpen = true;
      return this.scope.doubtful(word) ? 'broken' : undefined;
    }
    const declaration = this.single(lookedUp, word, 'constant');
    if (!declaration) return 'broken';
    const constant = this.targets.constant(declaration);
    const target: Target = { kind: 'let', constant };
    this.foundInPart.lookups.push({ lookup, target });
    this.refer(word, target);
    return constant.value ?? 'broken';
  }

  private environment(keeps: (word: Word) => boolean, dimension?: Dimension): TypingEnvironment {
    return {
      ...(dimension && { dimension }),
      keeps,
      constant: (word) => this.constant(word),
      unresolved: (word) => this.unresolved(word, 'constant', () => this.constantNames()),
      report: (problem) => this.report(problem),
      entity: (keyword, word) => this.entity(keyword, word),
      reportWord: (word, expected, property) => this.reportWord(word, expected, property),
    };
  }

  private constantNames(): string[] {
    return this.scope.visibleConstants().map((declaration) => declaration.name);
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
    this.foundInPart.isOpen = true;
    if (this.scope.doubtful(word)) return;
    this.stray(word, (isSearched) => {
      const choices = choicesOf(expected).map((choice) => choice.name);
      const constants = isSearched ? this.constantNames() : [];
      const isLike = suggest(word.text, constants) !== undefined;
      const isSlip = suggest(word.text, choices) === undefined && (isLike || isGluedArithmetic(word, constants));
      if (this.scope.hasBrokenImport && !(isSlip && isLike)) return undefined;
      if (isSlip) return { kind: 'unresolved-name', word, what: 'constant', candidates: constants };
      return { kind: 'wrong-type', span: word.span, expected, found: `\`${word.text}\``, word, ...declared };
    });
  }
}

function dimensionOf(type: ValueType): Dimension | undefined {
  if (type.kind === 'quantity') return type.dimension;
  return type.kind === 'integer' || type.kind === 'indexes' ? 'number' : undefined;
}

/** `n-1` is one word; with blanks around the minus it would be arithmetic. */
function isGluedArithmetic(word: Word, constants: readonly string[]): boolean {
  const dash = word.text.indexOf('-');
  return dash > 0 && constants.includes(word.text.slice(0, dash));
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
