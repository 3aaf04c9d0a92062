import type { Connection } from 'vscode-languageserver';
import { deploymentNamed } from '../services/analysis.ts';
import { findingsOf, shownDiagnostics } from '../services/findings/placed.ts';
import { launchDocument } from '../services/launches/launches.ts';
import { comparisonText } from '../services/outputs/comparison.ts';
import { importConfig } from '../services/refactor/importConfig.ts';
import { toRange } from './convert.ts';
import { paramsOf } from './params.ts';
import type { Workspace } from './workspace.ts';

/** What an editor's assistant and commands request beside `moeplan/export`. Each answers null when the document is not open. */
export function registerTools(connection: Connection, workspace: Workspace): void {
  connection.onRequest('moeplan/check', (value: unknown) => {
    const { uri, name } = paramsOf('moeplan/check', value);
    const analysis = workspace.analysis(uri);
    return analysis ? findingsOf(analysis.source, name, shownDiagnostics(analysis)) : null;
  });
  connection.onRequest('moeplan/compare', (value: unknown) => {
    const { uri, deployments } = paramsOf('moeplan/compare', value);
    const analysis = workspace.analysis(uri);
    if (!analysis) return null;
    const names = deployments ?? analysis.plan.deployments.map(({ name }) => name);
    const evaluations = names.flatMap((name) => {
      const resolved = deploymentNamed(analysis, name);
      const evaluation = resolved && analysis.evaluationOf(resolved);
      return evaluation ? [evaluation] : [];
    });
    return evaluations.length > 0 ? comparisonText(evaluations) : null;
  });
  connection.onRequest('moeplan/importLaunch', (value: unknown) => {
    const { uri, text } = paramsOf('moeplan/importLaunch', value);
    return launchDocument({ uri, text }, workspace.sources)?.launched.plan.text ?? null;
  });
  connection.onRequest('moeplan/importConfig', (value: unknown) => {
    const { uri, config } = paramsOf('moeplan/importConfig', value);
    const analysis = workspace.analysis(uri);
    const imported = analysis && importConfig(analysis, config, workspace.sources.read(config));
    if (!imported) return null;
    return {
      name: imported.name,
      newText: imported.edit.text,
      range: toRange(analysis.source.lineIndex, imported.edit.span),
    };
  });
}
