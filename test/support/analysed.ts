import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Evaluation } from '../../server/src/cost/evaluation.ts';
import { type Analysis, analyseDocument } from '../../server/src/services/analysis.ts';
import { catalogSources } from '../catalog/catalog.ts';
import { projectRoot } from './dist.ts';

const folder = join(projectRoot, 'examples');

/** A text as an example of the project would be analysed, with the shipped catalogue. */
export function analysed(text: string): Analysis {
  const uri = pathToFileURL(join(folder, 'under-test.moeplan')).href;
  return analyseDocument(uri, catalogSources(new Map([[uri, text]])));
}

/** The evaluation of the first deployment of a text. */
export function evaluated(text: string): Evaluation {
  const analysis = analysed(text);
  const resolved = analysis.plan.deployments[0];
  const evaluation = resolved && analysis.evaluationOf(resolved);
  if (!evaluation) throw new Error(resolved?.invalid ?? 'the plan has no deployment that can be computed');
  return evaluation;
}

/** Every deployment of every shipped example that can be computed, by `FILE NAME`. */
export function exampleEvaluations(): ReadonlyMap<string, Evaluation> {
  const found = new Map<string, Evaluation>();
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.moeplan'))) {
    const analysis = analysed(readFileSync(join(folder, file), 'utf8'));
    for (const resolved of analysis.plan.deployments) {
      const evaluation = analysis.evaluationOf(resolved);
      if (evaluation) found.set(`${file} ${resolved.name}`, evaluation);
    }
  }
  return found;
}
