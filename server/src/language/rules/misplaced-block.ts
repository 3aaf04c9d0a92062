import type { Reported } from '../analysis.ts';
import type { Rule } from '../diagnostic.ts';
import type { Span } from '../span.ts';
import type { Item } from '../tree.ts';
import { enumerate } from '../vocabulary/describe.ts';
import { blocksNamed, VOCABULARY } from '../vocabulary/vocabulary.ts';
import { problemsOf } from './run.ts';

/**
 * A block or a statement stands where it means nothing: a `stage` outside a deployment, a `model` inside one, an arrow
 * in `parallel`.
 *
 * It is not read there, so the plan lacks it.
 *
 * ## Not so
 * ```moeplan
 * parallel { tp = 8 }
 *
 * deployment plan {
 *   model = moe-4l, cluster = two-nodes, workload = long-batch
 * }
 * ```
 *
 * ## But so
 * ```moeplan
 * deployment plan {
 *   model = moe-4l, cluster = two-nodes, workload = long-batch
 *   parallel { tp = 8 }
 * }
 * ```
 *
 * ## How to fix it
 * Move it to where the message says that it may stand.
 */
export const misplacedBlock: Rule<Reported> = {
  name: 'misplaced-block',
  family: 'syntax',
  severity: 'error',
  summary: 'A block or a statement stands where it may not.',
  check(analysis, report) {
    const { uri } = analysis.source;
    for (const { node, parent } of problemsOf(analysis, 'misplaced')) {
      const { what, span, homes } = describe(node);
      const place = parent === 'file' ? 'at the top level' : `in \`${parent}\``;
      const named = homes.filter((home) => home !== 'file');
      const allowed = [
        ...(homes.includes('file') ? ['at the top level'] : []),
        ...(named.length > 0 ? [`in ${enumerate(named, 'or')}`] : []),
      ];
      report({ uri, span, message: `${what} may not stand ${place}; move it: it stands ${allowed.join(' or ')}` });
    }
  },
};

interface Description {
  readonly what: string;
  readonly span: Span;
  readonly homes: readonly string[];
}

function describe(node: Item): Description {
  switch (node.kind) {
    case 'block':
      return {
        what: `\`${node.keyword.text}\``,
        span: node.keyword.span,
        homes: blocksNamed(node.keyword.text).flatMap((block) => block.parents),
      };
    case 'edge':
      return { what: 'an arrow', span: node.span, homes: holders('edges') };
    case 'entry':
      return { what: 'a line that starts with a range', span: node.range.span, homes: holders('entries') };
    case 'placement':
      return { what: 'a placement of experts', span: node.span, homes: holders('placements') };
    case 'property':
      return { what: `\`${node.key.text}\``, span: node.key.span, homes: [] };
    case 'let':
    case 'import':
    case 'compare':
      return {
        what: `\`${node.kind}\``,
        span: { start: node.span.start, end: node.span.start + node.kind.length },
        homes: ['file'],
      };
  }
}

function holders(what: 'edges' | 'entries' | 'placements'): string[] {
  return VOCABULARY.filter((block) => block.holds?.includes(what)).map((block) => block.keyword);
}
