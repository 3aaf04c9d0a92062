import assert from 'node:assert/strict';
import { answerOf } from '../../server/src/search/answer.ts';
import { PARTS } from '../../server/src/search/run.ts';
import { searchPart } from '../../server/src/search/search.ts';
import type { Analysis } from '../../server/src/services/analysis.ts';
import { curves } from '../../server/src/services/curves/curves.ts';
import { differencesBetween } from '../../server/src/services/differences/answer.ts';
import type { FromPage } from '../../server/src/services/preview/messages.ts';
import type { SearchAnswer } from '../../server/src/services/preview/searchProtocol.ts';
import { type AskedSearch, searchAsked } from '../../server/src/services/search/asked.ts';
import { foundPlan } from '../../server/src/services/search/found.ts';
import { MOST_RANKED, searchResult } from '../../server/src/services/search/result.ts';
import { whatIf } from '../../server/src/services/whatIf/answer.ts';
import type { Panel } from './panel.ts';
import { pageSources } from './plans.ts';

type Asked<Type extends FromPage['type']> = Extract<FromPage, { type: Type }>;

/** The last question of a kind that the page has sent, once all that it sends has arrived. */
export async function lastSent<Type extends FromPage['type']>(panel: Panel, type: Type): Promise<Asked<Type>> {
  await panel.settle();
  const found = panel.sent.findLast((message): message is Asked<Type> => message.type === type);
  assert.ok(found, `the page has sent no ${type}`);
  return found;
}

/** Answers the page's last what-if as the server would. */
export async function answerWhatIf(panel: Panel, analysis: Analysis): Promise<void> {
  const { deployment, changes, sequence } = await lastSent(panel, 'whatIf');
  const answer = whatIf(analysis, deployment, changes);
  assert.ok(answer);
  await panel.send({ type: 'whatIf', sequence, answer });
}

/** Answers the page's last question for curves as the server would. */
export async function answerCurves(panel: Panel, analysis: Analysis): Promise<void> {
  const { subjects, over, sequence } = await lastSent(panel, 'curves');
  const work = curves(analysis, subjects, over);
  for (;;) {
    const { done, value: answer } = work.next();
    if (!done) continue;
    assert.ok(answer);
    await panel.send({ type: 'curves', sequence, answer });
    return;
  }
}

/** Answers the page's last search as the server would, once it is done. */
export async function answerSearch(panel: Panel, analysis: Analysis): Promise<void> {
  const { sequence, deployment, search, narrow } = await lastSent(panel, 'search');
  await panel.send({ type: 'search', sequence, answer: searchAnswer(analysis, { deployment, search, narrow }) });
}

/** The whole answer to a search. */
export function searchAnswer(analysis: Analysis, asked: AskedSearch): SearchAnswer {
  const found = searchAsked(analysis, asked);
  assert.ok(found);
  const { answer, read } = found;
  if (!read) return answer;
  const { space, base, by } = read;
  const place = { space, base, program: analysis.program, sides: new Map() };
  const parts = Array.from({ length: PARTS }, (_, part) => finished(searchPart(place, part)));
  const evaluation = analysis.evaluationOf(base);
  const result = searchResult(read, answerOf(space, parts, { limit: MOST_RANKED, by, base: evaluation }));
  return { ...answer, result };
}

function finished<Value>(work: Generator<unknown, Value>): Value {
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
  }
}

/** Answers the page's last question for one plan of a search as the server would. */
export async function answerFoundPlan(panel: Panel, analysis: Analysis): Promise<void> {
  const { sequence, ...asked } = await lastSent(panel, 'foundPlan');
  await panel.send({ type: 'foundPlan', sequence, answer: foundPlan(analysis, { ...asked, narrow: [] }, pageSources) });
}

/** Answers the page's last question for differences as the server would, where it is one between deployments. */
export async function answerDifferences(panel: Panel, analysis: Analysis): Promise<void> {
  const { deployment, base, sequence } = await lastSent(panel, 'differences');
  assert.ok(base !== 'last-commit' && 'deployment' in base);
  await panel.send({
    type: 'differences',
    sequence,
    answer: differencesBetween(analysis, base.deployment, deployment),
  });
}
