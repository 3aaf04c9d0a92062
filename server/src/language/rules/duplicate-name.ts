import type { FileAnalysis } from '../analysis.ts';
import type { Rule } from '../diagnostic.ts';
import { article } from '../vocabulary/describe.ts';
import { at, problemsOf } from './run.ts';

/**
 * Two blocks of one kind have the same name in one place, or two constants have it. The first one counts.
 *
 * Blocks of different kinds may share a name: `model large` and `cluster large` never meet.
 *
 * ## Not so
 * ```moeplan
 * cluster pair { node = DGX-H100, count = 2 }
 * cluster pair { node = DGX-B200, count = 2 }
 * ```
 *
 * ## But so
 * ```moeplan
 * cluster pair-h100 { node = DGX-H100, count = 2 }
 * cluster pair-b200 { node = DGX-B200, count = 2 }
 * ```
 *
 * ## How to fix it
 * Give one of them another name. To change some properties of a block that exists, use `extends`.
 */
export const duplicateName: Rule<FileAnalysis> = {
  name: 'duplicate-name',
  family: 'names',
  severity: 'error',
  summary: 'Two blocks of one kind have the same name.',
  check(analysis, report) {
    const { uri } = analysis.source;
    for (const { word, what, first } of problemsOf(analysis, 'duplicate-name')) {
      report({
        uri,
        span: word.span,
        message: `${article(what)} named \`${word.text}\` exists already, and this one is ignored; give it another name`,
        related: [{ ...at(uri, first.span), message: `the first \`${word.text}\`` }],
      });
    }
  },
};
