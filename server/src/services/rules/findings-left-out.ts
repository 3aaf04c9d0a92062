import type { Diagnostic, Rule, Severity } from '../../language/diagnostic.ts';
import type { SourceFile } from '../../language/source.ts';

/** The findings of one file that are left out. */
export interface LeftOut {
  readonly source: SourceFile;
  /** The least severe findings, in the order of the text. */
  readonly left: readonly Diagnostic[];
}

/**
 * A file has more findings than are shown.
 *
 * The 1,000 most severe findings of a file are shown, of equally severe ones the first. This one counts the others, and is as
 * severe as the most severe of them. So a text that is no plan, or one that a script wrote wrong thousands of times, fills
 * neither a log nor an editor's memory.
 *
 * ## How to fix it
 * Put right what is shown: the others follow.
 */
export const findingsLeftOut: Rule<LeftOut> = {
  name: 'findings-left-out',
  family: 'syntax',
  severity: 'warning',
  summary: 'A file has more findings than are shown.',
  check({ source, left }, report) {
    const [first] = left;
    if (!first) return;
    const counts = SEVERITIES.flatMap(({ severity, noun }) => {
      const count = left.filter((diagnostic) => diagnostic.severity === severity).length;
      return count === 0 ? [] : [`${count} ${noun}${count === 1 ? '' : 's'}`];
    });
    const severity = SEVERITIES.find((candidate) =>
      left.some((diagnostic) => diagnostic.severity === candidate.severity),
    )?.severity;
    report({
      uri: source.uri,
      span: first.span,
      ...(severity && { severity }),
      message: `${counts.join(', ')} from here on are not shown: put right what is shown, and check again`,
    });
  },
};

/** In descending order of severity. */
export const SEVERITIES: readonly { readonly severity: Severity; readonly noun: string }[] = [
  { severity: 'error', noun: 'more error' },
  { severity: 'warning', noun: 'more warning' },
  { severity: 'information', noun: 'more note' },
  { severity: 'hint', noun: 'more hint' },
];
