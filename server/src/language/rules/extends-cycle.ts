import type { FileAnalysis } from '../analysis.ts';
import type { Rule } from '../diagnostic.ts';
import type { Span } from '../span.ts';
import { fix, problemsOf } from './run.ts';

/**
 * A block extends itself, directly or through others. The message shows the whole way round.
 *
 * There is no first block to inherit from, so nothing of the cycle is inherited. A block may extend one of the same
 * name from an import or the catalogue: `gpu H100-SXM extends H100-SXM` overrides the shipped one.
 *
 * ## Not so
 * ```moeplan
 * workload short extends long { sequences = 8 }
 * workload long extends short { sequences = 128 }
 * ```
 *
 * ## But so
 * ```moeplan
 * workload short { sequences = 8, length = 1000 tokens }
 * workload long extends short { sequences = 128 }
 * ```
 *
 * ## How to fix it
 * Remove `extends` from one block of the cycle and write its properties out.
 */
export const extendsCycle: Rule<FileAnalysis> = {
  name: 'extends-cycle',
  family: 'names',
  severity: 'error',
  summary: 'Blocks extend each other in a circle.',
  check(analysis, report) {
    const { uri, text } = analysis.source;
    for (const { word, path } of problemsOf(analysis, 'extends-cycle')) {
      const cycle = path.map((step) => step.name).join(' -> ');
      report({
        uri,
        span: word.span,
        fixes: [fix(`Remove \`extends ${word.text}\``, uri, withKeyword(text, word.span), '', false)],
        message: `\`extends\` goes in a circle: ${cycle}; remove one \`extends\``,
        related: path
          .slice(1, -1)
          .map((step) => ({ uri: step.uri, span: step.span, message: `\`${step.name}\` is part of the circle` })),
      });
    }
  },
};

/** The span, extended to include the word `extends` in front of it. */
function withKeyword(text: string, { start, end }: Span): Span {
  const keyword = /\s*extends\s+$/.exec(text.slice(0, start))?.[0] ?? '';
  return { start: start - keyword.length, end };
}
