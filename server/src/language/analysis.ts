import type { Diagnostic } from './diagnostic.ts';
import type { Entity, EvaluatedCompare, Value } from './entity.ts';
import type { ImportLink, LoadedFile } from './imports.ts';
import type { Problem } from './problems.ts';
import type { SourceFile } from './source.ts';
import type { Location } from './span.ts';
import type { BlockNode, LetNode } from './tree.ts';

/** `let name = value`. The value is missing where it could not be evaluated. */
export interface LetConstant {
  readonly name: string;
  readonly value?: Value;
  readonly node: LetNode;
  readonly uri: string;
}

export type Target =
  | { readonly kind: 'entity'; readonly entity: Entity }
  | { readonly kind: 'let'; readonly constant: LetConstant };

/** One use of a name. The definition of the name does not count as a use. */
export interface Reference extends Location {
  readonly name: string;
  readonly target: Target;
}

/** `model x from "config.json"`, and the file that the path leads to. */
export interface ConfigLink {
  readonly node: BlockNode;
  readonly target?: string;
}

export interface EntityOf {
  get(node: BlockNode): Entity | undefined;
}

/** What reading a text has found out about it. */
export interface Reported {
  readonly source: SourceFile;
  readonly problems: readonly Problem[];
  /** A rule that looks at more of the file than at the top-level block of a problem says so. It does no harm to say it often. */
  readonly looksFarther?: () => void;
}

/** Everything that is known about one file. */
export interface FileAnalysis extends Reported {
  readonly isCatalog: boolean;
  /** Top-level blocks in the order of the text, including those without a name. */
  readonly entities: readonly Entity[];
  /** The entity of every block of the file that has one, including child blocks. */
  readonly entityOf: EntityOf;
  readonly lets: readonly LetConstant[];
  readonly compares: readonly EvaluatedCompare[];
  readonly imports: readonly ImportLink[];
  readonly configs: readonly ConfigLink[];
  /** Files that were read or looked for besides imports: model configs, counts of experts. */
  readonly reads: ReadonlySet<string>;
  /** In the order of the text. They are collected when they are first asked for. */
  readonly references: readonly Reference[];
  /** What the references stand for, each at least once, without the places of its uses. */
  readonly targets: readonly Target[];
  /** Findings of blocks that were taken over. Their problems are not searched for again. */
  readonly findings: readonly Diagnostic[];
  /** Words in parts of the file that could not be evaluated: they may be uses of names. */
  readonly doubtfulUses: ReadonlySet<string>;
  readonly loaded: LoadedFile;
}

/** Where the target of a reference is defined. */
export function locationOfTarget(target: Target): Location {
  if (target.kind === 'let') return { uri: target.constant.uri, span: target.constant.node.name.span };
  const { node, uri } = target.entity;
  return { uri, span: (node.name ?? node.keyword).span };
}
