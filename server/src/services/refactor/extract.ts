import { relativePath } from '../../language/paths.ts';
import type { Span } from '../../language/span.ts';
import type { BlockNode } from '../../language/tree.ts';
import type { Analysis } from '../analysis.ts';
import { hasBraces } from '../blocks.ts';
import { newlineOf, type Refactoring } from './refactoring.ts';

const EXTRACTED: ReadonlySet<string> = new Set(['model', 'cluster', 'node', 'gpu', 'workload']);

/**
 * Moves a block, with the comment above it, into a new file and imports that. It is not offered for a block that uses other
 * blocks or constants of this file, which the new file would not see.
 */
export function extractBlock(
  analysis: Analysis,
  blocks: readonly BlockNode[],
  exists: (uri: string) => boolean,
): readonly Refactoring[] {
  const [block] = blocks;
  const name = block?.name?.text;
  const { source, uri, program } = analysis;
  if (!block || !name || !hasBraces(source, block) || !EXTRACTED.has(block.keyword.text)) return [];
  const file = program.analyses.get(uri);
  const uses = (file?.references ?? []).filter(({ span }) => isInside(span, block.span));
  const targets = uses.map(({ target }) => (target.kind === 'let' ? target.constant.uri : target.entity.uri));
  if (!file || targets.includes(uri) || file.source.tree.errors.some(({ span }) => isInside(span, block.span)))
    return [];
  const target = freeName(uri, name, exists);
  if (!target) return [];
  const newline = newlineOf(source);
  const moved = withComment(source.text, block.span, analysis);
  const needed = [...new Set(targets)].flatMap((used) => {
    if (program.analyses.get(used)?.isCatalog) return [];
    // The imported file may itself only import the block's definition. Its own importer was then what this file saw.
    const path = relativePath(target, used);
    return path === undefined ? [] : [`import "${path}"${newline}`];
  });
  const path = relativePath(uri, target);
  if (path === undefined) return [];
  const text = `${needed.join('')}${needed.length > 0 ? newline : ''}${source.text.slice(moved.start, moved.end)}${newline}`;
  return [
    {
      title: `Move ${block.keyword.text} \`${name}\` into ${path}`,
      kind: 'refactor.extract',
      edits: [
        { uri, ...importPlace(analysis, `import "${path}"`, newline) },
        { uri, span: withLine(source.text, moved), text: '' },
      ],
      creates: { uri: target, text },
    },
  ];
}

function isInside(part: Span, whole: Span): boolean {
  return whole.start <= part.start && part.end <= whole.end;
}

/** `NAME.moeplan` beside the document, with a number when the name is taken. Undefined for documents without a folder. */
function freeName(uri: string, name: string, exists: (uri: string) => boolean): string | undefined {
  if (!URL.canParse('.', uri)) return undefined;
  for (let number = 1; number < 100; number++) {
    const file = `${encodeURIComponent(number === 1 ? name : `${name}-${number}`)}.moeplan`;
    const target = new URL(file, uri).href;
    if (target !== uri && !exists(target)) return target;
  }
  return undefined;
}

/** The block with the comments directly above it. */
function withComment(text: string, block: Span, { source }: Analysis): Span {
  const { lineIndex, tokens } = source;
  const lineOf = (offset: number) => lineIndex.positionAt(offset).line;
  let { start } = block;
  for (const token of tokens.filter(({ end, kind }) => end <= block.start && kind !== 'newline').reverse()) {
    const isComment = token.kind === 'line-comment' || token.kind === 'block-comment';
    const isAbove = lineOf(token.end) === lineOf(start) - 1;
    const isAlone = text.slice(lineIndex.lineStart(lineOf(token.start)), token.start).trim() === '';
    if (!isComment || !isAbove || !isAlone) break;
    start = token.start;
  }
  return { start, end: block.end };
}

/** The span with the rest of its last line, when nothing else is on it, and one empty line after it. */
function withLine(text: string, { start, end }: Span): Span {
  const lineEnd = /^[ \t]*(?:\r\n|\n|\r)(?:[ \t]*(?:\r\n|\n|\r))?/.exec(text.slice(end));
  return { start, end: end + (lineEnd?.[0].length ?? 0) };
}

/** After the last import, or at the top of the file after its opening comment. */
function importPlace(
  { source }: Analysis,
  statement: string,
  newline: string,
): { readonly span: Span; readonly text: string } {
  const last = source.tree.items.findLast((item) => item.kind === 'import');
  if (last) return { span: { start: last.span.end, end: last.span.end }, text: `${newline}${statement}` };
  const top =
    /^\ufeff?(?:[ \t]*\/\/[^\r\n]*(?:\r\n|\n|\r))+(?:[ \t]*(?:\r\n|\n|\r))+/.exec(source.text)?.[0].length ?? 0;
  return { span: { start: top, end: top }, text: `${statement}${newline}${newline}` };
}
