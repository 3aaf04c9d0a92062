import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { COST_RULES } from '../../server/src/cost/rules/index.ts';
import { parseSource } from '../../server/src/language/source.ts';
import type { Item } from '../../server/src/language/tree.ts';
import { PLAN_RULES } from '../../server/src/plan/rules/index.ts';
import { diagnose } from '../../server/src/services/findings/diagnostics.ts';
import { hover } from '../../server/src/services/hover/hover.ts';
import { inspect } from '../../server/src/services/outputs/inspect.ts';
import { report } from '../../server/src/services/outputs/report.ts';
import { projectRoot } from '../support/dist.ts';
import { analysisOf, corpus } from './editor/support.ts';

const MODEL =
  'model m { layers = 4, hidden = 4096, attention { heads = 32 }, experts { count = 16, top-k = 2, ffn = 2048 } }\n';
const CLUSTER = 'cluster c { node = DGX-H100, count = 2 }\n';
const BATCH = 'workload w { sequences = 128, length = 1_000 tokens }\n';

function plan(inside: string, { model = MODEL, cluster = CLUSTER, workload = BATCH } = {}): string {
  return `${model}${cluster}${workload}deployment d { model = m, cluster = c, workload = w, ${inside} }\n`;
}

/** Errors of a text, and whether any figure was computed. */
function asked(text: string) {
  const analysis = analysisOf(text);
  const found = diagnose(analysis);
  hover(analysis, text.lastIndexOf('deployment') + 13);
  inspect(analysis);
  report(analysis);
  return {
    rules: found.map(({ rule }) => rule),
    errors: found.filter(({ severity }) => severity === 'error').map(({ rule, message }) => `${rule}: ${message}`),
    computed: analysis.plan.deployments.some((resolved) => analysis.evaluationOf(resolved) !== undefined),
  };
}

const TOO_LARGE: Readonly<Record<string, [text: string, bound: string]>> = {
  nodes: [plan('', { cluster: 'cluster c { node = DGX-H100, count = 1_000_000_000 }\n' }), 'at most 200_000'],
  'GPUs of the nodes together': [
    plan('', { cluster: 'cluster c { node = DGX-H100, count = 200_000 }\n' }),
    'at most 200000: write',
  ],
  'layers of a stage': [plan('stage a { layers = 0..1_000_000_000 }'), 'at most 9_999'],
  'layers of an entry': [
    plan('', { model: MODEL.replace('layers = 4,', 'dense { ffn = 8 }, layers { 0..1_000_000_000_000 = dense },') }),
    'at most 9_999',
  ],
  'layers of the model': [plan('', { model: MODEL.replace('layers = 4', 'layers = 100_001') }), 'at most 10_000'],
  GPUs: [plan('gpus = 0..1_000_000_000'), 'at most 199_999'],
  pp: [plan('parallel { pp = 1_000_000_000 }'), 'at most 10_000'],
  ep: [plan('parallel { ep = 1_000_000_000 }'), 'at most 200_000'],
  vpp: [plan('parallel { vpp = 1_000_000 }'), 'at most 10_000'],
  experts: [plan('', { model: MODEL.replace('count = 16', 'count = 100_000_000') }), 'at most 65_536'],
  'drafted tokens': [plan('engine { speculative-tokens = 1_000_000_000 }'), 'at most 1_000'],
  'placed experts': [plan('expert 0..99_999_999 on gpu 0..7'), 'at most 65_535'],
};

describe('a number that is too large', () => {
  test.each(Object.entries(TOO_LARGE))(
    '%s: is an error that names the bound, and nothing is computed',
    (_, [text, bound]) => {
      const { errors, computed } = asked(text);
      expect(errors.join('\n')).toContain(bound);
      expect(computed).toBe(false);
    },
  );

  test.each(['pp = 10_000', 'ep = 200_000', 'tp = 200_000', 'edp = 200_000'])(
    '%s, over the GPUs that there are, is told by a rule',
    (degree) => {
      const { errors, computed, rules } = asked(plan(`parallel { ${degree} }`));
      expect(errors).not.toEqual([]);
      expect(rules).not.toContain('internal-error');
      expect(computed).toBe(false);
    },
  );
});

test('drafted tokens without their acceptance: an error, and nothing that would depend on it is computed', () => {
  const workload = 'workload w { input = 1_000 tokens, output = 100 tokens, concurrency = 16 }\n';
  const open = asked(plan('engine { speculative-tokens = 2 }', { workload }));
  expect(open.rules).toContain('incomplete-block');
  expect(open.computed).toBe(false);
  expect(asked(plan('engine { speculative-tokens = 2, acceptance = 80% }', { workload })).computed).toBe(true);
});

/** Properties of a file outside of claims, each with what stands behind its `=`. */
function valuesIn(text: string): readonly { readonly name: string; readonly start: number; readonly end: number }[] {
  const found: { name: string; start: number; end: number }[] = [];
  const visit = (items: readonly Item[]) => {
    for (const item of items) {
      if (item.kind === 'block' && !['expect', 'measured'].includes(item.keyword.text)) visit(item.items);
      if (item.kind !== 'property') continue;
      const { start, end } = item.value.span;
      found.push({ name: item.key.text, start, end });
    }
  };
  visit(parseSource('file:///workspace/main.moeplan', text).tree.items);
  return found;
}

describe('drafted tokens without their acceptance leave the memory as it is', () => {
  const served = (flight: string, engine: string, of = 'ffn = 2048') =>
    plan(`engine { name = vllm, ${engine} }, parallel { ep = 16 }`, {
      model: MODEL.replace('ffn = 2048', of),
      workload: `workload w { input = 1_000 tokens, output = 100 tokens, ${flight} }\n`,
    });
  const table = (text: string) => {
    const found = hover(analysisOf(text), text.indexOf('deployment d'))?.markdown ?? '';
    return found.split('\n').filter((line) => /^\| (Weights|Experts|KV cache|\*\*Total|Capacity)/.test(line));
  };

  test('in the hover, to the byte, with the reason why nothing is predicted', () => {
    const open = served('concurrency = 64', 'speculative-tokens = 2');
    expect(table(open).length).toBe(5);
    expect(table(open)).toEqual(table(served('concurrency = 64', 'speculative-tokens = 2, acceptance = 80%')));
    const text = hover(analysisOf(open), open.indexOf('deployment d'))?.markdown ?? '';
    expect(text).toContain('cannot be predicted yet: `speculative-tokens` is written without `acceptance`');
    expect(text).not.toContain('Throughput');
  });

  test('in the findings', () => {
    const wide = (engine: string) => asked(served('concurrency = 64', engine, 'ffn = 2_048_000')).rules;
    expect(wide('speculative-tokens = 2, acceptance = 80%')).toContain('memory-over-capacity');
    expect(wide('speculative-tokens = 2')).toContain('memory-over-capacity');
  });

  test('but where requests arrive, how many are in flight follows from it', () => {
    expect(table(served('request-rate = 20 requests/s', 'speculative-tokens = 2'))).toEqual([]);
    expect(table(served('request-rate = 20 requests/s', 'speculative-tokens = 2, acceptance = 80%')).length).toBe(5);
  });
});

describe('what is not understood', () => {
  test.each([
    'gpus = -3..2',
    'gpus = 7..0',
    'gpus = [0.5, 1]',
    'parallel { tp = 0 }',
    'engine { page = 0 tokens }',
    'parallel = { ep = 16 }',
    'paralel { ep = 16 }',
    'engin { name = vllm }',
    'parallel { eq = 16 }',
    'pool a { gpus = 0..7 }, pol b { gpus = 8..15 }',
  ])('%s: no default is computed with', (inside) => {
    const { errors, computed } = asked(plan(inside));
    expect(errors).not.toEqual([]);
    expect(computed).toBe(false);
  });

  test('of the cluster or of a claim: only what follows from it is left out', () => {
    expect(asked(plan('', { cluster: 'cluster c { node = DGX-H100, count = 0 }\n' })).computed).toBe(false);
    expect(asked(plan('expect { heads-per-gpu = 2 GiB }')).computed).toBe(true);
    expect(asked(plan('expct { heads-per-gpu = 2 }')).computed).toBe(true);
  });

  test.each([
    'extends nothing { layers = 4, hidden = 4096 }',
    'from "nothing.json" { layers = 4, hidden = 4096 }',
    '{ layers = 4, hidden = 4096, pattern = "M?" }',
    '{ layers = 4, hidden = 4096, attention { head-size = 128 } }',
    '{ layers = 4, hidden = 4096, attention { heads = 32, kv-rank = 512 } }',
    '{ layers = 4, hidden = 4096, attention { heads = 32, indexer { } } }',
    '{ layers = 4, hidden = 4096, experts { count = 8, ffn = 512 } }',
    '{ layers = 4, hidden = 4096, experts { count = 8, top-k = 2, ffn = 512, popularity = "nothing.csv" } }',
    '{ layers = 4, hidden = 4096, dense { } }',
  ])('model m %s: nothing stands for what is missing', (model) => {
    const { errors, computed } = asked(plan('', { model: `model m ${model}\n` }));
    expect(errors).not.toEqual([]);
    expect(computed).toBe(false);
  });

  test('a value that has been deleted, any of the example, leaves its deployments without figures', () => {
    const text = readFileSync(join(projectRoot, 'examples/deployment-analysis.moeplan'), 'utf8');
    const computedOf = (of: string) => {
      const analysis = analysisOf(of);
      return analysis.plan.deployments.flatMap((resolved) => (analysis.evaluationOf(resolved) ? [resolved.name] : []));
    };
    const all = computedOf(text);
    const values = valuesIn(text);
    expect(values.length).toBeGreaterThan(30);
    for (const { name, start, end } of values) {
      const without = text.slice(0, start) + text.slice(end);
      const left = computedOf(without);
      expect(left.length, `${name} at ${start}: ${left.join(', ')}`).toBeLessThan(all.length);
      // Also in the middle of its line, where the mistake is found at another place.
      expect(computedOf(`${text.slice(0, start)}x(${text.slice(end)}`).length, `${name} at ${start}`).toBeLessThan(
        all.length,
      );
    }
  });
});

describe('a rule that throws', () => {
  test.each([PLAN_RULES, COST_RULES].flatMap((rules) => rules.slice(0, 2).map((rule) => [rule.name, rule] as const)))(
    '%s is told at the block, and the others still speak',
    (name, rule) => {
      const broken = vi.spyOn(rule, 'check').mockImplementation(() => {
        throw new RangeError('broken on purpose');
      });
      const { errors, rules } = asked(`${plan('')}workload nothing { sequences = 1 }\n`);
      broken.mockRestore();
      expect(errors.join('\n')).toContain(`internal-error: the rule \`${name}\` failed here`);
      expect(rules.some((each) => each !== 'internal-error')).toBe(true);
    },
  );

  test('occurs in no text of the project', () => {
    for (const [name, text] of corpus())
      expect(
        diagnose(analysisOf(text)).map(({ rule }) => rule),
        name,
      ).not.toContain('internal-error');
  });
});
