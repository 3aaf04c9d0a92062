import { afterEach, expect, test, vi } from 'vitest';
import type { Evaluation } from '../../server/src/cost/evaluation.ts';
import { codeLenses } from '../../server/src/services/annotations/codeLens.ts';
import { inlayHints } from '../../server/src/services/annotations/inlayHints.ts';
import { diagnose } from '../../server/src/services/findings/diagnostics.ts';
import { hover } from '../../server/src/services/hover/hover.ts';
import { report } from '../../server/src/services/outputs/report.ts';
import { previewModel } from '../../server/src/services/preview/model.ts';
import { largePlan } from '../support/largePlan.ts';
import { analysisOf } from './editor/support.ts';

/** What fails, and for which deployment. */
const broken = vi.hoisted(() => ({ evaluate: '', validateDag: '' }));

vi.mock(import('../../server/src/cost/evaluate.ts'), async (load) => {
  const module = await load();
  const evaluate: typeof module.evaluate = (deployment, ...rest) => {
    if (deployment.name === broken.evaluate) throw new RangeError('broken on purpose');
    return module.evaluate(deployment, ...rest);
  };
  return { ...module, evaluate };
});
vi.mock(import('../../server/src/graph/validate.ts'), async (load) => {
  const module = await load();
  const validateDag = (dag: Parameters<typeof module.validateDag>[0], evaluation: Evaluation) => {
    if (evaluation.deployment.name === broken.validateDag) throw new RangeError('broken on purpose');
    return module.validateDag(dag, evaluation);
  };
  return { ...module, validateDag };
});

afterEach(() => {
  broken.evaluate = '';
  broken.validateDag = '';
});

/** Three deployments, `plan-0` to `plan-2`. */
const text = largePlan(70);
const written = (found: string) => [...found.matchAll(/^## \d+\. (\S+)/gm)].map(([, name]) => name);

test('a prediction that fails is a finding at its deployment, and everything answers for the others', () => {
  broken.evaluate = 'plan-1';
  const analysis = analysisOf(text);
  expect(diagnose(analysis).filter(({ rule }) => rule === 'internal-error')).toHaveLength(1);
  expect(written(report(analysis))).toEqual(['plan-0', 'plan-2']);
  expect(report(analysis)).toContain('`plan-1` is left out: its prediction failed, which is a mistake of moeplan');
  expect(previewModel(analysis, 1).deployments.map(({ name }) => name)).toEqual(['plan-0', 'plan-2']);
  const lenses = codeLenses(analysis).filter(({ title }) => title === 'cannot be computed');
  expect(lenses.map(({ deployment, tooltip }) => [deployment, tooltip])).toEqual([
    ['plan-1', expect.stringContaining('mistake of moeplan')],
  ]);
  expect(inlayHints(analysis, { start: 0, end: text.length }).length).toBeGreaterThan(0);
  for (const { keyword } of analysis.plan.deployments.map(({ entity }) => entity.node))
    expect(hover(analysis, keyword.span.start)).toBeDefined();
});

test('a drawing that fails leaves the other drawings and is told; a report says it in its place', () => {
  broken.validateDag = 'plan-1';
  const analysis = analysisOf(text);
  const told: string[] = [];
  const model = previewModel(analysis, 1, (what, error) => told.push(`${what}: ${String(error)}`));
  expect(model.deployments.map(({ name }) => name)).toEqual(['plan-0', 'plan-2']);
  expect(told).toEqual(['the drawing of plan-1: RangeError: broken on purpose']);
  expect(written(report(analysis))).toEqual(['plan-0', 'plan-2']);
  expect(report(analysis)).toContain('plan-1 failed, which is a mistake of moeplan: broken on purpose');
});
