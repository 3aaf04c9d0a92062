import type { Diagnostic, Rule } from '../diagnostic.ts';
import type { Location } from '../span.ts';

/** A check or a computation that threw an error. */
export interface Failure {
  readonly at: Location;
  /** The work that failed: `the rule gpu-idle`. */
  readonly what: string;
  readonly error: unknown;
}

/**
 * The checker itself failed at this block. The plan may be right; what failed says nothing about it, and everything else is
 * checked and computed as always.
 *
 * ## How to fix it
 * Please report it with the text of the block. Until then write the block in another way.
 */
export const internalError: Rule<readonly Failure[]> = {
  name: 'internal-error',
  family: 'syntax',
  severity: 'error',
  summary: 'The checker failed at this block; please report it.',
  check(failures, report) {
    for (const { at, what, error } of failures) {
      const reason = error instanceof Error ? error.message : String(error);
      report({
        ...at,
        message: `${what} failed here, which is a mistake of moeplan and not yours (${reason}): please report it with the text of this block`,
      });
    }
  },
};

/** Turns failures into findings. */
export function failureDiagnostics(failures: readonly Failure[]): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  const { name: rule, severity } = internalError;
  internalError.check(failures, (finding) => diagnostics.push({ severity, ...finding, rule }));
  return diagnostics;
}
