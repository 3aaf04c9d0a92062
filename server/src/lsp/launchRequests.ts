import type { CancellationToken, Connection } from 'vscode-languageserver';
import { createLineIndex } from '../language/lineIndex.ts';
import type { Span } from '../language/span.ts';
import { isWrittenForm, WRITTEN_FORMS } from '../launch/write/forms/index.ts';
import { type Analysis, deploymentNamed } from '../services/analysis.ts';
import { diagnosing } from '../services/findings/diagnostics.ts';
import { launchCompletion, withoutPartialKey } from '../services/launches/completion.ts';
import { launchDiagnostics } from '../services/launches/findings.ts';
import { launchHover } from '../services/launches/hover.ts';
import type { LaunchDocument } from '../services/launches/launches.ts';
import { launchLenses } from '../services/launches/lenses.ts';
import { planUriOf, withPlan } from '../services/launches/readings.ts';
import { writtenLaunch } from '../services/launches/written.ts';
import { oneLine, visible } from '../text/visible.ts';
import { cancelled } from './answers.ts';
import { toCompletionItem } from './completion.ts';
import { nextTurn } from './contain.ts';
import { toDiagnostic, toRange } from './convert.ts';
import { invalid, paramsOf } from './params.ts';
import { inTurns } from './turns.ts';
import type { Workspace } from './workspace.ts';

/** A launch with the analysis of the plan that it is. */
interface LaunchInEditor {
  readonly document: LaunchDocument;
  readonly plan: Analysis;
}

/**
 * What an editor asks of a file that launches an engine and is no plan. Such a file is no document of this server: each request
 * brings its text, so that editors need send no script or YAML that launches nothing.
 */
export function registerLaunches(connection: Connection, workspace: Workspace): void {
  const later = async (file: { readonly uri: string; readonly text: string }, token: CancellationToken) => {
    await nextTurn();
    if (token.isCancellationRequested) throw cancelled();
    return launchInEditor(file, workspace);
  };
  connection.onRequest('moeplan/launch', async (value: unknown, token: CancellationToken) => {
    const { uri, text } = paramsOf('moeplan/launch', value);
    await workspace.configured;
    const launch = await later({ uri, text }, token);
    if (!launch) return null;
    const { rules, codeLens } = workspace.settings;
    const found = await inTurns(diagnosing(launch.plan, rules), () => !token.isCancellationRequested);
    if (!found) throw cancelled();
    const { document, plan } = launch;
    const range = (span: Span) => toRange(document.lineIndex, span);
    return {
      findings: launchDiagnostics(document, plan, rules, found).map((diagnostic) =>
        toDiagnostic(diagnostic, document.lineIndex, {
          linesOf: (target) => (target === uri ? document.lineIndex : workspace.linesOf(target)),
          pageOf: (rule) => workspace.pageOf(rule),
        }),
      ),
      lenses: (codeLens ? launchLenses(document, plan) : []).map(({ span, title, tooltip, deployment, view }) => ({
        range: range(span),
        title: oneLine(title),
        ...(tooltip !== undefined && { tooltip: visible(tooltip) }),
        deployment,
        ...(view && { view }),
      })),
      plan: document.launched.plan.text,
    };
  });
  connection.onRequest('moeplan/launchForms', () =>
    Object.entries(WRITTEN_FORMS).map(([name, { title }]) => ({ name, title })),
  );
  connection.onRequest('moeplan/writeLaunch', (value: unknown): unknown => {
    const { uri, deployment, form } = paramsOf('moeplan/writeLaunch', value);
    const analysis = workspace.analysis(uri);
    const resolved = analysis && deploymentNamed(analysis, deployment);
    if (!isWrittenForm(form)) throw invalid(`moeplan/writeLaunch: no form \`${form}\``);
    return resolved ? writtenLaunch(analysis, resolved, { form }) : null;
  });
  connection.onRequest('moeplan/launchHover', async (value: unknown, token: CancellationToken) => {
    const { uri, text, position } = paramsOf('moeplan/launchHover', value);
    const launch = await later({ uri, text }, token);
    const told = launch && launchHover(launch.document, launch.plan, launch.document.lineIndex.offsetAt(position));
    return told ? { markdown: told.markdown, range: toRange(launch.document.lineIndex, told.span) } : null;
  });
  connection.onRequest('moeplan/launchCompletion', async (value: unknown, token: CancellationToken) => {
    const { uri, text, position } = paramsOf('moeplan/launchCompletion', value);
    const lines = createLineIndex(text);
    const offset = lines.offsetAt(position);
    const launch = await later({ uri, text: withoutPartialKey(text, offset) }, token);
    return (launch ? launchCompletion(launch.document, launch.plan, text, offset) : []).map((item) =>
      toCompletionItem(item, undefined, (span) => toRange(lines, span)),
    );
  });
}

function launchInEditor(
  file: { readonly uri: string; readonly text: string },
  workspace: Workspace,
): LaunchInEditor | undefined {
  const document = workspace.launches.readings.read(file, workspace.sources);
  if (!document) return undefined;
  return { document, plan: workspace.analysisOver(planUriOf(file.uri), withPlan(workspace.sources, document)) };
}
