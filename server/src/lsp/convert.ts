import {
  DiagnosticSeverity,
  DiagnosticTag,
  type Diagnostic as LspDiagnostic,
  type Location as LspLocation,
  type TextEdit as LspTextEdit,
  type Range,
  type WorkspaceEdit,
} from 'vscode-languageserver';
import type { Diagnostic, Severity, TextEdit } from '../language/diagnostic.ts';
import type { LineIndex } from '../language/lineIndex.ts';
import type { Location, Span } from '../language/span.ts';
import { visible } from '../text/visible.ts';

/** Converts offsets, which are used inside, to the lines and characters of the protocol. Only this file knows both. */

const SEVERITIES: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
};

/** What conversion needs to know about the other files of an analysis and about what ships beside the server. */
export interface Conversion {
  /** The line index of any file of the analysis. */
  linesOf(uri: string): LineIndex | undefined;
  /** The address of a rule's page; undefined if there are no pages. */
  pageOf(rule: string): string | undefined;
}

export function toRange(lines: LineIndex, span: Span): Range {
  return { start: lines.positionAt(span.start), end: lines.positionAt(span.end) };
}

export function toLocation(location: Location, conversion: Conversion): LspLocation | undefined {
  const lines = conversion.linesOf(location.uri);
  return lines && { uri: location.uri, range: toRange(lines, location.span) };
}

export function toDiagnostic(diagnostic: Diagnostic, lines: LineIndex, conversion: Conversion): LspDiagnostic {
  const related = (diagnostic.related ?? []).flatMap(({ message, ...place }) => {
    const location = toLocation(place, conversion);
    return location ? [{ location, message: visible(message) }] : [];
  });
  const tags = diagnostic.tags?.map((tag) =>
    tag === 'unnecessary' ? DiagnosticTag.Unnecessary : DiagnosticTag.Deprecated,
  );
  const page = conversion.pageOf(diagnostic.rule);
  return {
    range: toRange(lines, diagnostic.span),
    severity: SEVERITIES[diagnostic.severity],
    code: diagnostic.rule,
    ...(page !== undefined && { codeDescription: { href: page } }),
    source: 'moeplan',
    message: visible(diagnostic.message),
    ...(related.length > 0 && { relatedInformation: related }),
    ...(tags && { tags }),
  };
}

export function toWorkspaceEdit(edits: readonly TextEdit[], conversion: Conversion): WorkspaceEdit {
  const changes: Record<string, LspTextEdit[]> = {};
  for (const edit of edits) {
    const lines = conversion.linesOf(edit.uri);
    if (!lines) continue;
    const editsOfFile = changes[edit.uri] ?? [];
    changes[edit.uri] = editsOfFile;
    editsOfFile.push({ range: toRange(lines, edit.span), newText: edit.text });
  }
  return { changes };
}
