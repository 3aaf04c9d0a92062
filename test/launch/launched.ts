import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { NodeSources } from '../../server/src/host/nodeSources.ts';
import type { LaunchedPlan } from '../../server/src/launch/plan.ts';
import { type Analysis, AnalysisCache, analyseDocument } from '../../server/src/services/analysis.ts';
import { type LaunchDocument, launchDocument } from '../../server/src/services/launches/launches.ts';
import { projectRoot } from '../support/dist.ts';

const FOLDER = join(import.meta.dirname, '../fixtures/launch/files');
const PLAN = 'file:///workspace/launched.moeplan';

const texts = new Map<string, string>();
const sources = new NodeSources(join(projectRoot, 'server/src/catalog'), (uri) => texts.get(uri));
sources.setRoots([pathToFileURL(FOLDER).href, 'file:///workspace']);
const cache = new AnalysisCache();

/** A launch by its text, as if it lay among the fixtures. */
export function readText(name: string, text: string): LaunchDocument | undefined {
  return launchDocument({ uri: pathToFileURL(join(FOLDER, name)).href, text }, sources);
}

/** A launch of the fixtures. @throws Error where it launches nothing. */
export function readFixture(name: string): LaunchDocument {
  const document = existsSync(join(FOLDER, name))
    ? readText(name, readFileSync(join(FOLDER, name), 'utf8'))
    : undefined;
  if (!document) throw new Error(`${name} launches nothing`);
  return document;
}

/** The analysis of the plan that a launch is. */
export function planned({ plan }: LaunchedPlan): Analysis {
  texts.set(PLAN, plan.text);
  return analyseDocument(PLAN, sources, cache);
}
