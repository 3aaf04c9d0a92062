import { type CodeAction, CodeActionKind, type CodeActionParams, type Connection } from 'vscode-languageserver';
import type { Diagnostic, Fix } from '../language/diagnostic.ts';
import type { Analysis } from '../services/analysis.ts';
import { fixEverything } from '../services/findings/fixEverything.ts';
import { canSuppress, fixAllOf, suppressionFix } from '../services/findings/fixes.ts';
import { wideFixes } from '../services/findings/wideFixes.ts';
import { type Refactoring, refactorings } from '../services/refactor/refactor.ts';
import { oneLine } from '../text/visible.ts';
import { Answers } from './answers.ts';
import { toDiagnostic, toWorkspaceEdit } from './convert.ts';
import type { Workspace } from './workspace.ts';

const FIX_ALL = `${CodeActionKind.SourceFixAll}.moeplan`;

export const ACTION_KINDS = [
  CodeActionKind.QuickFix,
  CodeActionKind.RefactorRewrite,
  CodeActionKind.RefactorExtract,
  CodeActionKind.RefactorInline,
  FIX_ALL,
];

export function registerActions(connection: Connection, workspace: Workspace): void {
  const answers = new Answers(workspace);
  connection.onCodeAction(
    answers.later((analysis, { range, context }: CodeActionParams) => {
      const { lineIndex } = analysis.source;
      const [start, end] = [lineIndex.offsetAt(range.start), lineIndex.offsetAt(range.end)];
      const wants = (kind: string) =>
        context.only?.some((only) => kind === only || kind.startsWith(`${only}.`)) ?? true;
      const allFindings = workspace.diagnostics(analysis.uri);
      const findingsInRange = allFindings.filter(({ span }) => span.start <= end && start <= span.end);
      return [
        ...(wants(CodeActionKind.QuickFix)
          ? [
              ...findingsInRange.flatMap((diagnostic) => quickFixes(diagnostic, analysis, workspace)),
              ...fixesOfRules(findingsInRange, allFindings, analysis, workspace),
            ]
          : []),
        // Fix-all would only be in the way in the menu of a place, so it is offered only when it is requested.
        ...refactorings(analysis, start, (uri) => workspace.sources.read(uri) !== undefined)
          .filter(({ kind, creates }) => wants(kind) && (!creates || workspace.canCreateFiles))
          .map((refactoring) => toAction(refactoring, workspace)),
        ...(context.only && wants(FIX_ALL) ? fixAllAction(analysis, allFindings, workspace) : []),
      ];
    }),
  );
}

function toAction({ title: written, kind, edits, creates }: Refactoring, workspace: Workspace): CodeAction {
  const title = oneLine(written);
  const edit = toWorkspaceEdit(edits, workspace);
  if (!creates) return { title, kind, edit };
  const start = { line: 0, character: 0 };
  return {
    title,
    kind,
    edit: {
      documentChanges: [
        { kind: 'create', uri: creates.uri, options: { overwrite: false } },
        {
          textDocument: { uri: creates.uri, version: null },
          edits: [{ range: { start, end: start }, newText: creates.text }],
        },
        ...Object.entries(edit.changes ?? {}).map(([uri, changes]) => ({
          textDocument: { uri, version: workspace.documents.get(uri)?.version ?? null },
          edits: changes,
        })),
      ],
    },
  };
}

function quickFixes(diagnostic: Diagnostic, analysis: Analysis, workspace: Workspace): CodeAction[] {
  const diagnostics = [toDiagnostic(diagnostic, analysis.source.lineIndex, workspace)];
  const action = (fix: Fix): CodeAction => ({
    title: oneLine(fix.title),
    kind: CodeActionKind.QuickFix,
    diagnostics,
    edit: toWorkspaceEdit(fix.edits, workspace),
    ...(fix.preferred && { isPreferred: true }),
  });
  const silence = canSuppress(diagnostic) ? [suppressionFix(analysis.source, diagnostic)] : [];
  const fixes = [...(diagnostic.fixes ?? []), ...wideFixes(analysis, diagnostic, workspace), ...silence];
  return fixes.map(action);
}

/** One action for each rule that has findings both here and elsewhere. */
function fixesOfRules(
  findingsInRange: readonly Diagnostic[],
  allFindings: readonly Diagnostic[],
  analysis: Analysis,
  workspace: Workspace,
): CodeAction[] {
  return [...new Set(findingsInRange.map(({ rule }) => rule))].flatMap((rule) => {
    const fix = fixAllOf(rule, analysis.uri, allFindings);
    return fix
      ? [{ title: oneLine(fix.title), kind: CodeActionKind.QuickFix, edit: toWorkspaceEdit(fix.edits, workspace) }]
      : [];
  });
}

function fixAllAction(analysis: Analysis, allFindings: readonly Diagnostic[], workspace: Workspace): CodeAction[] {
  const edits = fixEverything(analysis, allFindings, workspace.sources);
  if (edits.length === 0) return [];
  return [{ title: 'Fix all slips that have one fix', kind: FIX_ALL, edit: toWorkspaceEdit(edits, workspace) }];
}
