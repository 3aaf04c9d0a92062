import type { Diagnostic } from '../../language/diagnostic.ts';
import type { SourceFile } from '../../language/source.ts';
import type { Suppression } from '../findings/suppressions.ts';

/** What the rules about comments that silence findings see. */
export interface SuppressionContext {
  readonly source: SourceFile;
  readonly suppressions: readonly Suppression[];
  /** Everything found in the file, including findings that are silenced or switched off. */
  readonly found: readonly Diagnostic[];
  /** Names of all rules. */
  readonly known: ReadonlySet<string>;
}
