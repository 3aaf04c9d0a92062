import type { TextEdit } from '../../language/diagnostic.ts';
import type { Entity } from '../../language/entity.ts';
import { parseSource, type SourceFile } from '../../language/source.ts';
import type { BlockNode } from '../../language/tree.ts';
import type { ResolvedDeployment } from '../../plan/resolve/resolved.ts';
import { targetOf } from '../../plan/values.ts';
import { type Analysis, deploymentNamed } from '../analysis.ts';
import { hasBraces } from '../blocks.ts';
import { applyEdits, lineEdits } from '../edits.ts';
import { format } from '../format/format.ts';
import { groupDigits } from '../refactor/claims.ts';
import { newlineOf } from '../refactor/refactoring.ts';
import { BlockWriter, stepName } from './blockWriter.ts';
import { isReference, type SetValue } from './changed.ts';
import { type Changes, settingsOf } from './knobs.ts';
import type { SettableBlock, Setting, Step } from './settings.ts';
import { tryOut } from './trial.ts';

/**
 * Edits that write a what-if into the document, with sentences that describe them, or the reason why it cannot be written.
 */
export type WrittenEdit =
  | { readonly edits: readonly TextEdit[]; readonly lines: readonly string[] }
  | { readonly refused: string };

/**
 * Writes changed values where they are written, but for this deployment alone. A workload or cluster that others also use,
 * or that another file defines, stays as it is and gets a block that `extends` it. What the deployment itself inherits is
 * stated anew in its own block. A text in its usual form stays in it.
 */
export function writeWhatIf(analysis: Analysis, deployment: string, changes: Changes): WrittenEdit {
  const resolved = deploymentNamed(analysis, deployment);
  if (!resolved) return { refused: `the file has no deployment ${deployment}` };
  const settings = settingsOf(analysis, resolved, changes);
  if (typeof settings === 'string') return { refused: settings };
  const tried = tryOut(analysis, resolved, settings);
  if (typeof tried === 'string') return { refused: tried };
  return writeSettings(analysis, resolved, settings);
}

/** Edits that write settings of a deployment, or the reason why they cannot be written. They are not checked. */
export function writeSettings(
  analysis: Analysis,
  resolved: ResolvedDeployment,
  settings: readonly Setting[],
): WrittenEdit {
  const written = planEdit(analysis, resolved, settings);
  return 'refused' in written ? written : { ...written, edits: inUsualForm(analysis.source, written.edits) };
}

/** A description of what `writeWhatIf` would do, or the reason why it cannot. */
export function describeEdit(
  analysis: Analysis,
  resolved: ResolvedDeployment,
  settings: readonly Setting[],
): { readonly lines: readonly string[] } | { readonly refused: string } {
  const written = planEdit(analysis, resolved, settings);
  return 'refused' in written ? written : { lines: written.lines };
}

function planEdit(analysis: Analysis, resolved: ResolvedDeployment, settings: readonly Setting[]): WrittenEdit {
  const { source } = analysis;
  const { node } = resolved.entity;
  if (!hasBraces(source, node)) return { refused: `deployment ${resolved.name} lacks a brace` };
  const writer = new BlockWriter(source, node);
  const edits: TextEdit[] = [];
  const lines: string[] = [];
  for (const { block, path, property, value } of settings) {
    if (block !== 'deployment') continue;
    if (value === undefined)
      return { refused: `\`${property}\` in ${nameOf(resolved.entity, path)} would have to go: take it out by hand` };
    writer.set(path, property, textOf(property, value));
    lines.push(`${property} = ${textOf(property, value)} in ${nameOf(resolved.entity, path)}`);
  }
  for (const block of ['workload', 'cluster'] as const) {
    const ofBlock = settings.filter((setting) => setting.block === block);
    if (ofBlock.length === 0) continue;
    const named = writeNamed(analysis, resolved, block, ofBlock);
    if ('refused' in named) return named;
    edits.push(...named.edits);
    lines.push(...named.lines);
    if (named.renamed !== undefined) writer.set([], block, named.renamed);
  }
  const heirs = analysis.program.own.filter(({ base }) => base === resolved.entity).map(({ name }) => name);
  if (heirs.length > 0) lines.push(`what extends ${resolved.name} changes with it: ${heirs.join(', ')}`);
  return { edits: [...edits, ...writer.edits()], lines };
}

type NamedEdit =
  | { readonly refused: string }
  | (Exclude<WrittenEdit, { refused: string }> & { readonly renamed?: string });

/** Changes a workload or cluster: in place when nobody else uses it, otherwise in a new block that extends it. */
function writeNamed(
  analysis: Analysis,
  resolved: ResolvedDeployment,
  block: Exclude<SettableBlock, 'deployment'>,
  settings: readonly Setting[],
): NamedEdit {
  const { source, program } = analysis;
  const entity = targetOf(resolved.entity, block);
  const base = entity?.name;
  if (!entity || base === undefined) return { refused: `the ${block} of ${resolved.name} is not known` };
  const stated = settings.flatMap(({ property, value }) => (value === undefined ? [] : [{ property, value }]));
  const statements = stated.map(({ property, value }) => `${property} = ${textOf(property, value)}`);
  const others = usersOf(analysis, block, entity).filter((user) => user !== resolved.entity);
  const isHere = entity.uri === analysis.uri;
  if (isHere && others.length === 0 && hasBraces(source, entity.node)) {
    const writer = new BlockWriter(source, entity.node);
    for (const { property, value } of stated) writer.set([], property, textOf(property, value));
    return { edits: writer.edits(), lines: statements.map((statement) => `${statement} in ${block} ${base}`) };
  }
  if (program.lookup(block, base) !== entity)
    return { refused: `${block} ${base} is written in another file and has no name here: import that file first` };
  const name = freeName(analysis, block, `${resolved.name}-${block}`);
  const newline = newlineOf(source);
  const text = `${block} ${name} extends ${base} {${statements.map((statement) => `${newline}  ${statement}`).join('')}${newline}}`;
  const reason = isHere
    ? `${others.map((user) => user.name).join(' and ')} ${others.length === 1 ? 'uses' : 'use'} ${base} too`
    : `${base} is written in another file`;
  return {
    edits: [insertAfter(source, isHere ? entity.node : resolved.entity.node, text)],
    lines: [`a new ${block} ${name} that extends ${base}, with ${statements.join(', ')}: ${reason}`],
    renamed: name,
  };
}

/** Blocks of this file that name or extend a block and so would change with it. */
function usersOf({ program }: Analysis, block: string, entity: Entity): readonly Entity[] {
  return program.own.filter((user) =>
    user.keyword === 'deployment' ? targetOf(user, block) === entity : user.base === entity,
  );
}

function freeName({ program }: Analysis, keyword: string, wanted: string): string {
  const taken = new Set(program.entities.flatMap((entity) => (entity.keyword === keyword ? [entity.name] : [])));
  let name = wanted;
  for (let count = 2; taken.has(name); count++) name = `${wanted}-${count}`;
  return name;
}

/** Inserts a block after another one and after a comment on its last line, with an empty line between. */
export function insertAfter(source: SourceFile, { span }: BlockNode, text: string): TextEdit {
  const { uri, lineIndex } = source;
  const lineEnd = lineIndex.lineEnd(lineIndex.positionAt(span.end).line);
  const tail = source.text.slice(span.end, lineEnd);
  const at = /^\s*(\/\/.*)?$/.test(tail) ? lineEnd : span.end;
  const newline = newlineOf(source);
  return { uri, span: { start: at, end: at }, text: `${newline}${newline}${text}${at === lineEnd ? '' : newline}` };
}

function nameOf(entity: Entity, path: readonly Step[]): string {
  return [entity, ...path].map(stepName).join(', ');
}

const UNITS: Readonly<Record<string, string>> = {
  length: ' tokens',
  input: ' tokens',
  output: ' tokens',
  'request-rate': ' requests/s',
};

function textOf(property: string, value: SetValue): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'object' && isReference(value)) return value.name;
  if (typeof value !== 'number') return `${value.from}..${value.to}`;
  return `${groupDigits(value)}${UNITS[property] ?? ''}`;
}

/** Edits that keep a text in its usual form, line by line. If it was not in that form, the edits stay as they are. */
export function inUsualForm(source: SourceFile, edits: readonly TextEdit[]): readonly TextEdit[] {
  if (format(source).length > 0) return edits;
  const edited = parseSource(source.uri, applyEdits(source.text, edits));
  const formatted = applyEdits(edited.text, format(edited));
  return lineEdits(source.text, formatted).map((edit) => ({ uri: source.uri, ...edit }));
}
