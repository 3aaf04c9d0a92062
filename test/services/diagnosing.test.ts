import { expect, test } from 'vitest';
import { AnalysisCache, analyseDocument } from '../../server/src/services/analysis.ts';
import { diagnose, diagnosing } from '../../server/src/services/findings/diagnostics.ts';
import { catalogSources } from '../catalog/catalog.ts';
import { largePlan } from '../support/largePlan.ts';

const URI = 'file:///workspace/plan.moeplan';
const TEXT = largePlan(400).replace('= 16', '= sixteen').replaceAll('<= 80 GiB', '<= 8 KiB');

function start(text: string, cache = new AnalysisCache()) {
  return analyseDocument(URI, catalogSources(new Map([[URI, text]])), cache);
}

test('the language speaks before the first block is looked at, and predictions come block by block', () => {
  const work = diagnosing(start(TEXT));
  const first = work.next();
  if (first.done) throw new Error('nothing was left to do');
  const early = first.value.soFar().map(({ rule }) => rule);
  expect(early).toContain('wrong-type');
  expect(early).not.toContain('claim-not-met');
  const counts: number[] = [];
  let left = first.value.left().length;
  let predictions = 0;
  for (;;) {
    const { done, value } = work.next();
    if (done) {
      expect(value).toEqual(diagnose(start(TEXT)));
      break;
    }
    const now = value.left().length;
    // The prediction of a deployment is a piece of its own.
    if (now === left) predictions++;
    else expect(now).toBe(--left);
    counts.push(value.soFar().length);
  }
  expect(left).toBe(1);
  expect(predictions).toBe(start(TEXT).plan.deployments.length);
  expect(counts).toEqual(counts.toSorted((less, more) => less - more));
  expect(counts.at(-1)).toBeGreaterThan(early.length);
});

test('after an edit only the blocks that it concerns are looked at', () => {
  const cache = new AnalysisCache();
  diagnose(start(TEXT, cache));
  const work = diagnosing(start(TEXT.replace('hidden = 2048', 'hidden = 10_240'), cache));
  const { done, value } = work.next();
  if (done) throw new Error('nothing was left to do');
  expect(value.left().length).toBeLessThan(5);
});
