import type { BlockNode } from '../language/tree.ts';
import { blockSpec } from '../language/vocabulary/vocabulary.ts';
import type { Analysis } from './analysis.ts';
import { assignmentIn, blocksAround, statementBefore, tokenAround } from './completion/cursor.ts';
import type { CompletionItem, KnownFiles } from './completion/item.ts';
import { deploymentItems, flowItems, nameItems } from './completion/names.ts';
import { pathItems } from './completion/paths.ts';
import { suppressionItems } from './completion/rules.ts';
import { compareClaimItems, statementItems } from './completion/statements.ts';
import { layerClassItems, valueItems } from './completion/values.ts';

export type { CompletionItem, KnownFiles } from './completion/item.ts';

const NO_FILES: KnownFiles = { filesWith: () => [] };

/** What may be written at the offset, judged by the text before it on its line and the blocks around it. */
export function complete(analysis: Analysis, offset: number, files: KnownFiles = NO_FILES): readonly CompletionItem[] {
  const { comment, string } = tokenAround(analysis, offset);
  if (string) return pathItems(analysis, string, files);
  const before = comment ? analysis.source.text.slice(comment.start, offset) : statementBefore(analysis, offset);
  const typed = /[\p{L}\p{M}\p{N}_.%-]*$/u.exec(before)?.[0] ?? '';
  if (comment) {
    const replace = { start: offset - typed.length, end: offset };
    return suppressionItems(analysis, comment, offset).map((item) => ({ ...item, replace }));
  }
  // Of `80Gi` and `80` only what follows the digits is typed anew; of `1f1b` all of it is.
  const unit = /(?:^|[^\p{L}\p{M}\p{N}_.-])[\d_.]+([\p{L}%]*)$/u.exec(before)?.[1];
  return candidates(analysis, offset, before).map((item) => {
    const length = item.kind === 'unit' ? (unit ?? typed).length : typed.length;
    return { replace: { start: offset - length, end: offset }, ...item };
  });
}

function candidates(analysis: Analysis, offset: number, before: string): readonly CompletionItem[] {
  const blocks = blocksAround(analysis, offset);
  const statement = before.slice(
    Math.max(before.lastIndexOf('{'), before.lastIndexOf(','), before.lastIndexOf('}')) + 1,
  );
  const assignment = assignmentIn(before);
  if (assignment) {
    if (blocks.at(-1)?.keyword.text === 'layers') return layerClassItems(analysis, blocks);
    return valueItems(analysis, blocks, assignment.key, assignment.written);
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
    return body === undefined ? deploymentItems(analysis, written(names)) : compareClaimItems(analysis, written(body));
  }
  const base = /^\s*([\p{L}-]+)\s+(\S+)\s+extends\s+\S*$/u.exec(before);
  if (base) return nameItems(analysis, base[1] ?? '', new Set([base[2] ?? '']));
  const arrow = /([^{},]*)->\s*\S*$/.exec(statement);
  if (arrow) return flowItems(analysis, blocks, new Set((arrow[1] ?? '').split('->').map((name) => name.trim())));
  const header = /^\s*([\p{L}-]+)\s+[^\s{]+\s+[\p{L}]*$/u.exec(statement);
  const inHeader = header && headerItems(blocks, header[1] ?? '');
  if (inHeader) return inHeader;
  const placement = /^\s*experts?\s+[\d.[\],\s]+?\s+([\p{L}\s\d]*)$/u.exec(statement);
  if (placement) return placementItems(placement[1] ?? '');
  return /^\s*[\p{L}\p{N}_.-]*$/u.test(statement) ? statementItems(analysis, blocks, offset) : [];
}

/** What may follow the name of a block. */
function headerItems(blocks: readonly BlockNode[], keyword: string): readonly CompletionItem[] | undefined {
  const spec = blockSpec(blocks.at(-1)?.keyword.text ?? 'file', keyword);
  if (!spec || spec.naming === 'none') return undefined;
  const items: CompletionItem[] = [];
  if (spec.extendable) items.push(word('extends', `takes over another ${spec.keyword}`, 0));
  if (spec.fromConfig)
    items.push({
      label: 'from',
      kind: 'snippet',
      detail: 'a Hugging Face config',
      insert: 'from "$1"',
      isSnippet: true,
      order: 1,
    });
  return items;
}

function placementItems(written: string): readonly CompletionItem[] {
  if (/\bon\b/.test(written)) return [];
  return [
    word('on gpu', 'where the experts lie', 0),
    ...(written.includes('of') ? [] : [word('of layer', 'of one layer only', 1)]),
  ];
}

function word(label: string, detail: string, order: number): CompletionItem {
  return { label, kind: 'keyword', detail, insert: `${label} `, order };
}
