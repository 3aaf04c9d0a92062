import type { FileAnalysis, LetConstant } from '../../language/analysis.ts';
import type { TextEdit } from '../../language/diagnostic.ts';
import { relativePath } from '../../language/paths.ts';
import { removeStatement } from '../../language/rules/run.ts';
import { type Span, touches } from '../../language/span.ts';
import { nodesAt } from '../../language/walk.ts';
import type { Analysis } from '../analysis.ts';
import { applyEdits } from '../edits.ts';
import { targetAt } from '../navigation/definition.ts';
import { fileValues } from '../navigation/documentLinks.ts';
import { placeAt } from '../place.ts';
import { newlineOf, type Refactoring } from './refactoring.ts';

/**
 * Replaces a constant's name with its value: at a use only there, at the definition in the whole file, which then loses it.
 */
export function inlineConstant(analysis: Analysis, offset: number): readonly Refactoring[] {
  const place = placeAt(analysis, offset);
  const target = place && targetAt(analysis, place);
  const file = analysis.program.analyses.get(analysis.uri);
  if (target?.kind !== 'let' || !file) return [];
  const { constant } = target;
  const written = writtenValue(analysis, constant);
  if (written === undefined) return [];
  const write = (span: Span): TextEdit => ({
    uri: analysis.uri,
    span: { start: span.start, end: span.end },
    text: isWholeValue(analysis, span) ? written.text : written.inside,
  });
  const title = `Inline constant \`${constant.name}\``;
  if (place?.reference) return [{ title, kind: 'refactor.inline', edits: [write(place.reference.span)] }];
  const uses = file.references.filter(
    ({ target: used }) => used.kind === 'let' && used.constant.node === constant.node,
  );
  if (uses.length === 0) return [];
  return [
    {
      title: `${title} everywhere in this file`,
      kind: 'refactor.inline',
      edits: [...uses.map(({ span }) => write(span)), ...removeStatement(file, constant.node.span, '').edits],
    },
  ];
}

/** The value as written, and as written inside of arithmetic. Undefined when it would have another meaning elsewhere. */
function writtenValue(
  { program, uri }: Analysis,
  constant: LetConstant,
): { readonly text: string; readonly inside: string } | undefined {
  const file = program.analyses.get(constant.uri);
  const { value } = constant.node;
  if (!file || value.kind === 'missing' || constant.value === undefined) return undefined;
  // Names in the value are known only in its own file.
  const names = file.references.some(({ span }) => value.span.start <= span.start && span.end <= value.span.end);
  if (names && constant.uri !== uri) return undefined;
  const text = file.source.text.slice(value.span.start, value.span.end);
  return { text, inside: value.kind === 'binary' || value.kind === 'negative' ? `(${text})` : text };
}

function isWholeValue({ source }: Analysis, span: Span): boolean {
  const parent = nodesAt(source.tree, span.start).findLast(({ kind }) => kind !== 'word');
  return parent?.kind === 'property' || parent?.kind === 'let';
}

/**
 * Replaces an import with what the imported file defines. It is not offered for a file that cannot be read in full, that
 * imports this one, or that defines something which this one also defines.
 */
export function inlineImport(analysis: Analysis, offset: number): readonly Refactoring[] {
  const { program, uri, source } = analysis;
  const file = program.analyses.get(uri);
  const link = file?.imports.find(({ node }) => touches(node.span, offset));
  const imported = link?.target === undefined ? undefined : program.analyses.get(link.target);
  if (!file || !link || !imported || imported === file) return [];
  const already = new Set(file.imports.flatMap(({ target }) => target ?? []));
  const added = imported.imports.filter(({ target }) => target === undefined || !already.has(target));
  const others = [imported, ...added.flatMap(({ target }) => program.analyses.get(target ?? '') ?? [])];
  const isKnown = new Set(namesOf(file));
  const isBroken = imported.source.tree.errors.length > 0 || added.some(({ target }) => target === undefined);
  if (isBroken || others.includes(file) || others.some((other) => namesOf(other).some((name) => isKnown.has(name))))
    return [];
  const moved = movedText(analysis, imported, already);
  if (moved === undefined) return [];
  const name = link.node.path.text;
  return [
    {
      title: `Move what ${name} defines here`,
      kind: 'refactor.inline',
      edits: [{ uri, span: link.node.span, text: moved.replaceAll(/\r\n|\n|\r/g, newlineOf(source)) }],
    },
  ];
}

/** Everything that a file defines, by kind and name. */
function namesOf({ entities, lets }: FileAnalysis): readonly string[] {
  return [
    ...entities.flatMap(({ keyword, name }) => (name === undefined ? [] : [`${keyword} ${name}`])),
    ...lets.map(({ name }) => `let ${name}`),
  ];
}

/**
 * The text of a file for use in another one: paths are adapted, and imports that the other file already has are left out.
 */
function movedText({ uri }: Analysis, imported: FileAnalysis, already: ReadonlySet<string>): string | undefined {
  const { source } = imported;
  const repeated = imported.imports.filter(({ target }) => target !== undefined && already.has(target));
  const paths = [
    ...imported.imports
      .filter((link) => !repeated.includes(link))
      .map(({ node, target }) => ({ span: node.path.span, target })),
    ...imported.configs.flatMap(({ node, target }) => (node.from ? [{ span: node.from.span, target }] : [])),
    ...fileValues({ uri: source.uri, source }, imported.reads),
  ];
  const edits: TextEdit[] = repeated.flatMap(({ node }) => removeStatement(imported, node.span, '').edits);
  for (const { span, target } of paths) {
    const path = target === undefined ? undefined : relativePath(uri, target);
    if (path === undefined) return undefined;
    edits.push({ uri: source.uri, span, text: JSON.stringify(path) });
  }
  return applyEdits(source.text, edits)
    .replace(/^\ufeff/, '')
    .trim();
}
