import type { CancellationToken, Connection } from 'vscode-languageserver';
import { deploymentNamed } from '../services/analysis.ts';
import { differencesBetween, differencesToTexts } from '../services/differences/answer.ts';
import { exportGraph } from '../services/export.ts';
import { inspect } from '../services/inspect.ts';
import { formatsWith } from '../services/preview/exportFormats.ts';
import { previewModel } from '../services/preview/model.ts';
import { PictureSender } from '../services/preview/patch.ts';
import { openedPicture } from '../services/preview/pictures.ts';
import { locationOfId, nodesAtOffset } from '../services/preview/sources.ts';
import { picturesBeside, report, reportPictures } from '../services/report.ts';
import { chromeTrace } from '../services/timeline/trace.ts';
import { whatIf } from '../services/whatIf/answer.ts';
import { writeWhatIf } from '../services/whatIf/write.ts';
import { jsonText } from '../text/json.ts';
import { cancelled, modified } from './answers.ts';
import { nextTurn, tellLog } from './contain.ts';
import { toLocation, toWorkspaceEdit } from './convert.ts';
import { Params } from './params.ts';
import type { Workspace } from './workspace.ts';

/**
 * Requests of the preview panel and the export commands; each answers null when the document is not open, and
 * `InvalidParams` when it cannot be understood. What the panel asks by itself as one types and moves the cursor comes in a
 * later turn, and is `ContentModified` where the text has changed by then.
 */
export function registerPreview(connection: Connection, workspace: Workspace): void {
  const tell = tellLog(connection);
  const answer = (method: string, handle: (params: Params, uri: string) => unknown) =>
    connection.onRequest(method, (value: unknown) => {
      const params = new Params(method, value);
      return handle(params, params.text('uri'));
    });
  const later = (method: string, handle: (params: Params, uri: string) => unknown) =>
    connection.onRequest(method, async (value: unknown, token: CancellationToken) => {
      const params = new Params(method, value);
      const uri = params.text('uri');
      const before = workspace.analysis(uri)?.source;
      await nextTurn();
      if (token.isCancellationRequested) throw cancelled();
      const now = workspace.analysis(uri)?.source;
      if (before && now && before !== now) throw modified();
      return handle(params, uri);
    });
  const sender = new PictureSender();
  later('moeplan/preview', (params, uri) => {
    const known = new Set(params.texts('known'));
    const analysis = workspace.analysis(uri);
    if (!analysis) return null;
    return sender.model(previewModel(analysis, workspace.documents.get(uri)?.version ?? 0, tell), known);
  });
  later('moeplan/folded', (params, uri) => {
    const folds = { opened: params.texts('opened'), closed: params.texts('closed') };
    const deployment = params.text('deployment');
    const known = new Set(params.texts('known'));
    const analysis = workspace.analysis(uri);
    const resolved = analysis && deploymentNamed(analysis, deployment);
    const evaluation = resolved && analysis.evaluationOf(resolved);
    return evaluation ? sender.folded(uri, deployment, openedPicture(evaluation, folds), known) : null;
  });
  answer('moeplan/reveal', (params, uri) => {
    const [deployment, id] = [params.text('deployment'), params.text('id')];
    const analysis = workspace.analysis(uri);
    const location = analysis && locationOfId(analysis, deployment, id);
    return (location && toLocation(location, workspace)) ?? null;
  });
  later('moeplan/nodesAt', (params, uri) => {
    const position = params.position('position');
    const preferred = params.optionalText('preferred');
    const analysis = workspace.analysis(uri);
    return (analysis && nodesAtOffset(analysis, analysis.source.lineIndex.offsetAt(position), preferred)) ?? null;
  });
  answer('moeplan/deployments', (_params, uri) => {
    const analysis = workspace.analysis(uri);
    return analysis
      ? analysis.plan.deployments.map(({ name, invalid }) => ({ name, ...(invalid !== undefined && { invalid }) }))
      : null;
  });
  answer('moeplan/export', (params, uri) => {
    const deployment = params.optionalText('deployment');
    const pictures = ['picture', 'folded-picture'] as const;
    const format = params.oneOf('format', [...formatsWith('command'), ...pictures]);
    const analysis = workspace.analysis(uri);
    if (!analysis) return null;
    if (format === 'report') {
      const name = params.optionalText('file');
      return report(analysis, name === undefined ? undefined : picturesBeside(name));
    }
    if (format === 'figures') return `${jsonText(inspect(analysis), 2)}\n`;
    const resolved = deployment === undefined ? analysis.plan.deployments[0] : deploymentNamed(analysis, deployment);
    const evaluation = resolved && analysis.evaluationOf(resolved);
    if (!evaluation) return null;
    if (format === 'picture') return exportGraph(evaluation, 'svg', { detail: 'each', theme: 'light' });
    if (format === 'folded-picture') return exportGraph(evaluation, 'svg', { theme: 'light' });
    return format === 'trace' ? chromeTrace(evaluation) : exportGraph(evaluation, format);
  });
  answer('moeplan/reportPictures', (params, uri) => {
    const name = params.text('file');
    const analysis = workspace.analysis(uri);
    return analysis ? reportPictures(analysis, picturesBeside(name)) : null;
  });
  later('moeplan/whatIf', (params, uri) => {
    const [deployment, changes] = [params.text('deployment'), params.numbers('changes')];
    const analysis = workspace.analysis(uri);
    return (analysis && whatIf(analysis, deployment, changes)) ?? null;
  });
  answer('moeplan/writeWhatIf', (params, uri) => {
    const [deployment, changes] = [params.text('deployment'), params.numbers('changes')];
    const analysis = workspace.analysis(uri);
    if (!analysis) return null;
    const written = writeWhatIf(analysis, deployment, changes);
    if ('refused' in written) return written;
    const version = workspace.documents.get(uri)?.version ?? 0;
    return { version, lines: written.lines, edit: toWorkspaceEdit(written.edits, workspace) };
  });
  later('moeplan/differences', (params, uri) => {
    const [deployment, base] = [params.text('deployment'), params.optionalText('base')];
    const files = params.optionalTexts('files');
    const analysis = workspace.analysis(uri);
    if (!analysis) return null;
    return files
      ? differencesToTexts(analysis, deployment, files, workspace.sources)
      : differencesBetween(analysis, base ?? deployment, deployment);
  });
}
