import type { FileAnalysis } from '../analysis.ts';
import type { Finding, Rule } from '../diagnostic.ts';
import { isName, quote } from '../lexer.ts';
import { nearNames } from '../near.ts';
import { relativePath } from '../paths.ts';
import type { Unresolved } from '../problems.ts';
import type { Word } from '../tree.ts';
import { article } from '../vocabulary/describe.ts';
import { checkpointOf } from '../vocabulary/words/checkpoints.ts';
import { nodesAt } from '../walk.ts';
import { modelOfCheckpoint } from './checkpointModel.ts';
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
 * a known file defines it the quick fix imports that file. For a checkpoint in other number types, as `Qwen3-235B-A22B-FP8`, it
 * writes the model and the types that the name says, or says that they are lost. `n-1` is one name; arithmetic has blanks: `n - 1`.
 */
export const unresolvedName: Rule<FileAnalysis> = {
  name: 'unresolved-name',
  family: 'names',
  severity: 'error',
  summary: 'A name is not defined.',
  check(analysis, report) {
    const insertedAt: Made = new Map();
    for (const problem of problemsOf(analysis, 'unresolved-name')) report(finding(analysis, problem, insertedAt));
  },
};

/**
 * Where fixes insert new blocks, by the text of the block. All fixes that need the same block insert it before the first of them.
 */
type Made = Map<string, number>;

function finding(analysis: FileAnalysis, problem: Unresolved, insertedAt: Made): Finding {
  const { source } = analysis;
  const { word, what, candidates, elsewhere, meant } = problem;
  const { uri } = source;
  const { span, text } = word;
  const subject = `there is no ${what} named \`${text}\``;
  const importPath = elsewhere === undefined ? undefined : relativePath(uri, elsewhere);
  if (importPath !== undefined) {
    const path = quote(importPath);
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
  if (meant) return { uri, span, ...meantInstead(analysis, word, what, meant, insertedAt) };
  const checkpoint = what === 'model' ? checkpointOf(text) : undefined;
  const nameInRepository = text.slice(text.lastIndexOf('/') + 1);
  const near = nearNames(checkpoint?.base ?? nameInRepository, candidates, nameInRepository === text);
  if (checkpoint && near.length > 0) {
    const { message, fixes } = modelOfCheckpoint(source, word, checkpoint, near);
    return { uri, span, message: `${subject}; ${message}`, fixes };
  }
  const { hint, fixes } = didYouMean(uri, span, ...near);
  return { uri, span, message: `${subject}${hint || `; ${remedy(what, text)}`}`, fixes };
}

/** A finding for a name that stands for another block: for the block's own name, or for another kind of machine. */
function meantInstead(
  { source }: FileAnalysis,
  word: Word,
  what: string,
  { keyword, name, count }: NonNullable<Unresolved['meant']>,
  insertedAt: Made,
): Pick<Finding, 'message' | 'fixes'> {
  const { uri } = source;
  const quoted = `\`${word.text}\``;
  if (keyword === what)
    return { message: `${quoted} is \`${name}\` here`, fixes: [fix(`Write \`${name}\``, uri, word.span, name)] };
  const isOwn = name === word.text;
  const explanation = `${quoted} is ${isOwn ? article(keyword) : `${article(keyword)}, \`${name}\` here`}, and no ${what}`;
  if (count !== undefined)
    return {
      message: `there is no ${what} of ${count} x \`${name}\`: write a \`node\` with \`gpu = ${name}, gpus = ${count}\` and its \`scale-up\``,
    };
  const path = nodesAt(source.tree, word.span.start);
  const property = path.findLast((node) => node.kind === 'property');
  const block = path.find((node) => node.kind === 'block');
  const innermostBlock = path.findLast((node) => node.kind === 'block');
  if (what === 'cluster' && block) {
    const written = `cluster ${isName(word.text) ? word.text : 'machines'} { ${keyword} = ${name} }`;
    const start = insertedAt.get(written) ?? block.span.start;
    insertedAt.set(written, start);
    return {
      message: `${explanation}: write \`${written}\``,
      fixes: [fix(`Insert \`${written}\``, uri, { start, end: start }, `${written}\n\n`)],
    };
  }
  const canHoldMachine =
    innermostBlock?.kind === 'block' &&
    ['cluster', 'group'].includes(innermostBlock.keyword.text) &&
    keyword !== 'cluster';
  if (canHoldMachine && property?.kind === 'property') {
    const statement = `${keyword} = ${name}`;
    return {
      message: `${explanation}: write \`${statement}\``,
      fixes: [fix(`Write \`${statement}\``, uri, property.span, statement)],
    };
  }
  return { message: `${explanation}; ${remedy(what, word.text)}` };
}

function remedy(what: string, name: string): string {
  if (what === 'constant' && name.includes('/'))
    return 'a constant holds no block: write its name where it belongs, for example `model = Qwen3-8B`';
  if (what === 'constant') return `define it with \`let ${name} = …\``;
  if (what.includes('stage') || what === 'operator')
    return `define it in this block: \`${what.split(' ')[0]} ${name} { … }\``;
  if (what === 'layer class')
    return `use \`dense\`, \`moe\`, \`none\`, or define \`attention ${name} { … }\` or \`layer ${name} { … }\``;
  if (what === 'model') {
    const nameInRepository = name.slice(name.lastIndexOf('/') + 1);
    return `define it with \`model ${nameInRepository} from "config.json"\` or \`model ${nameInRepository} { … }\`, or import the file that does`;
  }
  return `define it with \`${what} ${name} { … }\`, or import the file that does`;
}

/** Where a new import goes: behind the last import, or at the start of the file. */
function importOffset({ tree, lineIndex }: FileAnalysis['source']): number {
  const last = tree.items.findLast((item) => item.kind === 'import');
  return last ? lineIndex.lineStart(lineIndex.positionAt(last.span.end).line + 1) : 0;
}
