import type { Unread } from './source.ts';
import type { Location, Span } from './span.ts';
import type {
  BlockNode,
  Expression,
  ImportNode,
  Item,
  NumberLiteral,
  PropertyNode,
  StringLiteral,
  Word,
} from './tree.ts';
import type { Dimension } from './units.ts';
import type { PropertySpec, ValueType } from './vocabulary/spec.ts';

/**
 * Kinds that follow from a block's own text and the meaning of its names. The rules that report them (`BLOCK_RULES`) look at
 * nothing else, or say so, and their findings are kept with the block.
 */
const OF_A_BLOCK: ReadonlySet<string> = new Set<ProblemKind>([
  'unknown-block',
  'unknown-property',
  'misplaced',
  'duplicate-property',
  'duplicate-block',
  'wrong-type',
  'nested-value',
  'wrong-unit',
  'missing-unit',
  'out-of-range',
]);

export function isOfItsBlock({ kind }: Problem): boolean {
  return OF_A_BLOCK.has(kind);
}

/**
 * What parsing and evaluation found, as data. For each kind, one rule turns it into a message. A problem is recorded only where
 * it does not follow from another one.
 */
export type Problem =
  | { readonly kind: 'unknown-block'; readonly node: BlockNode; readonly parent: string }
  | {
      readonly kind: 'unknown-property';
      readonly node: PropertyNode;
      readonly parent: string;
      readonly properties: readonly PropertySpec[];
    }
  | { readonly kind: 'misplaced'; readonly node: Item; readonly parent: string }
  | { readonly kind: 'comparison-not-allowed'; readonly node: PropertyNode }
  | { readonly kind: 'duplicate-property'; readonly node: PropertyNode; readonly first: PropertyNode }
  | { readonly kind: 'duplicate-block'; readonly node: BlockNode; readonly first: BlockNode }
  | { readonly kind: 'missing-property'; readonly node: BlockNode; readonly missing: readonly PropertySpec[] }
  | WrongType
  | {
      readonly kind: 'nested-value';
      readonly span: Span;
      readonly inside: 'list' | 'application';
      /** What stands there, as a message names it. */
      readonly found: string;
    }
  | WrongUnit
  | {
      readonly kind: 'missing-unit';
      readonly span: Span;
      readonly dimension: Dimension;
      readonly literal?: NumberLiteral;
      readonly property?: PropertySpec;
    }
  | OutOfRange
  | Unresolved
  | {
      readonly kind: 'ambiguous-name';
      readonly word: Word;
      readonly what: string;
      readonly declarations: readonly Location[];
    }
  | { readonly kind: 'duplicate-name'; readonly word: Word; readonly what: string; readonly first: Word }
  | {
      readonly kind: 'import-not-found';
      readonly path: StringLiteral;
      readonly node: ImportNode | BlockNode;
      /** The model that the path names, if the path is an id of the hub. */
      readonly meant?: string;
    }
  | { readonly kind: 'inherits-too-much'; readonly word: Word }
  | { readonly kind: 'too-many-files'; readonly path: StringLiteral; readonly most: number }
  | { readonly kind: 'import-outside-workspace'; readonly path: StringLiteral }
  | {
      readonly kind: 'file-not-read';
      readonly path: StringLiteral;
      readonly unread: Unread;
      /** The file within the folder, or beside the file, that the path names. */
      readonly file?: string;
    }
  | {
      readonly kind: 'config-not-json';
      readonly path: StringLiteral;
      readonly reason: string;
      readonly file?: string;
    }
  | { readonly kind: 'folder-without-config'; readonly path: StringLiteral }
  | { readonly kind: 'launches-nothing'; readonly path: StringLiteral }
  | { readonly kind: 'launch-not-whole'; readonly path: StringLiteral; readonly untold: readonly string[] }
  | { readonly kind: 'import-cycle'; readonly node: ImportNode; readonly path: readonly Location[] }
  | { readonly kind: 'extends-cycle'; readonly word: Word; readonly path: readonly NamedLocation[] }
  | { readonly kind: 'let-cycle'; readonly word: Word; readonly path: readonly NamedLocation[] };

export interface NamedLocation extends Location {
  readonly name: string;
}

export interface WrongType {
  readonly kind: 'wrong-type';
  readonly span: Span;
  readonly expected: ValueType;
  /** What stands there, as a message names it. */
  readonly found: string;
  /** The word that stands there, if it is one. */
  readonly word?: Word;
  /** The text in quotes that stands there, if it is one. */
  readonly text?: string;
  readonly property?: PropertySpec;
}

export interface WrongUnit {
  readonly kind: 'wrong-unit';
  readonly span: Span;
  readonly reason:
    | { readonly kind: 'unknown'; readonly unit: Word; readonly expected?: Dimension }
    | {
        readonly kind: 'dimension';
        readonly found: Dimension;
        readonly expected: Dimension;
        readonly literal?: NumberLiteral;
      }
    | { readonly kind: 'arithmetic'; readonly operator: string; readonly left: Dimension; readonly right: Dimension };
  readonly property?: PropertySpec;
}

export interface OutOfRange {
  readonly kind: 'out-of-range';
  readonly span: Span;
  readonly value: number;
  readonly reason: 'limits' | 'backwards' | 'negative' | 'step' | 'infinite' | 'division-by-zero';
  readonly expression: Expression;
  readonly property?: PropertySpec;
}

export interface Unresolved {
  readonly kind: 'unresolved-name';
  readonly word: Word;
  /** What the name should be: `model`, `constant`, `stage or pool`. */
  readonly what: string;
  readonly candidates: readonly string[];
  /** A file that defines the name and is not imported. */
  readonly elsewhere?: string;
  /** The block that probably is meant: one that has this other name, or one of another kind. */
  readonly meant?: { readonly keyword: string; readonly name: string; readonly count?: number };
}

export type ProblemKind = Problem['kind'];
export type ProblemOf<Kind extends ProblemKind> = Extract<Problem, { readonly kind: Kind }>;
