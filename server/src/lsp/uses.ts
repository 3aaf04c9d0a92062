import type {
  CancellationToken,
  Connection,
  ReferenceParams,
  RenameParams,
  WorkDoneProgressParams,
  WorkDoneProgressReporter,
} from 'vscode-languageserver';
import { locationOfTarget } from '../language/analysis.ts';
import type { Analysis } from '../services/analysis.ts';
import { importsFile } from '../services/navigation/importers.ts';
import { type Importers, references, targetOf } from '../services/navigation/references.ts';
import { rename } from '../services/refactor/rename.ts';
import { type Answers, documentOf, modified, offsetIn, type PositionParams, refuse } from './answers.ts';
import { toWorkspaceEdit } from './convert.ts';
import { type RequestControl, visitInTurns } from './turns.ts';
import type { Workspace } from './workspace.ts';

/** Requests that concern every plan of the workspace, open or not, because only the importer knows that it imports a file. */
export function registerUses(connection: Connection, workspace: Workspace, answers: Answers): void {
  const importersOf = async (
    analysis: Analysis,
    offset: number,
    asked: RequestControl,
  ): Promise<readonly Analysis[]> => {
    const target = targetOf(analysis, offset);
    if (!target) return [];
    const { uri: definingUri } = locationOfTarget(target);
    const importers: Analysis[] = [];
    const collectImporter = (uri: string) => {
      const source = workspace.source(uri);
      const importer =
        source && importsFile(source, definingUri, workspace.sources) ? workspace.analysisOfPlan(uri) : undefined;
      if (importer) importers.push(importer);
    };
    const isKnown = (uri: string) => workspace.isAnalysed(uri);
    await visitInTurns(workspace.planUris(), collectImporter, connection, asked, 'Looking for uses', isKnown);
    return importers;
  };
  const withImporters =
    <Params extends PositionParams & WorkDoneProgressParams, Answer>(
      answer: (analysis: Analysis, offset: number, params: Params, importers: Importers) => Answer,
    ) =>
    async (params: Params, token: CancellationToken, workDone: WorkDoneProgressReporter): Promise<Answer | null> => {
      const uri = documentOf(params);
      const analysis = workspace.analysis(uri);
      if (!analysis) return null;
      const offset = offsetIn(analysis, params);
      const asked = { token, ...(params.workDoneToken !== undefined && { workDone }) };
      const importers = await importersOf(analysis, offset, asked);
      if (workspace.analysis(uri)?.source !== analysis.source) throw modified();
      return answer(analysis, offset, params, importers);
    };
  connection.onReferences(
    withImporters((analysis, offset, { context }: ReferenceParams, importers) =>
      answers.locations(references(analysis, offset, context.includeDeclaration, importers)),
    ),
  );
  connection.onRenameRequest(
    withImporters((analysis, offset, { newName }: RenameParams, importers) => {
      const result = rename(analysis, offset, newName, importers);
      return 'refused' in result ? refuse(result.refused) : toWorkspaceEdit(result.edits, workspace);
    }),
  );
}
