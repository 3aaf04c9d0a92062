import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { evaluate } from '../../server/src/cost/evaluate.ts';
import type { Evaluation } from '../../server/src/cost/evaluation.ts';
import { COST_RULES, type CostContext, MODEL_RULES } from '../../server/src/cost/rules/index.ts';
import type { Diagnostic } from '../../server/src/language/diagnostic.ts';
import { analyse } from '../../server/src/language/program.ts';
import { runRules } from '../../server/src/language/rules/run.ts';
import { claimsOf } from '../../server/src/plan/resolve/claims.ts';
import { modelOf, resolvePlan } from '../../server/src/plan/resolve/plan.ts';
import { type Diagnose, fixturesBelow, parseFixture, testFixtures } from '../support/annotations.ts';
import { memorySources } from '../support/sources.ts';

const folders = ['memory', 'prediction'].map((family) => join(import.meta.dirname, '../fixtures/rules', family));

/** Runs the rules of models, and those of memory and prediction on every deployment of the root file. */
const diagnose: Diagnose = (files) => {
  const [root = ''] = files.keys();
  const program = analyse(root, memorySources(files));
  const plan = resolvePlan(program);
  const evaluations = new Map<string, Evaluation>();
  for (const { name, deployment } of plan.deployments) if (deployment) evaluations.set(name, evaluate(deployment));
  const ofModels = program.own.flatMap((entity) => {
    const model = entity.keyword === 'model' ? modelOf(entity) : undefined;
    return model ? runRules(MODEL_RULES, { entity, model }) : [];
  });
  const ofDeployments = plan.deployments.flatMap((resolved): Diagnostic[] => {
    const evaluation = evaluations.get(resolved.name);
    if (!evaluation) throw new Error(`deployment ${resolved.name} of a fixture cannot be computed`);
    const comparisons = plan.compares.flatMap(({ deployments, properties }) => {
      const first = evaluations.get(deployments[0]?.name ?? '');
      const last = evaluations.get(deployments.at(-1)?.name ?? '');
      return first && last === evaluation ? [{ claims: claimsOf(properties), first, last }] : [];
    });
    const context: CostContext = { resolved, evaluation, comparisons };
    return runRules(COST_RULES, context);
  });
  return [...ofModels, ...ofDeployments];
};

for (const folder of folders) testFixtures(folder, diagnose);

describe('every rule', () => {
  test('has a fixture in its family', () => {
    for (const { name, family } of [...MODEL_RULES, ...COST_RULES]) {
      const folder = folders.find((path) => path.endsWith(family)) ?? '';
      expect(fixturesBelow(folder), name).toContain(`${name}.moeplan`);
    }
  });

  test('has a page that shows the mistake and its remedy', () => {
    for (const { name, summary } of [...MODEL_RULES, ...COST_RULES]) {
      const source = readFileSync(join(import.meta.dirname, `../../server/src/cost/rules/${name}.ts`), 'utf8');
      const page = /\/\*\*([\s\S]*?)\*\/\nexport const /.exec(source)?.[1] ?? '';
      for (const heading of ['## Not so', '## But so', '## How to fix it']) expect(page, name).toContain(heading);
      expect(summary, name).toMatch(/^[A-Z].*\.$/);
    }
  });

  test('says what to do', () => {
    for (const folder of folders) {
      for (const name of fixturesBelow(folder)) {
        for (const { message, rule } of diagnose(parseFixture(readFileSync(join(folder, name), 'utf8')))) {
          expect(message, rule).toMatch(/use |give |leave |move |change |write |keep /);
        }
      }
    }
  });
});
