import type { FileAnalysis } from '../analysis.ts';
import type { Finding, Rule } from '../diagnostic.ts';
import type { ProblemOf } from '../problems.ts';
import { suggest } from '../suggest.ts';
import { enumerate } from '../vocabulary/describe.ts';
import { blockSpec, childBlocks, propertySpec } from '../vocabulary/vocabulary.ts';
import { didYouMean, fix, problemsOf } from './run.ts';

/**
 * A block has no property of this name.
 *
 * The value is ignored. Where the name is nearly that of a property, nothing is computed of the block: a default would stand
 * in for what was written.
 *
 * ## Not so
 * ```moeplan
 * gpu mine {
 *   memry     = 80 GiB
 *   bandwidth = 3.35 TB/s
 *   bf16      = 989 TFLOP/s
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
 * Write the name that was meant, or move the property into the block that has it: the message says which one. At the
 * top level of a file there are no properties; a constant is written `let name = value`.
 */
export const unknownProperty: Rule<FileAnalysis> = {
  name: 'unknown-property',
  family: 'syntax',
  severity: 'error',
  summary: 'A block has no property of this name.',
  check(analysis, report) {
    for (const problem of problemsOf(analysis, 'unknown-property')) report(finding(analysis.source.uri, problem));
  },
};

function finding(uri: string, problem: ProblemOf<'unknown-property'>): Finding {
  const { node, parent, properties } = problem;
  const { text, span } = node.key;
  if (parent === 'file') {
    return {
      uri,
      span,
      message: `\`${text}\` stands outside any block; a constant is written \`let ${text} = …\``,
      fixes: [fix('Insert `let`', uri, { start: node.span.start, end: node.span.start }, 'let ')],
    };
  }
  const meant = suggest(
    text,
    properties.map((property) => property.name),
  );
  const child = childBlocks(parent).find((block) => propertySpec(block, text));
  if (blockSpec(parent, text)) {
    return { uri, span, message: `\`${text}\` is a block of \`${parent}\`: write \`${text} { … }\`` };
  }
  if (child) {
    const wrap = [
      { uri, span: { start: node.span.start, end: node.span.start }, text: `${child.keyword} { ` },
      { uri, span: { start: node.span.end, end: node.span.end }, text: ' }' },
    ];
    const fixes = child.naming === 'required' ? [] : [{ title: `Put it into \`${child.keyword} { }\``, edits: wrap }];
    return {
      uri,
      span,
      message: `\`${parent}\` has no property \`${text}\`; it belongs in \`${child.keyword} { }\``,
      fixes,
    };
  }
  const nearby = meant === undefined ? similarInChild(parent, text) : undefined;
  if (nearby)
    return {
      uri,
      span,
      message: `\`${parent}\` has no property \`${text}\`; did you mean \`${nearby.property}\` in \`${nearby.keyword} { }\`?`,
    };
  const { hint, fixes } = didYouMean(uri, span, meant);
  const known =
    properties.length > 0
      ? `; it has ${enumerate(properties.map((property) => property.name))}`
      : '; it has no properties';
  return { uri, span, message: `\`${parent}\` has no property \`${text}\`${hint || known}`, fixes };
}

/** A property of a child block whose name is close. */
function similarInChild(
  parent: string,
  name: string,
): { readonly keyword: string; readonly property: string } | undefined {
  for (const block of childBlocks(parent)) {
    const property = suggest(
      name,
      block.properties.map((known) => known.name),
    );
    if (property !== undefined) return { keyword: block.keyword, property };
  }
  return undefined;
}
