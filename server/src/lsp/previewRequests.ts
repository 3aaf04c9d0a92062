import type { Connection, Position } from 'vscode-languageserver';
import { deploymentNamed } from '../services/analysis.ts';
import { exportGraph } from '../services/export.ts';
import { previewModel } from '../services/preview/model.ts';
import { locationOfId, nodesAtOffset } from '../services/preview/sources.ts';
import { report } from '../services/report.ts';
import { chromeTrace } from '../services/timeline/trace.ts';
import { toLocation } from './convert.ts';
import type { Workspace } from './workspace.ts';

interface DocumentRequest {
  readonly uri: string;
}

/** Requests of the preview panel and the export commands; each answers null when the document is not open. */
export function registerPreview(connection: Connection, workspace: Workspace): void {
  connection.onRequest('moeplan/preview', ({ uri }: DocumentRequest) => {
    const analysis = workspace.analysis(uri);
    return analysis ? previewModel(analysis, workspace.documents.get(uri)?.version ?? 0) : null;
  });
  connection.onRequest(
    'moeplan/reveal',
    ({ uri, deployment, id }: DocumentRequest & { readonly deployment: string; readonly id: string }) => {
      const analysis = workspace.analysis(uri);
      const location = analysis && locationOfId(analysis, deployment, id);
      return (location && toLocation(location, workspace)) ?? null;
    },
  );
  connection.onRequest('moeplan/nodesAt', ({ uri, position }: DocumentRequest & { readonly position: Position }) => {
    const analysis = workspace.analysis(uri);
    return (analysis && nodesAtOffset(analysis, analysis.source.lineIndex.offsetAt(position))) ?? null;
  });
  connection.onRequest('moeplan/deployments', ({ uri }: DocumentRequest) => {
    const analysis = workspace.analysis(uri);
    return analysis
      ? analysis.plan.deployments.map(({ name, invalid }) => ({ name, ...(invalid !== undefined && { invalid }) }))
      : null;
  });
  connection.onRequest(
    'moeplan/export',
    ({
      uri,
      deployment,
      format,
    }: DocumentRequest & { readonly deployment?: string; readonly format: 'dot' | 'svg' | 'report' | 'trace' }) => {
      const analysis = workspace.analysis(uri);
      if (!analysis) return null;
      if (format === 'report') return report(analysis);
      const resolved = deployment === undefined ? analysis.plan.deployments[0] : deploymentNamed(analysis, deployment);
      const evaluation = resolved && analysis.evaluationOf(resolved);
      if (!evaluation) return null;
      return format === 'trace' ? chromeTrace(evaluation) : exportGraph(evaluation, format);
    },
  );
}
