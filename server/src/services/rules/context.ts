import type { Diagnostic } from '../../language/diagnostic.ts';
import type { SourceFile } from '../../language/source.ts';
import type { Suppression } from '../findings/suppressions.ts';

/** What the rules about comments to the checker see. */
export interface SuppressionContext {
  readonly source: SourceFile;
  readonly suppressions: readonly Suppression[];
  /** Everything found in the file, silenced or switched off or not. */
  readonly found: readonly Diagnostic[];
  /** Names of all rules. */
  readonly known: ReadonlySet<string>;
}
