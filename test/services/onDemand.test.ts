import { beforeEach, expect, test, vi } from 'vitest';
import { AnalysisCache, analyseDocument } from '../../server/src/services/analysis.ts';
import { diagnose, diagnosing } from '../../server/src/services/findings/diagnostics.ts';
import { catalogSources } from '../catalog/catalog.ts';
import { largePlan } from '../support/largePlan.ts';

/** The specifications that were completed, and the name of a deployment with which that fails. */
const derived = vi.hoisted(() => ({ names: [] as string[], broken: '' }));

vi.mock(import('../../server/src/plan/derive/derive.ts'), async (load) => {
  const module = await load();
  const derive: typeof module.derive = (spec) => {
    derived.names.push(spec.name);
    if (spec.name === derived.broken) throw new RangeError('broken on purpose');
    return module.derive(spec);
  };
  return { ...module, derive };
});

beforeEach(() => {
  derived.names.length = 0;
  derived.broken = '';
});

const URI = 'file:///workspace/plan.moeplan';
/** Three deployments, `plan-0` to `plan-2`. */
const TEXT = largePlan(70);

function start(text: string, cache = new AnalysisCache()) {
  return analyseDocument(URI, catalogSources(new Map([[URI, text]])), cache);
}

test('no deployment is completed before what the language says is known', () => {
  const work = diagnosing(start(TEXT));
  expect(work.next().done).toBe(false);
  expect(derived.names).toEqual([]);
  expect(start(TEXT).plan.deployments.map(({ name }) => name)).toEqual(['plan-0', 'plan-1', 'plan-2']);
  expect(derived.names).toEqual(['plan-0', 'plan-1', 'plan-2']);
});

test('a deployment whose reading fails is told at its block, also after an edit elsewhere, and the others are checked', () => {
  derived.broken = 'plan-1';
  const cache = new AnalysisCache();
  const internal = (text: string) => {
    const analysis = start(text, cache);
    const found = diagnose(analysis);
    expect(analysis.plan.deployments.map(({ name }) => name)).toEqual(['plan-0', 'plan-2']);
    return found.filter(({ rule }) => rule === 'internal-error').map(({ span, message }) => [span.start, message]);
  };
  const before = internal(TEXT);
  expect(before).toEqual([[TEXT.indexOf('plan-1'), expect.stringContaining('reading the plan failed here')]]);
  const longer = `// A line more.\n${TEXT}`;
  expect(internal(longer)).toEqual([[longer.indexOf('plan-1'), before[0]?.[1]]]);
});
