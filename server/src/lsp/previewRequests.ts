import type { CancellationToken, Connection } from 'vscode-languageserver';
import { deploymentNamed } from '../services/analysis.ts';
import { curves } from '../services/curves/curves.ts';
import { differencesBetween, differencesToFile, differencesToTexts } from '../services/differences/answer.ts';
import { exportGraph } from '../services/outputs/export.ts';
import { inspect } from '../services/outputs/inspect.ts';
import { picturesBeside, report, reportPictures } from '../services/outputs/report.ts';
import { previewModel } from '../services/preview/model.ts';
import { PictureSender } from '../services/preview/patch.ts';
import { openedPicture } from '../services/preview/pictures.ts';
import type { Params, RequestName } from '../services/preview/requests.ts';
import { locationOfId, nodesAtOffset } from '../services/preview/sources.ts';
import { timeDetails } from '../services/preview/timeDetails.ts';
import { chromeTrace } from '../services/timeline/trace.ts';
import { whatIf } from '../services/whatIf/answer.ts';
import { writeWhatIf } from '../services/whatIf/write.ts';
import { jsonText } from '../text/json.ts';
import { cancelled, modified } from './answers.ts';
import { nextTurn, tellLog } from './contain.ts';
import { toLocation, toWorkspaceEdit } from './convert.ts';
import { paramsOf } from './params.ts';
import { inTurns } from './turns.ts';
import type { Workspace } from './workspace.ts';

/**
 * Requests of the preview panel and the export commands. Each answers null when the document is not open, and `InvalidParams`
 * when it cannot be understood. What the panel requests by itself, while one types and moves the cursor, is answered in a later
 * turn, with `ContentModified` if the text has changed by then.
 */
export function registerPreview(connection: Connection, workspace: Workspace): void {
  const tell = tellLog(connection);
  const answer = <Name extends RequestName>(method: Name, handle: (params: Params<Name>) => unknown) =>
    connection.onRequest(method, (value: unknown) => handle(paramsOf(method, value)));
  const later = <Name extends RequestName>(method: Name, handle: (params: Params<Name>) => unknown) =>
    connection.onRequest(method, async (value: unknown, token: CancellationToken) => {
      const params = paramsOf(method, value);
      const sourceBefore = workspace.analysis(params.uri)?.source;
      await nextTurn();
      if (token.isCancellationRequested) throw cancelled();
      const sourceNow = workspace.analysis(params.uri)?.source;
      if (sourceBefore && sourceNow && sourceBefore !== sourceNow) throw modified();
      return handle(params);
    });
  const sender = new PictureSender();
  later('moeplan/preview', ({ uri, known }) => {
    const analysis = workspace.analysis(uri);
    if (!analysis) return null;
    return sender.model(previewModel(analysis, workspace.documents.get(uri)?.version ?? 0, tell), new Set(known));
  });
  later('moeplan/folded', ({ uri, deployment, opened, closed, known }) => {
    const analysis = workspace.analysis(uri);
    const resolved = analysis && deploymentNamed(analysis, deployment);
    const evaluation = resolved && analysis.evaluationOf(resolved);
    return evaluation
      ? sender.folded(uri, deployment, openedPicture(evaluation, { opened, closed }), new Set(known))
      : null;
  });
  answer('moeplan/reveal', ({ uri, deployment, id }) => {
    const analysis = workspace.analysis(uri);
    const location = analysis && locationOfId(analysis, deployment, id);
    return (location && toLocation(location, workspace)) ?? null;
  });
  later('moeplan/nodesAt', ({ uri, position, preferred }) => {
    const analysis = workspace.analysis(uri);
    return (
      (analysis && nodesAtOffset(analysis, analysis.source.lineIndex.offsetAt(position), preferred ?? undefined)) ??
      null
    );
  });
  answer('moeplan/deployments', ({ uri }) => {
    const analysis = workspace.analysis(uri);
    return analysis
      ? analysis.plan.deployments.map(({ name, invalid }) => ({ name, ...(invalid !== undefined && { invalid }) }))
      : null;
  });
  answer('moeplan/export', ({ uri, deployment, format, file }) => {
    const analysis = workspace.analysis(uri);
    if (!analysis) return null;
    if (format === 'report') return report(analysis, file ? picturesBeside(file) : undefined);
    if (format === 'figures') return `${jsonText(inspect(analysis), 2)}\n`;
    const resolved =
      typeof deployment !== 'string' ? analysis.plan.deployments[0] : deploymentNamed(analysis, deployment);
    const evaluation = resolved && analysis.evaluationOf(resolved);
    if (!evaluation) return null;
    if (format === 'picture') return exportGraph(evaluation, 'svg', { detail: 'each', theme: 'light' });
    if (format === 'machines') return exportGraph(evaluation, 'svg', { detail: 'machines' });
    if (format === 'machines-picture') return exportGraph(evaluation, 'svg', { detail: 'machines', theme: 'light' });
    if (format === 'folded-picture') return exportGraph(evaluation, 'svg', { theme: 'light' });
    return format === 'trace' ? chromeTrace(evaluation) : exportGraph(evaluation, format);
  });
  answer('moeplan/reportPictures', ({ uri, file }) => {
    const analysis = workspace.analysis(uri);
    return analysis ? reportPictures(analysis, picturesBeside(file)) : null;
  });
  later('moeplan/whatIf', ({ uri, deployment, changes }) => {
    const analysis = workspace.analysis(uri);
    return (analysis && whatIf(analysis, deployment, changes)) ?? null;
  });
  later('moeplan/time', ({ uri, deployment }) => {
    const analysis = workspace.analysis(uri);
    return (analysis && timeDetails(analysis, deployment)) ?? null;
  });
  connection.onRequest('moeplan/curves', async (value: unknown, token: CancellationToken) => {
    const { uri, subjects, over } = paramsOf('moeplan/curves', value);
    const asked = workspace.analysis(uri)?.source;
    await nextTurn();
    const analysis = workspace.analysis(uri);
    if (!analysis) return null;
    const isWanted = () => !token.isCancellationRequested && workspace.analysis(uri)?.source === asked;
    if (!isWanted()) throw token.isCancellationRequested ? cancelled() : modified();
    const drawn = await inTurns(curves(analysis, subjects, over ?? undefined), isWanted);
    if (drawn) return drawn;
    if (token.isCancellationRequested) throw cancelled();
    if (!isWanted()) throw modified();
    return null;
  });
  answer('moeplan/writeWhatIf', ({ uri, deployment, changes }) => {
    const analysis = workspace.analysis(uri);
    if (!analysis) return null;
    const written = writeWhatIf(analysis, deployment, changes);
    if ('refused' in written) return written;
    const version = workspace.documents.get(uri)?.version ?? 0;
    return { version, lines: written.lines, edit: toWorkspaceEdit(written.edits, workspace) };
  });
  later('moeplan/differences', ({ uri, deployment, base, files, named, file }) => {
    const analysis = workspace.analysis(uri);
    if (!analysis) return null;
    if (file != null) return differencesToFile(analysis, deployment, file, workspace.sources);
    return files
      ? differencesToTexts(analysis, deployment, textsOf(files), workspace.sources, named ?? undefined)
      : differencesBetween(analysis, base ?? deployment, deployment);
  });
}

/** Texts by their URIs; undefined stands for a file that did not exist. */
function textsOf(files: Readonly<Record<string, string | null>>): ReadonlyMap<string, string | undefined> {
  return new Map(Object.entries(files).map(([uri, text]) => [uri, text ?? undefined]));
}
