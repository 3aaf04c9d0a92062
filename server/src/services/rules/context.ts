import type { Diagnostic } from '../../language/diagnostic.ts';
import type { Entity } from '../../language/entity.ts';
import type { SourceFile } from '../../language/source.ts';
import type { Suppression } from '../findings/suppressions.ts';
import type { SearchFault } from '../search/read.ts';

/** What the rules about comments that silence findings see. */
export interface SuppressionContext {
  readonly source: SourceFile;
  readonly suppressions: readonly Suppression[];
  /** Everything found in the file, including findings that are silenced or switched off. */
  readonly found: readonly Diagnostic[];
  /** Names of all rules. */
  readonly known: ReadonlySet<string>;
}

/** What the rules about searches see. */
export interface SearchContext {
  readonly entity: Entity;
  /** Why it cannot be run. */
  readonly faults: readonly SearchFault[];
  /** Set where all of its plans were decided and none holds: why most fell, in a sentence. */
  readonly empty?: string;
}
