import type { FileAnalysis } from '../analysis.ts';
import type { Fix, Rule } from '../diagnostic.ts';
import type { BlockNode } from '../tree.ts';
import { enumerate } from '../vocabulary/describe.ts';
import type { PropertySpec } from '../vocabulary/spec.ts';
import { insertStatements } from './insert.ts';
import { problemsOf } from './run.ts';

/**
 * A block lacks a property that has no default, neither written in it nor inherited by `extends`.
 *
 * Nothing can be computed without it, and no value can be guessed.
 *
 * ## Not so
 * ```moeplan
 * gpu mine {
 *   memory = 80 GiB
 * }
 * ```
 *
 * ## But so
 * ```moeplan
 * gpu mine {
 *   memory    = 80 GiB
 *   bandwidth = 3.35 TB/s
 *   bf16      = 989 TFLOP/s
 * }
 * ```
 *
 * ## How to fix it
 * Write the property. The quick fix inserts each one with an example value, which is yours to replace.
 */
export const missingProperty: Rule<FileAnalysis> = {
  name: 'missing-property',
  family: 'syntax',
  severity: 'error',
  summary: 'A block lacks a required property.',
  check(analysis, report) {
    const { uri } = analysis.source;
    for (const { node, missing } of problemsOf(analysis, 'missing-property')) {
      const [first] = missing;
      const example = first ? `, for example \`${first.example}\`` : '';
      const what = node.name ? `${node.keyword.text} ${node.name.text}` : node.keyword.text;
      report({
        uri,
        span: { start: node.keyword.span.start, end: (node.name ?? node.keyword).span.end },
        message: `\`${what}\` needs ${enumerate(missing.map((property) => property.name))}${example}`,
        fixes: insertion(analysis, node, missing),
      });
    }
  },
};

/**
 * The fix that inserts the missing properties. A name as an example would be unresolved, so a reference is inserted only where
 * this file defines a block for it.
 */
function insertion({ source, loaded }: FileAnalysis, node: BlockNode, missing: readonly PropertySpec[]): Fix[] {
  const written = missing.flatMap((property) => {
    if (property.type.kind !== 'reference') return property.example;
    const [name] = loaded.names.blocks.get(property.type.to)?.keys() ?? [];
    return name === undefined ? [] : `${property.name} = ${name}`;
  });
  if (written.length < missing.length) return [];
  const values = missing.length === 1 ? 'an example value' : 'example values';
  const title = `Insert ${enumerate(missing.map((property) => property.name))} with ${values}`;
  const edits = insertStatements(source, node, written);
  return edits ? [{ title, edits }] : [];
}
