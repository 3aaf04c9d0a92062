import type { FileAnalysis } from '../analysis.ts';
import type { Finding, Rule } from '../diagnostic.ts';
import { quote } from '../lexer.ts';
import { relativePath } from '../paths.ts';
import type { Unresolved } from '../problems.ts';
import { suggest } from '../suggest.ts';
import { didYouMean, fix, problemsOf } from './run.ts';

/**
 * A name is defined nowhere that this file can see: not in the file itself, not in a file that it imports, and not in
 * the catalogue.
 *
 * What an imported file imports in its turn is not visible: each file names its own imports.
 *
 * ## Not so
 * ```moeplan
 * cluster two-nodes {
 *   node = DGX-H1000
 *   count = 2
 * }
 * ```
 *
 * ## But so
 * ```moeplan
 * cluster two-nodes {
 *   node = DGX-H100
 *   count = 2
 * }
 * ```
 *
 * ## How to fix it
 * Correct the name, define it, or import the file that does. Where a name is close the quick fix writes it, and where
 * a known file defines it the quick fix imports that file. `n-1` is one name; arithmetic has blanks: `n - 1`.
 */
export const unresolvedName: Rule<FileAnalysis> = {
  name: 'unresolved-name',
  family: 'names',
  severity: 'error',
  summary: 'A name is not defined.',
  check(analysis, report) {
    for (const problem of problemsOf(analysis, 'unresolved-name')) report(finding(analysis, problem));
  },
};

function finding({ source }: FileAnalysis, { word, what, candidates, elsewhere }: Unresolved): Finding {
  const { uri } = source;
  const { span, text } = word;
  const subject = `there is no ${what} named \`${text}\``;
  if (elsewhere !== undefined) {
    const path = quote(relativePath(uri, elsewhere));
    const start = importOffset(source);
    return {
      uri,
      span,
      message: `${subject} in this file or its imports; it is defined in ${path}: import that file`,
      fixes: [fix(`Insert \`import ${path}\``, uri, { start, end: start }, `import ${path}\n`)],
    };
  }
  const dash = text.indexOf('-');
  if (what === 'constant' && dash > 0 && candidates.includes(text.slice(0, dash))) {
    const spaced = text.replaceAll('-', ' - ');
    return {
      uri,
      span,
      message: `${subject}; write blanks around the minus: \`${spaced}\``,
      fixes: [fix(`Write \`${spaced}\``, uri, span, spaced)],
    };
  }
  const { hint, fixes } = didYouMean(uri, span, suggest(text, candidates));
  return { uri, span, message: `${subject}${hint || `; ${remedy(what, text)}`}`, fixes };
}

function remedy(what: string, name: string): string {
  if (what === 'constant') return `define it with \`let ${name} = …\``;
  if (what.includes('stage') || what === 'operator')
    return `define it in this block: \`${what.split(' ')[0]} ${name} { … }\``;
  if (what === 'layer class')
    return `use \`dense\`, \`moe\`, \`none\`, or define \`attention ${name} { … }\` or \`layer ${name} { … }\``;
  return `define it with \`${what} ${name} { … }\`, or import the file that does`;
}

/** Behind the last import, or at the top. */
function importOffset({ tree, lineIndex }: FileAnalysis['source']): number {
  const last = tree.items.findLast((item) => item.kind === 'import');
  return last ? lineIndex.lineStart(lineIndex.positionAt(last.span.end).line + 1) : 0;
}
