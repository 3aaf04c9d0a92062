import type { Location, Span } from './span.ts';

export type Severity = 'error' | 'warning' | 'information' | 'hint';

export type RuleFamily =
  | 'syntax'
  | 'names'
  | 'dimensions'
  | 'graph'
  | 'gpus'
  | 'experts'
  | 'engine'
  | 'memory'
  | 'prediction'
  | 'launch'
  | 'search';

/** One replacement of text. An empty span inserts, an empty text deletes. */
export interface TextEdit extends Location {
  readonly text: string;
}

/** A quick fix. All its edits are applied together. */
export interface Fix {
  readonly title: string;
  readonly edits: readonly TextEdit[];
  readonly preferred?: boolean;
  /** It writes what was meant and chooses nothing, so it may be applied together with many others. */
  readonly isCertain?: boolean;
}

export interface RelatedInformation extends Location {
  readonly message: string;
}

/** What a rule reports: where, why, and what to write instead. */
export interface Finding {
  readonly uri: string;
  readonly span: Span;
  readonly message: string;
  readonly related?: readonly RelatedInformation[];
  readonly fixes?: readonly Fix[];
  readonly tags?: readonly ('unnecessary' | 'deprecated')[];
  /** Overrides the rule's own severity, for rules with several degrees. */
  readonly severity?: Severity;
}

export interface Diagnostic extends Finding {
  /** The rule's name in kebab-case, which is also the name of its page in docs/diagnostics. */
  readonly rule: string;
  readonly severity: Severity;
}

export type Report = (finding: Finding) => void;

/**
 * One diagnostic rule. Its file holds the doc comment from which its page is made, this object and nothing else;
 * its tests are data under test/fixtures/rules/NAME/.
 */
export interface Rule<Context> {
  readonly name: string;
  readonly family: RuleFamily;
  readonly severity: Severity;
  /** One line for settings and tables. */
  readonly summary: string;
  check(context: Context, report: Report): void;
}
