import type { Span } from './span.ts';

/** The syntax tree. The parser always returns one. What it could not read becomes a `ParseError`, and nothing is thrown. */

export interface Word {
  readonly kind: 'word';
  readonly text: string;
  readonly span: Span;
}

export interface NumberLiteral {
  readonly kind: 'number';
  /** The value as written, before its unit is applied. */
  readonly value: number;
  readonly unit?: Word;
  readonly span: Span;
}

export interface StringLiteral {
  readonly kind: 'string';
  /** The text between the quotes, escapes resolved. */
  readonly text: string;
  readonly span: Span;
}

/** `0..7`, both ends included; `0..60 by 4` takes every fourth. */
export interface RangeExpression {
  readonly kind: 'range';
  readonly from: Expression;
  readonly to: Expression;
  readonly by?: Expression;
  readonly span: Span;
}

export interface ListExpression {
  readonly kind: 'list';
  readonly items: readonly Expression[];
  readonly span: Span;
}

/** A word with an argument, as in `zipf 1.1`. */
export interface Application {
  readonly kind: 'application';
  readonly word: Word;
  readonly argument: Expression;
  readonly span: Span;
}

export interface BinaryExpression {
  readonly kind: 'binary';
  readonly operator: '+' | '-' | '*' | '/';
  readonly left: Expression;
  readonly right: Expression;
  readonly span: Span;
}

export interface NegativeExpression {
  readonly kind: 'negative';
  readonly operand: Expression;
  readonly span: Span;
}

/** Stands where an expression was expected and none could be read. The parser has already reported it. */
export interface MissingExpression {
  readonly kind: 'missing';
  readonly span: Span;
}

export type Expression =
  | Word
  | NumberLiteral
  | StringLiteral
  | RangeExpression
  | ListExpression
  | Application
  | BinaryExpression
  | NegativeExpression
  | MissingExpression;

export type Comparison = '=' | '>=' | '<=';

/** `key = value`, in `expect` also `>=`, `<=` and `+- tolerance`. */
export interface PropertyNode {
  readonly kind: 'property';
  readonly key: Word;
  readonly operator: Comparison;
  readonly value: Expression;
  readonly tolerance?: Expression;
  readonly span: Span;
}

/** `0..2 = dense` inside `layers { }`. */
export interface EntryNode {
  readonly kind: 'entry';
  readonly range: Expression;
  readonly value: Expression;
  readonly span: Span;
}

/** `a -> b -> c` is one node, however many arrows it has. */
export interface EdgeNode {
  readonly kind: 'edge';
  readonly path: readonly Word[];
  readonly span: Span;
}

/** `expert 0..3 on gpu 5`, optionally `expert 0..3 of layer 2 on gpu 5`. */
export interface PlacementNode {
  readonly kind: 'placement';
  readonly keyword: Word;
  readonly experts: Expression;
  readonly layers?: Expression;
  readonly gpus: Expression;
  readonly span: Span;
}

export interface ImportNode {
  readonly kind: 'import';
  readonly path: StringLiteral;
  readonly span: Span;
}

export interface LetNode {
  readonly kind: 'let';
  readonly name: Word;
  readonly value: Expression;
  readonly span: Span;
}

/** `compare a, b` with optional claims: `compare a, b { speedup >= 3.75 }` (the last over the first). */
export interface CompareNode {
  readonly kind: 'compare';
  readonly keyword: Word;
  readonly names: readonly Word[];
  readonly items: readonly Item[];
  readonly span: Span;
}

export interface BlockNode {
  readonly kind: 'block';
  readonly keyword: Word;
  readonly name?: Word;
  /** `model x from "config.json"`. */
  readonly from?: StringLiteral;
  /** `gpu mine extends H100-SXM`. */
  readonly base?: Word;
  readonly items: readonly Item[];
  /** The braces and what lies between. If the closing brace is missing, it ends at the start of the next block. */
  readonly body: Span;
  readonly closed: boolean;
  readonly span: Span;
  /** The block as it was first read, if this one is the same text at another place. */
  readonly origin?: BlockNode;
}

export type Item = PropertyNode | EntryNode | EdgeNode | PlacementNode | ImportNode | LetNode | CompareNode | BlockNode;

/** Something the lexer or the parser did not expect, with what to write instead. */
export interface ParseError {
  /** `unknown-property` stands for a flag. Evaluation reports it; here it makes formatting leave the flag alone. */
  readonly rule: 'unexpected-token' | 'unclosed-block' | 'unknown-property';
  readonly span: Span;
  readonly message: string;
  /** The text that was missing. */
  readonly insert?: { readonly title: string; readonly offset: number; readonly text: string };
  /** What to write in place of the text that was not expected; empty when it should go. */
  readonly replace?: { readonly title: string; readonly span: Span; readonly text: string };
}

export interface Tree {
  readonly items: readonly Item[];
  readonly errors: readonly ParseError[];
}
