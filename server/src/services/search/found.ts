import type { TextEdit } from '../../language/diagnostic.ts';
import type { Sources } from '../../language/source.ts';
import { specOf } from '../../search/specOf.ts';
import { type Analysis, analyseDocument, deploymentNamed } from '../analysis.ts';
import { changedRows } from '../changes.ts';
import { withTexts } from '../differences/answer.ts';
import { changedProperties } from '../differences/properties.ts';
import { applyEdits } from '../edits.ts';
import type { FoundPlanAnswer } from '../preview/searchProtocol.ts';
import { newlineOf } from '../refactor/refactoring.ts';
import { insertAfter, inUsualForm } from '../whatIf/write.ts';
import { type AskedSearch, searchAsked } from './asked.ts';
import { readPlanKey } from './keys.ts';
import { chosenText } from './words.ts';
import { writeFound } from './write.ts';

/** One plan of a search, by its key. */
export interface AskedPlan extends AskedSearch {
  readonly plan: string;
}

interface Written {
  readonly name: string;
  readonly words: string;
  /** The new blocks. */
  readonly text: string;
  readonly edits: readonly TextEdit[];
}

/**
 * Edits that put a found plan behind the deployment from which it was searched, as a deployment that extends it, or the reason why
 * there are none.
 */
export function writeFoundPlan(analysis: Analysis, asked: AskedPlan): Written | { readonly refused: string } {
  const found = searchAsked(analysis, asked);
  const chosen = readPlanKey(asked.plan);
  if (!found) return { refused: `the file has no deployment ${asked.deployment}` };
  const { read, answer } = found;
  if (!read) return { refused: answer.faults.join('; ') };
  if (!chosen || chosen.length === 0) return { refused: 'the plan is not known: search again' };
  const { base, space } = read;
  const taken = new Set(analysis.program.entities.flatMap(({ name }) => name ?? []));
  const wanted = `${base.name}-${answer.search === '' ? 'better' : answer.search}`;
  const plan = { chosen, spec: specOf(space, chosen) };
  const { name, text } = writeFound(base, plan, wanted, taken);
  const { source } = analysis;
  const lines = text.trimEnd().replaceAll('\n', newlineOf(source));
  const edit = insertAfter(source, base.entity.node, lines);
  return { name, words: chosenText(chosen, space.base), text, edits: inUsualForm(source, [edit]) };
}

/** A found plan beside the present one. It is read from the text that writing it would make, so that both come to the same. */
export function foundPlan(analysis: Analysis, asked: AskedPlan, sources: Sources): FoundPlanAnswer {
  const written = writeFoundPlan(analysis, asked);
  if ('refused' in written) return { unavailable: written.refused };
  const { uri, source } = analysis;
  const texts = new Map([[uri, applyEdits(source.text, written.edits)]]);
  const changed = analyseDocument(uri, withTexts(sources, texts));
  const [before, after] = [deploymentNamed(analysis, asked.deployment), deploymentNamed(changed, written.name)];
  const old = before && analysis.evaluationOf(before);
  const fresh = after && changed.evaluationOf(after);
  if (!before || !old) return { unavailable: `${asked.deployment} cannot be computed as it is written` };
  if (!after || !fresh) return { unavailable: after?.invalid ?? 'the plan cannot be computed' };
  return {
    key: asked.plan,
    words: written.words,
    rows: changedRows(old, fresh),
    properties: changedProperties(before, after),
    limits: { before: old.prediction.bottleneck.text, after: fresh.prediction.bottleneck.text },
    text: written.text,
  };
}
