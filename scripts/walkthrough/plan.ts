import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { NodeSources } from '../../server/src/host/nodeSources.ts';
import type { Diagnostic } from '../../server/src/language/diagnostic.ts';
import { type Analysis, AnalysisCache, analyseDocument } from '../../server/src/services/analysis.ts';
import { launchDiagnostics } from '../../server/src/services/launches/findings.ts';
import { type LaunchLens, launchLenses } from '../../server/src/services/launches/lenses.ts';
import { planUriOf, withPlan } from '../../server/src/services/launches/readings.ts';

const root = join(import.meta.dirname, '../..');

/** The worked example, which the walkthrough opens, with a text of it replaced. */
export function workedExample(from = '', to = ''): Analysis {
  const path = join(root, 'examples', 'deployment-analysis.moeplan');
  const text = readFileSync(path, 'utf8').replaceAll('\r\n', '\n');
  if (!text.includes(from)) throw new Error(`the worked example has no \`${from}\``);
  const uri = pathToFileURL(path).href;
  const sources = new NodeSources(join(root, 'server/src/catalog'), (each) =>
    each === uri ? text.replace(from, to) : undefined,
  );
  return analyseDocument(uri, sources);
}

/** What the editor shows of a launch: its lenses and its findings. */
export function workedLaunch(text: string): {
  readonly text: string;
  readonly lenses: readonly LaunchLens[];
  readonly findings: readonly Diagnostic[];
} {
  const uri = pathToFileURL(join(root, 'serve.sh')).href;
  const sources = new NodeSources(join(root, 'server/src/catalog'), () => undefined);
  const cache = new AnalysisCache();
  const document = cache.launches.readings.read({ uri, text }, sources);
  if (!document) throw new Error('the text launches nothing');
  const plan = analyseDocument(planUriOf(uri), withPlan(sources, document), cache);
  return { text, lenses: launchLenses(document, plan), findings: launchDiagnostics(document, plan) };
}
