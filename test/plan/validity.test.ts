import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Diagnostic } from '../../server/src/language/diagnostic.ts';
import type { ResolvedDeployment } from '../../server/src/plan/resolve/resolved.ts';
import { faultsOf } from '../../server/src/plan/rules/faults.ts';
import type { Fault } from '../../server/src/plan/validity/faults.ts';
import { missingRole } from '../../server/src/plan/validity/plan.ts';
import { diagnose } from '../../server/src/services/findings/diagnostics.ts';
import { seeded } from '../support/propertyRuns.ts';
import { plansReader } from '../support/randomPlans.ts';
import { type RoughPlan, roughPlan, roughText } from '../support/roughPlans.ts';

const read = plansReader();

function checked(text: string) {
  const analysis = read(text);
  const [resolved] = analysis.plan.deployments;
  if (!resolved) throw new Error('the text has no deployment');
  const findings: readonly Diagnostic[] = diagnose(analysis);
  const errors = findings.filter(({ severity }) => severity === 'error').map(({ rule }) => rule);
  return { resolved, findings, errors, faults: allFaults(resolved) };
}

function allFaults(resolved: ResolvedDeployment): readonly Fault[] {
  const { ofPools, ofPlan } = faultsOf(resolved);
  return [...[...ofPools.values()].flat(), ...ofPlan];
}

const OF_GPUS = ['gpu-in-two-stages', 'gpu-oversubscribed'];
const OF_DEGREES = ['parallel-mismatch', 'heads-not-divisible', ...OF_GPUS];

/** The rules of each fault: its own, and those of the facts without which it is taken for a consequence. */
const RULES: Readonly<Record<Fault['kind'], readonly string[]>> = {
  stages: ['parallel-mismatch', ...OF_GPUS],
  layout: ['layout-impossible'],
  degrees: OF_DEGREES,
  replicas: OF_DEGREES,
  'gpu-in-two-stages': OF_GPUS,
  'gpu-given-twice': OF_GPUS,
  'gpu-absent': ['gpu-oversubscribed'],
  'no-gpus': OF_DEGREES,
  unlinked: ['gpus-not-linked'],
  'layer-outside': ['layer-outside-model'],
  // A range that reaches beyond the model is one mistake.
  'layer-in-two-stages': ['layer-in-two-stages', 'layer-outside-model'],
  'layers-missing': ['layer-without-stage'],
  misplaced: ['placement-impossible', ...OF_DEGREES],
  'experts-missing': ['expert-missing', 'placement-impossible', ...OF_DEGREES],
  'experts-repeated': ['expert-placed-twice', 'placement-impossible', ...OF_DEGREES],
};

describe('every fault for which nothing is computed has an error', () => {
  test('in plans that are laid out by chance', () => {
    const kinds = new Set<Fault['kind']>();
    fc.assert(
      fc.property(roughPlan, (text) => {
        const { resolved, errors, faults } = checked(text);
        const isHalf = resolved.draft !== undefined && missingRole(resolved.draft) !== undefined;
        expect(resolved.invalid !== undefined, `${resolved.invalid}`).toBe(faults.length > 0 || isHalf);
        for (const { kind } of faults) {
          kinds.add(kind);
          expect(
            RULES[kind].filter((rule) => errors.includes(rule)),
            `${kind} in\n${text}`,
          ).not.toEqual([]);
        }
      }),
      seeded(600),
    );
    // A plan from a text always has GPUs.
    const expected = Object.keys(RULES).filter((kind) => kind !== 'no-gpus');
    expect([...kinds].sort()).toEqual(expected.sort());
  });

  const TWO_POOLS = 'pool prefill { gpus = 0..7 }\n  pool decode { gpus = 7..14 }';
  const STAGES = 'stage a { layers = 0..1, gpus = 0..7 }\n  stage b { layers = 2..3, gpus = 8..15 }';
  const ALONE: readonly (readonly [kind: Fault['kind'], rule: string, plan: RoughPlan])[] = [
    ['stages', 'parallel-mismatch', { body: `parallel { pp = 1 }\n  ${STAGES}` }],
    ['layout', 'layout-impossible', { body: 'parallel { pp = 2, layout = "Et|ttL" }' }],
    ['degrees', 'parallel-mismatch', { body: 'parallel { tp = 8, dp = 4 }' }],
    ['degrees', 'parallel-mismatch', { body: 'parallel { ep = 3 }' }],
    ['degrees', 'heads-not-divisible', { body: 'parallel { tp = 3 }' }],
    ['replicas', 'parallel-mismatch', { body: 'pool all { replicas = 3 }' }],
    ['gpu-in-two-stages', 'gpu-in-two-stages', { body: STAGES.replace('8..15', '7..14') }],
    ['gpu-given-twice', 'gpu-in-two-stages', { body: TWO_POOLS }],
    ['gpu-absent', 'gpu-oversubscribed', { body: 'gpus = 8..23' }],
    ['unlinked', 'gpus-not-linked', { machines: 'loose', body: 'parallel { tp = 2 }' }],
    ['layer-outside', 'layer-outside-model', { body: STAGES.replace('2..3', '2..4') }],
    ['layer-in-two-stages', 'layer-in-two-stages', { body: STAGES.replace('2..3', '1..3') }],
    ['layers-missing', 'layer-without-stage', { body: STAGES.replace('2..3', '2') }],
    ['misplaced', 'placement-impossible', { body: 'parallel { ep = 16 }\n  expert 0..15 on gpu 0..16' }],
    ['experts-missing', 'expert-missing', { body: 'parallel { ep = 16 }\n  expert 0..14 on gpu 0..14' }],
    [
      'experts-repeated',
      'expert-placed-twice',
      { body: 'parallel { ep = 16 }\n  expert 0..15 on gpu 0..15\n  expert 0 on gpu 1' },
    ],
  ];

  test.each(ALONE)('%s: %s', (kind, rule, plan) => {
    const { resolved, errors, faults } = checked(roughText(plan));
    expect([...new Set(faults.map((fault) => fault.kind))]).toEqual([kind]);
    expect(resolved.invalid).toBeDefined();
    expect(errors).toEqual([rule]);
  });

  test.each(['prefill', 'decode'])('a file with a %s pool alone is no mistake: its memory is computed', (role) => {
    const text = roughText({ workload: 'serving', body: `pool ${role} { parallel { tp = 8 } }` });
    const { resolved, errors, faults, findings } = checked(text);
    expect(faults).toEqual([]);
    expect(errors).toEqual([]);
    expect(findings.map(({ rule }) => rule)).toContain('pool-role-missing');
    expect(resolved.deployment).toBeUndefined();
    expect(read(text).sizesOf(resolved)?.memory[0]?.classes.length).toBeGreaterThan(0);
  });
});

describe('what rules and figures once judged differently', () => {
  const POOLS = (first: string, second: string) => `pool a { ${first} }\n  pool b { ${second} }`;
  const STAGES = (first: string, second: string) =>
    `stage a { layers = 0..1, ${first} }\n  stage b { layers = 2..3, ${second} }`;

  test.each([
    [
      'more stages than are written',
      `parallel { pp = 4 }\n  ${STAGES('', '')}`,
      'pp is 4, and 2 stages are written',
      ['parallel-mismatch'],
    ],
    [
      'replicas whose stages name other GPUs than a share of the pool',
      'pool all { replicas = 2, stage all { gpus = 0..3 } }',
      '16 GPUs cannot be shared by 2 replicas of 4',
      ['parallel-mismatch'],
    ],
    [
      'a GPU of a further replica in another pool',
      POOLS('gpus = 0..11, replicas = 2, stage all { gpus = 0..5 }', 'gpus = 8..15'),
      'GPU 8 is given out twice',
      ['gpu-in-two-stages'],
    ],
    [
      'a list of replicas that names GPUs twice',
      'pool all { gpus = [0..7, 0..7], replicas = 2, parallel { tp = 3 } }',
      'stage all has 8 GPUs, attention needs tp 3 x cp 1 x dp 2 and the experts etp 3 x ep 1 x edp 2',
      ['heads-not-divisible', 'gpu-in-two-stages'],
    ],
    [
      'GPUs of another pool in a stage of replicas',
      POOLS('gpus = 0..7, replicas = 2, stage all { gpus = 8..11 }', 'gpus = 8..15'),
      'GPU 8 is given out twice',
      ['gpu-oversubscribed', 'gpu-in-two-stages'],
    ],
    [
      'a GPU that is not there in a stage of replicas',
      'pool all { gpus = 0..7, replicas = 2, stage all { gpus = 16..19 } }',
      'GPU 16 is not one of the 16 GPUs of cluster racks',
      ['gpu-oversubscribed'],
    ],
    [
      'a GPU that is shared out twice',
      'gpus = [0..7, 0..7]\n  pool all { }',
      'GPU 0 is in two stages',
      ['gpu-in-two-stages'],
    ],
    [
      'an axis that orders ranks twice',
      'order = [tp, tp]\n  parallel { tp = 2 }',
      'GPU 0 is in two stages',
      ['gpu-in-two-stages'],
    ],
    [
      'a line of a stage with a GPU of another stage',
      `parallel { ep = 8 }\n  ${STAGES('gpus = 0..7\n  expert 0..15 on gpu 0..8', 'gpus = 8..15')}`,
      'an `expert` line names what is not there',
      ['placement-impossible'],
    ],
    [
      'a line of a pool with a GPU of another pool',
      POOLS('gpus = 0..7, parallel { ep = 8 }\n  expert 0..15 on gpu 0..8', 'gpus = 8..15'),
      'an `expert` line names what is not there',
      ['placement-impossible'],
    ],
  ])('%s', (_, body, invalid, rules) => {
    const { resolved, errors } = checked(roughText({ body }));
    expect(resolved.invalid).toBe(invalid);
    expect(resolved.deployment).toBeUndefined();
    expect([...new Set(errors)].sort()).toEqual(rules.toSorted());
  });

  test('a line of the deployment may name GPUs of all its pools', () => {
    const lines = 'expert 0..15 on gpu 0..15\n  expert 0..15 on gpu [0..7, 8..15]';
    const body = `redundant-experts = 16\n  parallel { ep = 8 }\n  ${lines}\n  ${POOLS('gpus = 0..7', 'gpus = 8..15')}`;
    const { resolved, errors } = checked(roughText({ body }));
    expect(errors).toEqual([]);
    expect(resolved.invalid).toBeUndefined();
  });
});
