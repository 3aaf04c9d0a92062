import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { projectRoot } from '../../scripts/vscode/paths.ts';
import { NodeSources } from '../../server/src/host/nodeSources.ts';
import { type Analysis, AnalysisCache, analyseDocument } from '../../server/src/services/analysis.ts';
import type { FromPage, ToPage } from '../../server/src/services/preview/messages.ts';
import { previewModel } from '../../server/src/services/preview/model.ts';
import { openedPicture } from '../../server/src/services/preview/pictures.ts';
import type {
  Folds,
  PreviewDeployment,
  PreviewModel,
  PreviewPicture,
} from '../../server/src/services/preview/protocol.ts';

/** Models as the server makes them, of the examples and of edits of them. */
const typed = new Map<string, string>();
export const pageSources = new NodeSources(join(projectRoot, 'server/src/catalog'), (uri) => typed.get(uri));
pageSources.setRoots([projectRoot]);
const cache = new AnalysisCache();
let version = 0;

export type ExampleName =
  | 'deployment-analysis'
  | 'deepseek-v3-h800'
  | 'qwen3-235b-h100'
  | 'hand-drawn-layers'
  | 'broken'
  | 'deepseek-v3-176'
  | 'training';

export function exampleText(name: ExampleName): string {
  return readFileSync(exampleFile(name), 'utf8');
}

/** The model of an example, or of the text that someone has typed in its place. */
export function modelOf(name: ExampleName, text?: string): PreviewModel {
  return previewModel(analysisOf(name, text), ++version);
}

export function analysisOf(name: ExampleName, text?: string): Analysis {
  const uri = pathToFileURL(exampleFile(name)).href;
  if (text === undefined) typed.delete(uri);
  else typed.set(uri, text);
  return analyseDocument(uri, pageSources, cache);
}

/** What the server draws of an example with groups opened. */
export function openedOf(name: ExampleName, deployment: string, folds: Folds): PreviewPicture {
  const analysis = analyseDocument(pathToFileURL(exampleFile(name)).href, pageSources, cache);
  const resolved = analysis.plan.deployments.find((each) => each.name === deployment);
  const evaluation = resolved && analysis.evaluationOf(resolved);
  const answer = evaluation && openedPicture(evaluation, folds);
  if (!answer || !('picture' in answer)) throw new Error(`${deployment} is not drawn`);
  return answer.picture;
}

/** What the extension answers when the page asks for a picture with groups opened. */
export function foldsOf(name: ExampleName): (message: FromPage) => ToPage | undefined {
  return (message) => {
    if (message.type !== 'fold') return undefined;
    const { deployment, folds } = message;
    return { type: 'folded', deployment, folds, answer: { picture: openedOf(name, deployment, folds) } };
  };
}

export function deploymentOf(model: PreviewModel, name: string): PreviewDeployment {
  const found = model.deployments.find((deployment) => deployment.name === name);
  if (!found) throw new Error(`the model has no deployment ${name}`);
  return found;
}

/** The picture of a deployment that a panel opens with. */
export function shownOf(model: PreviewModel, name: string): PreviewPicture {
  const { overview, ...own } = deploymentOf(model, name);
  return overview ?? own;
}

function exampleFile(name: ExampleName): string {
  const isLarge = name === 'deepseek-v3-176' || name === 'training';
  return join(projectRoot, isLarge ? 'test/fixtures/plans' : 'examples', `${name}.moeplan`);
}
