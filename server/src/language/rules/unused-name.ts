import type { FileAnalysis } from '../analysis.ts';
import type { Rule } from '../diagnostic.ts';
import type { Word } from '../tree.ts';
import { problemsOf, removeStatement } from './run.ts';

/** Blocks that exist for deployments. Deployments themselves exist for the reader. */
const SERVING: ReadonlySet<string> = new Set(['model', 'layer', 'cluster', 'workload']);

/**
 * A constant, a model, a layer, a cluster or a workload of this file is used by nothing in it.
 *
 * The rule looks only at files with deployments: a file without one is a library, and its names are used by those who
 * import it.
 *
 * ## Not so
 * ```moeplan
 * let replicas = 2
 *
 * deployment plan {
 *   model = moe-4l, cluster = two-nodes, workload = long-batch
 * }
 * ```
 *
 * ## But so
 * ```moeplan
 * let replicas = 2
 *
 * deployment plan {
 *   model = moe-4l, cluster = two-nodes, workload = long-batch
 *   parallel { dp = replicas }
 * }
 * ```
 *
 * ## How to fix it
 * Use the name or remove its definition; the quick fix removes it.
 */
export const unusedName: Rule<FileAnalysis> = {
  name: 'unused-name',
  family: 'names',
  severity: 'hint',
  summary: 'A name is defined and not used.',
  check(analysis, report) {
    const { source, entities, lets, isCatalog } = analysis;
    if (isCatalog || !entities.some((entity) => entity.keyword === 'deployment')) return;
    const used = new Set<object>();
    for (const target of analysis.targets) used.add(target.kind === 'let' ? target.constant.node : target.entity.node);
    const mentioned = mentions(analysis);
    const repeated = new Set<Word>(problemsOf(analysis, 'duplicate-name').map((problem) => problem.word));
    const tell = (
      name: Word,
      what: string,
      node: (typeof lets)[number]['node'] | (typeof entities)[number]['node'],
    ) => {
      if (used.has(node) || repeated.has(name) || mentioned(name)) return;
      report({
        uri: source.uri,
        span: name.span,
        message: `the ${what} \`${name.text}\` is not used in this file; use it or remove it`,
        tags: ['unnecessary'],
        fixes: [removeStatement(analysis, node.span, `Remove \`${name.text}\``)],
      });
    };
    for (const { node } of lets) tell(node.name, 'constant', node);
    for (const { node, keyword } of entities) if (node.name && SERVING.has(keyword)) tell(node.name, keyword, node);
  },
};

/**
 * Whether a name may be used where the file could not be read. That is in a part that evaluation left out or, if there is a
 * syntax error anywhere, in any word except its own definition.
 */
function mentions({ source, doubtfulUses }: FileAnalysis): (name: Word) => boolean {
  const { tree, text } = source;
  if (tree.errors.length === 0) return (name) => doubtfulUses.has(name.text);
  const times = new Map<string, number>();
  for (const { kind, start, end } of source.tokens) {
    if (kind !== 'word' && kind !== 'unit') continue;
    const word = text.slice(start, end);
    times.set(word, (times.get(word) ?? 0) + 1);
  }
  return (name) => (times.get(name.text) ?? 0) > 1;
}
