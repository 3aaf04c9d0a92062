import type { BlockNode } from '../../language/tree.ts';
import { blockSpec } from '../../language/vocabulary/vocabulary.ts';
import type { Analysis } from '../analysis.ts';
import { assignmentIn, blocksAround, statementBefore, tokenAround, typedAt, unitAt } from './cursor.ts';
import type { CompletionItem, KnownFiles } from './item.ts';
import { deploymentItems, flowItems, nameItems, variedItems } from './names.ts';
import { pathItems } from './paths.ts';
import { suppressionItems } from './rules.ts';
import { compareClaimItems, statementItems } from './statements.ts';
import { layerClassItems, valueItems } from './values.ts';

export type { CompletionItem, KnownFiles } from './item.ts';

const NO_FILES: KnownFiles = { filesWith: () => [] };

/**
 * Characters that open the list by themselves. Editors open it anyway where a word begins. Blanks, brackets and points are
 * not among them: while a list is open, typing a trigger character leaves it open and outdated until the answer arrives,
 * and Enter would replace what was typed meanwhile. Other characters close the list at once.
 */
export const TRIGGER_CHARACTERS: readonly string[] = ['=', '>', '"'];

/**
 * What may be written at the offset, judged by the text before it on its line and the blocks around it. `trigger` is the
 * character that opened the list by itself, if one did.
 */
export function complete(
  analysis: Analysis,
  offset: number,
  files: KnownFiles = NO_FILES,
  trigger?: string,
): readonly CompletionItem[] {
  const { comment, string } = tokenAround(analysis, offset);
  if (string) return pathItems(analysis, string, files);
  const before = comment ? analysis.source.text.slice(comment.start, offset) : statementBefore(analysis, offset);
  const typed = typedAt(before);
  if (comment) {
    const replace = { start: offset - typed.length, end: offset };
    return suppressionItems(analysis, comment, offset).map((item) => ({ ...item, replace }));
  }
  // After `node =` the blank is typed next and belongs to what is inserted. After `node=` there is none.
  const blank = /\s(?:[<>]?=|->)$/.test(before) ? ' ' : '';
  return candidates(analysis, offset, before, trigger).map((item) => {
    // In `80Gi` and `80` only what follows the digits is replaced; `1f1b` is replaced as a whole.
    const length = item.kind === 'unit' ? (unitAt(before) ?? typed).length : typed.length;
    return {
      replace: { start: offset - length, end: offset },
      ...item,
      insert: `${blank}${item.insert}`,
      ...(item.isExample && { filter: typed === '' ? MATCHES_NOTHING : typed }),
    };
  });
}

/** No statement contains it. */
const MATCHES_NOTHING = '…';

function candidates(
  analysis: Analysis,
  offset: number,
  before: string,
  trigger: string | undefined,
): readonly CompletionItem[] {
  const blocks = blocksAround(analysis, offset);
  const statement = before.slice(
    Math.max(before.lastIndexOf('{'), before.lastIndexOf(','), before.lastIndexOf('}')) + 1,
  );
  const assignment = assignmentIn(before);
  if (assignment) {
    if (blocks.at(-1)?.keyword.text === 'layers') return layerClassItems(analysis, blocks, assignment.written);
    return valueItems(analysis, blocks, assignment, offset, trigger);
  }
  const comparison = blocks.length === 0 ? /^\s*compare\s+([^{]*)(\{.*)?$/.exec(before) : null;
  if (comparison) {
    const [, names = '', body] = comparison;
    const written = (text: string) =>
      new Set(
        text
          .split(/[{,]/)
          .slice(0, -1)
          .map((part) => part.trim().split(/[\s=<>]/)[0] ?? ''),
      );
    if (body !== undefined) return compareClaimItems(written(body));
    // After a name comes a comma or a brace.
    return /\S\s+$/.test(names) && !/,\s+$/.test(names) ? [] : deploymentItems(analysis, written(names));
  }
  const base = /^\s*([\p{L}-]+)\s+(\S+)\s+extends\s+\S*$/u.exec(before);
  if (base) return nameItems(analysis, base[1] ?? '', new Set([base[2] ?? '']));
  const arrow = /([^{},]*)->\s*\S*$/.exec(statement);
  if (arrow) return flowItems(analysis, blocks, new Set((arrow[1] ?? '').split('->').map((name) => name.trim())));
  const isVaried = blocks.at(-1)?.keyword.text === 'search' && /^\s*vary\s+[\p{L}\p{N}_.-]*$/u.test(statement);
  if (isVaried) return variedItems(analysis, blocks);
  const header = /^\s*([\p{L}-]+)\s+[^\s{]+\s+[\p{L}]*$/u.exec(statement);
  const inHeader = header && headerItems(blocks, header[1] ?? '');
  if (inHeader) return inHeader;
  const placement = /^\s*experts?\s+[\d.[\],\s]+?\s+([\p{L}\s\d]*)$/u.exec(statement);
  if (placement) return placementItems(placement[1] ?? '');
  const [word] = /^\s*[\p{L}\p{N}_.-]*$/u.exec(statement) ?? [];
  return word === undefined ? [] : statementItems(analysis, blocks, offset, word.trim());
}

/** What may follow the name of a block. */
function headerItems(blocks: readonly BlockNode[], keyword: string): readonly CompletionItem[] | undefined {
  const spec = blockSpec(blocks.at(-1)?.keyword.text ?? 'file', keyword);
  if (!spec || spec.naming === 'none') return undefined;
  const items: CompletionItem[] = [];
  if (spec.extendable) items.push({ ...word('extends', `takes over another ${spec.keyword}`, 0), opensList: true });
  if (spec.fromConfig || spec.fromLaunch)
    items.push({
      label: 'from',
      kind: 'snippet',
      detail: spec.fromConfig ? 'a Hugging Face config' : 'a launch: a command, script, manifest or recipe',
      insert: 'from "$1"',
      isSnippet: true,
      opensList: true,
      order: 1,
    });
  return items;
}

/** What may follow `expert 0..3`, and `expert 0..3 of layer 2`. */
function placementItems(written: string): readonly CompletionItem[] {
  const onGpu = word('on gpu', 'where the experts lie', 0);
  if (/^\p{L}*$/u.test(written)) return [onGpu, word('of layer', 'of one layer only', 1)];
  return /^of\s+layers?\s+\d+\s+\p{L}*$/u.test(written) ? [onGpu] : [];
}

function word(label: string, detail: string, order: number): CompletionItem {
  return { label, kind: 'keyword', detail, insert: `${label} `, order };
}
