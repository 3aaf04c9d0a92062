import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { makeObjectsYoung } from '../../server/src/host/youngObjects.ts';
import { AnalysisCache, analyseDocument } from '../../server/src/services/analysis.ts';
import { diagnose } from '../../server/src/services/findings/diagnostics.ts';
import { catalogSources } from '../catalog/catalog.ts';
import { inTheMiddle, tenOfDeepSeek } from '../support/realPlans.ts';

setFlagsFromString('--expose-gc');
const collect: unknown = runInNewContext('gc');

function collected(type: 'minor' | 'major'): number {
  if (typeof collect === 'function') collect({ type });
  return process.memoryUsage().heapUsed;
}

const URI = 'file:///typed.moeplan';

/**
 * Collecting what is young takes a millisecond where all of it can be dropped, and ten where something old holds it: a weak map, or
 * the hidden class of an object with getters of its own. Of ten keystrokes only the last is living, so that the others must be gone.
 */
test.each([
  ['plans', inTheMiddle(600)],
  ['deployments with two pools', tenOfDeepSeek(400)],
])('what keystrokes leave behind is dropped without looking at all of the heap: %s', (_, { text, at }) => {
  makeObjectsYoung();
  const cache = new AnalysisCache();
  let typed = 0;
  const type = () => {
    const now = typed++ % 2 === 0 ? text : `${text.slice(0, at)}1${text.slice(at)}`;
    diagnose(analyseDocument(URI, catalogSources(new Map([[URI, now]])), cache));
  };
  const growth = (keystrokes: number) => {
    for (let index = 0; index < 4; index++) type();
    const before = collected('major');
    for (let round = 0; round < 4; round++) {
      for (let index = 0; index < keystrokes; index++) type();
      // What has lasted twice is old.
      collected('minor');
      collected('minor');
    }
    return (collected('minor') - before) / 4;
  };
  growth(1);
  const [one, ten] = [growth(1), growth(10)];
  expect(ten).toBeLessThan(4 * one);
});
