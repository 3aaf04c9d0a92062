import type { Connection } from 'vscode-languageserver';
import { deploymentNamed } from '../services/analysis.ts';
import { exportGraph } from '../services/export.ts';
import { previewModel } from '../services/preview/model.ts';
import { locationOfId, nodesAtOffset } from '../services/preview/sources.ts';
import { report } from '../services/report.ts';
import { chromeTrace } from '../services/timeline/trace.ts';
import { tellLog } from './contain.ts';
import { toLocation } from './convert.ts';
import { Params } from './params.ts';
import type { Workspace } from './workspace.ts';

/**
 * Requests of the preview panel and the export commands; each answers null when the document is not open, and
 * `InvalidParams` when it cannot be understood.
 */
export function registerPreview(connection: Connection, workspace: Workspace): void {
  const tell = tellLog(connection);
  const answer = (method: string, handle: (params: Params, uri: string) => unknown) =>
    connection.onRequest(method, (value: unknown) => {
      const params = new Params(method, value);
      return handle(params, params.text('uri'));
    });
  answer('moeplan/preview', (_params, uri) => {
    const analysis = workspace.analysis(uri);
    return analysis ? previewModel(analysis, workspace.documents.get(uri)?.version ?? 0, tell) : null;
  });
  answer('moeplan/reveal', (params, uri) => {
    const [deployment, id] = [params.text('deployment'), params.text('id')];
    const analysis = workspace.analysis(uri);
    const location = analysis && locationOfId(analysis, deployment, id);
    return (location && toLocation(location, workspace)) ?? null;
  });
  answer('moeplan/nodesAt', (params, uri) => {
    const position = params.position('position');
    const analysis = workspace.analysis(uri);
    return (analysis && nodesAtOffset(analysis, analysis.source.lineIndex.offsetAt(position))) ?? null;
  });
  answer('moeplan/deployments', (_params, uri) => {
    const analysis = workspace.analysis(uri);
    return analysis
      ? analysis.plan.deployments.map(({ name, invalid }) => ({ name, ...(invalid !== undefined && { invalid }) }))
      : null;
  });
  answer('moeplan/export', (params, uri) => {
    const deployment = params.optionalText('deployment');
    const format = params.oneOf('format', ['dot', 'svg', 'report', 'trace']);
    const analysis = workspace.analysis(uri);
    if (!analysis) return null;
    if (format === 'report') return report(analysis);
    const resolved = deployment === undefined ? analysis.plan.deployments[0] : deploymentNamed(analysis, deployment);
    const evaluation = resolved && analysis.evaluationOf(resolved);
    if (!evaluation) return null;
    return format === 'trace' ? chromeTrace(evaluation) : exportGraph(evaluation, format);
  });
}
