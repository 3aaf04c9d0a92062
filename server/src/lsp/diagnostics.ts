import {
  type Connection,
  type Diagnostic,
  type DiagnosticServerCancellationData,
  type DocumentDiagnosticReport,
  DocumentDiagnosticReportKind,
  LSPErrorCodes,
  ResponseError,
  type WorkspaceDocumentDiagnosticReport,
} from 'vscode-languageserver';
import type { Diagnostic as Finding } from '../language/diagnostic.ts';
import { createLineIndex } from '../language/lineIndex.ts';
import { cancelled } from './answers.ts';
import { nextTurn } from './contain.ts';
import { toDiagnostic } from './convert.ts';
import { visitInTurns } from './turns.ts';
import type { Workspace } from './workspace.ts';

/**
 * Diagnostics for editors that ask for them. Such editors are sent none unasked, so that no finding is shown twice. The answers
 * are the same either way.
 */
export function registerPullDiagnostics(connection: Connection, workspace: Workspace): void {
  connection.languages.diagnostics.on(
    async ({ textDocument, previousResultId }, token): Promise<DocumentDiagnosticReport> => {
      await nextTurn();
      const { uri } = textDocument;
      if (token.isCancellationRequested) throw cancelled();
      if (!workspace.documents.get(uri)) return { kind: DocumentDiagnosticReportKind.Full, items: [] };
      const findings = await workspace.diagnosticsInTurns(uri, () => !token.isCancellationRequested);
      if (!findings) throw token.isCancellationRequested ? cancelled() : askAgain();
      return report(written(findings, workspace, uri), previousResultId);
    },
  );
  connection.languages.diagnostics.onWorkspace(async ({ previousResultIds, workDoneToken }, token, workDone) => {
    await workspace.configured;
    const previousIds = new Map(previousResultIds.map(({ uri, value }) => [uri, value]));
    const items: WorkspaceDocumentDiagnosticReport[] = [];
    const uris = workspace.settings.workspaceDiagnostics ? workspace.planUris() : [];
    const check = (uri: string) => {
      const open = workspace.documents.get(uri);
      const findings = written(workspace.diagnostics(uri), workspace, uri);
      items.push({ ...report(findings, previousIds.get(uri)), uri, version: open?.version ?? null });
      previousIds.delete(uri);
    };
    const asked = { token, ...(workDoneToken !== undefined && { workDone }) };
    await visitInTurns(uris, check, connection, asked, 'Checking plans', (uri) => workspace.isAnalysed(uri));
    // A file that is gone, or no longer asked about, has no findings.
    for (const uri of previousIds.keys())
      items.push({ kind: DocumentDiagnosticReportKind.Full, uri, version: null, items: [] });
    return { items };
  });
}

const NO_LINES = createLineIndex('');

/** Findings in a plan of the workspace as the protocol writes them. */
export function written(findings: readonly Finding[], workspace: Workspace, uri: string): Diagnostic[] {
  // A file that was not read has a finding at its start but no lines.
  const lines = workspace.linesOf(uri) ?? NO_LINES;
  return findings.map((diagnostic) => toDiagnostic(diagnostic, lines, workspace));
}

/** The answer to an editor whose text has changed since it asked. It keeps what it shows until it has asked again. */
function askAgain(): ResponseError<DiagnosticServerCancellationData> {
  return new ResponseError(LSPErrorCodes.ServerCancelled, 'the text has changed', { retriggerRequest: true });
}

type Report =
  | { readonly kind: typeof DocumentDiagnosticReportKind.Full; readonly resultId: string; readonly items: Diagnostic[] }
  | { readonly kind: typeof DocumentDiagnosticReportKind.Unchanged; readonly resultId: string };

/** Equal findings have an equal id, whichever server made them. */
function report(items: Diagnostic[], previous: string | undefined): Report {
  const resultId = digest(JSON.stringify(items));
  if (resultId === previous) return { kind: DocumentDiagnosticReportKind.Unchanged, resultId };
  return { kind: DocumentDiagnosticReportKind.Full, resultId, items };
}

/**
 * Two hashes in the manner of FNV-1a. They only name texts and protect nothing. Browsers offer no other hash that is synchronous.
 */
function digest(text: string): string {
  let [first, second] = [0x811c9dc5, 0xcbf29ce4];
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    first = Math.imul(first ^ code, 0x01000193);
    second = Math.imul(second ^ code, 0x01000197);
  }
  return `${text.length}-${(first >>> 0).toString(36)}-${(second >>> 0).toString(36)}`;
}
