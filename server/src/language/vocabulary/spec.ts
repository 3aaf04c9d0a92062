import type { Dimension } from '../units.ts';

/** The type that a property's value must have. */
export type ValueType =
  /** A number with a unit of this dimension. `number` takes no unit; a `fraction` may be `0.9` or `90%`. */
  | { readonly kind: 'quantity'; readonly dimension: Dimension }
  /** A whole number without a unit. */
  | { readonly kind: 'integer' }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'string' }
  /** One of a fixed set of words. */
  | { readonly kind: 'choice'; readonly choices: readonly Choice[] }
  /** The name of a block with this keyword, from this file, its imports or the catalogue. */
  | { readonly kind: 'reference'; readonly to: string }
  /** An index range `0..7`, one index, or a list of both. */
  | { readonly kind: 'indexes' }
  /** A list of whole numbers or names: a shape such as `[batch, seq, 4096]`. */
  | { readonly kind: 'shape' }
  /** One of several types. */
  | { readonly kind: 'either'; readonly of: readonly ValueType[] }
  /** A list of this type; a single value counts as a list of one. */
  | { readonly kind: 'list'; readonly of: ValueType }
  /** `word argument`, as in `zipf 1.1`. */
  | { readonly kind: 'application'; readonly word: string; readonly argument: ValueType };

export interface Choice {
  readonly name: string;
  readonly doc: string;
}

/** Where a property that is otherwise required may be left out. */
export interface Exception {
  /** As the reference writes it: `gpus = 1`. */
  readonly unless: string;
  /** It gets the numbers that the block has, including inherited ones. */
  holds(numberOf: (property: string) => number | undefined): boolean;
}

export interface PropertySpec {
  readonly name: string;
  readonly type: ValueType;
  /** One line, which completion shows. */
  readonly doc: string;
  /** More text, which hover and the reference show. */
  readonly details?: string;
  readonly required?: boolean | Exception;
  /** Prose: the default as a user would write it, or how the value is derived when left out. */
  readonly default?: string;
  /** Allowed values of a number in its base unit, ends included. */
  readonly range?: { readonly min?: number; readonly max?: number };
  readonly example: string;
  /** Claims may use `>=`, `<=` and `+-`. */
  readonly comparable?: boolean;
  /** Its texts are further names of the block. Whoever uses one of them is told the block's own name. */
  readonly aliases?: boolean;
  /** A text in quotes is the path of a file whose text the plan needs. */
  readonly readsFile?: boolean;
}

export interface BlockSpec {
  readonly keyword: string;
  /** Keywords of the blocks that may hold it; `file` is the top level. */
  readonly parents: readonly string[];
  readonly naming: 'required' | 'optional' | 'none';
  /** May stand more than once in its parent (named blocks always may). */
  readonly repeatable?: boolean;
  readonly doc: string;
  readonly details?: string;
  readonly properties: readonly PropertySpec[];
  /** What else may stand in it besides properties and child blocks. */
  readonly holds?: readonly ('edges' | 'entries' | 'placements')[];
  /** `extends` another block of the same keyword. */
  readonly extendable?: boolean;
  /** `from "config.json"` reads a Hugging Face config. */
  readonly fromConfig?: boolean;
  /** `from "serve.sh"` reads a launch: a command, script, manifest or recipe that starts an engine. */
  readonly fromLaunch?: boolean;
  readonly example: string;
}
