import {
  CompletionItemKind,
  type CompletionParams,
  type Connection,
  InsertTextFormat,
  type CompletionItem as LspCompletionItem,
  MarkupKind,
  type Range,
} from 'vscode-languageserver';
import type { Span } from '../language/span.ts';
import { signatureHelp } from '../services/annotations/signatureHelp.ts';
import { type CompletionItem, complete } from '../services/completion/completion.ts';
import type { Outcome } from '../services/fit.ts';
import { sourceOf } from '../text/markdown.ts';
import { oneLine } from '../text/visible.ts';
import { Answers, cancelled } from './answers.ts';
import { nextTurn, type Tell, tellLog } from './contain.ts';
import type { Workspace } from './workspace.ts';

export function registerCompletion(connection: Connection, workspace: Workspace): void {
  const answers = new Answers(workspace);
  const tell = tellLog(connection);
  const items = answers.at((analysis, offset, { context }: CompletionParams) => ({
    analysis,
    found: complete(analysis, offset, workspace, context?.triggerCharacter),
  }));

  connection.onCompletion(async (params: CompletionParams, token) => {
    const answer = items(params);
    if (!answer) return null;
    const opener = workspace.suggestCommand;
    const converted: LspCompletionItem[] = [];
    let best: { readonly item: LspCompletionItem; readonly throughput: number } | undefined;
    for (const item of answer.found) {
      if (item.computed) {
        // Each prediction has a turn of its own, so that what is typed meanwhile is read and cancels the rest.
        await nextTurn();
        if (token.isCancellationRequested) throw cancelled();
      }
      const computed = computedOf(item, tell);
      const row: LspCompletionItem = {
        ...toCompletionItem(item, computed, (span) => answers.range(answer.analysis, span)),
        ...(item.opensList && opener && { command: { title: '', ...opener } }),
      };
      converted.push(row);
      const throughput = computed?.throughput;
      if (throughput !== undefined && throughput > (best?.throughput ?? 0)) best = { item: row, throughput };
    }
    if (best) best.item.preselect = true;
    return answer.found.some(({ asksAgain }) => asksAgain) ? { isIncomplete: true, items: converted } : converted;
  });
}

/** Help while a value is written: what it may be, and its units. */
export function registerSignatureHelp(connection: Connection, workspace: Workspace): void {
  const answers = new Answers(workspace);
  connection.onSignatureHelp(
    answers.at((analysis, offset) => {
      const help = signatureHelp(analysis, offset);
      if (!help) return null;
      const { label, doc, parts, active } = help;
      const documentation = { kind: MarkupKind.Markdown, value: doc.source };
      const parameters = parts.map(([start, end]) => ({ label: [start, end] as [number, number] }));
      return { signatures: [{ label, documentation, parameters }], activeSignature: 0, activeParameter: active };
    }),
  );
}

/** The result that a number would lead to. If its prediction fails, the number is still offered. */
function computedOf({ label, computed }: CompletionItem, tell: Tell): Outcome | undefined {
  try {
    return computed?.();
  } catch (error) {
    tell(`the prediction for ${label}`, error);
    return undefined;
  }
}

const KINDS: Readonly<Record<CompletionItem['kind'], CompletionItemKind>> = {
  keyword: CompletionItemKind.Keyword,
  property: CompletionItemKind.Property,
  value: CompletionItemKind.EnumMember,
  name: CompletionItemKind.Class,
  unit: CompletionItemKind.Unit,
  snippet: CompletionItemKind.Snippet,
  file: CompletionItemKind.File,
};

export function toCompletionItem(
  item: CompletionItem,
  computed: Outcome | undefined,
  rangeOf: (span: Span) => Range,
): LspCompletionItem {
  const detail = oneLine([item.detail, computed?.text].filter((part) => part !== undefined && part !== '').join(', '));
  return {
    label: oneLine(item.label),
    kind: KINDS[item.kind],
    detail,
    // Editors show the description beside every row, but `detail` only beside the chosen one.
    ...(detail !== '' && { labelDetails: { description: detail } }),
    insertTextFormat: item.isSnippet ? InsertTextFormat.Snippet : InsertTextFormat.PlainText,
    insertText: item.insert,
    filterText: item.filter ?? item.label,
    // If the item names a range, that counts, and not what the editor takes for the word at the cursor.
    ...(item.replace && { textEdit: { range: rangeOf(item.replace), newText: item.insert } }),
    sortText: String(item.order).padStart(5, '0'),
    ...(item.doc && { documentation: { kind: MarkupKind.Markdown, value: sourceOf(item.doc) } }),
  };
}
