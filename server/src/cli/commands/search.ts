import type { Evaluation } from '../../cost/evaluation.ts';
import type { Shipped } from '../../host/shipped.ts';
import { answerOf } from '../../search/answer.ts';
import type { PartResult } from '../../search/run.ts';
import { partsOfShard, searchPart } from '../../search/search.ts';
import type { Analysis } from '../../services/analysis.ts';
import { deploymentNamed } from '../../services/analysis.ts';
import { type ReadSearch, readSearch, searchesOf, searchFrom } from '../../services/search/read.ts';
import { answerText } from '../../services/search/text.ts';
import { writeFound } from '../../services/search/write.ts';
import { CannotRun } from '../cannotRun.ts';
import { Loader } from '../load.ts';

export const SEARCH_FORMATS = ['text', 'json', 'csv', 'moeplan'] as const;

export interface SearchOptions {
  readonly limit: number;
  readonly format: (typeof SEARCH_FORMATS)[number];
}

/** Searches the space of a `search` block, or that of a deployment, and prints the best plans. */
export function search(
  file: string,
  name: string | undefined,
  { limit, format }: SearchOptions,
  shipped: Shipped,
): void {
  const analysis = new Loader(shipped).load(file);
  const read = searchNamed(analysis, file, name);
  const parts: PartResult[] = [];
  const place = { space: read.space, base: read.base, program: analysis.program, sides: new Map() };
  for (const part of partsOfShard(0, 1)) parts.push(finished(searchPart(place, part)));
  const base = baseEvaluation(analysis, read);
  const answer = answerOf(read.space, parts, { limit, by: read.by, base });
  if (format === 'moeplan') {
    const taken = new Set(analysis.program.own.flatMap((entity) => entity.name ?? []));
    const texts = answer.ranked.map(
      (plan, index) => writeFound(read.base, plan, `${read.name}-${index + 1}`, taken).text,
    );
    process.stdout.write(texts.join('\n'));
    return;
  }
  process.stdout.write(answerText(read, answer));
}

function finished<Value>(run: Generator<unknown, Value>): Value {
  for (;;) {
    const step = run.next();
    if (step.done) return step.value;
  }
}

function baseEvaluation(analysis: Analysis, { base }: ReadSearch): Evaluation | undefined {
  return analysis.evaluationOf(base);
}

/** The search of this name, or of the deployment of this name; without one the only search of the file. */
function searchNamed(analysis: Analysis, file: string, name: string | undefined): ReadSearch {
  const searches = searchesOf(analysis);
  const entity = name === undefined ? searches[0] : searches.find((each) => each.name === name);
  if (entity) {
    const read = readSearch(analysis, entity);
    if (!Array.isArray(read) && 'space' in read) return read;
    throw new CannotRun(`search ${entity.name} cannot be run: ${Array.isArray(read) ? read[0]?.message : 'unknown'}`);
  }
  const deployments = analysis.plan.deployments;
  const deployment = name === undefined ? deployments[0] : deploymentNamed(analysis, name);
  const usual = deployment && searchFrom(deployment);
  if (usual) return usual;
  throw new CannotRun(
    `${file} has no search${name === undefined ? '' : ` or deployment \`${name}\``}; write one with \`search name { base = … }\``,
  );
}
