import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Diagnostic } from '../../server/src/language/diagnostic.ts';
import { type Analysis, AnalysisCache, analyseDocument } from '../../server/src/services/analysis.ts';
import { diagnose } from '../../server/src/services/findings/diagnostics.ts';
import { CATALOG, MAIN } from '../services/editor/support.ts';
import { propertyRuns } from '../support/propertyRuns.ts';
import { memorySources } from '../support/sources.ts';

/** The catalogue is read once. */
const cache = new AnalysisCache();

function analysisOf(text: string): Analysis {
  return analyseDocument(MAIN, memorySources(new Map([[MAIN, text]]), CATALOG), cache);
}

const WORKLOADS = {
  serving: 'workload w { input = 4_000 tokens, output = 500 tokens, concurrency = 64 }',
  batch: 'workload w { sequences = 64, length = 1_000 tokens }',
  training: 'workload w { global-batch = 512, length = 4_096 tokens }',
};

function plan(model: string, nodes: number, workload: keyof typeof WORKLOADS, inside: string): string {
  return `cluster c { node = DGX-H200, count = ${nodes} }
${WORKLOADS[workload]}
deployment d {
  model = ${model}, cluster = c, workload = w
  ${inside}
}
`;
}

const STAGES = `parallel { tp = 4, pp = 2, ep = 8, etp = 1 }
  stage a { layers = 0..20, gpus = 0..7 }
  stage b { layers = 21..47, gpus = 8..15 }
  a -> b`;

/** One line for each rank: 16 of 128 experts, on the GPU of that rank in both stages. */
const PLACED = Array.from(
  { length: 8 },
  (_, rank) => `expert ${rank * 16}..${rank * 16 + 15} on gpu [${rank}, ${rank + 8}]`,
).join('\n  ');

/** Deployments of models of the catalogue that have no error. */
const VALID: readonly string[] = [
  plan('Qwen3-235B-A22B', 2, 'serving', 'gpus = 0..15\n  parallel { tp = 4, ep = 16 }'),
  plan('Qwen3-30B-A3B', 1, 'training', 'gpus = 0..7\n  parallel { tp = 4, ep = 8 }'),
  plan('DeepSeek-V3', 4, 'batch', 'gpus = 0..31\n  parallel { tp = 8, dp = 2, pp = 2, etp = 1, ep = 16 }'),
  plan('Qwen3-32B', 1, 'serving', 'parallel { tp = 8 }'),
  plan('gpt-oss-120b', 1, 'batch', 'parallel { tp = 8, etp = 4, ep = 2 }'),
  plan('Llama-3.1-8B', 1, 'serving', 'parallel { tp = 2, dp = 4 }'),
  plan('Qwen3-30B-A3B', 2, 'serving', STAGES),
  plan('Qwen3-30B-A3B', 2, 'batch', `${STAGES}\n  ${PLACED}`),
  plan(
    'DeepSeek-V3',
    4,
    'serving',
    `pool prefill { gpus = 0..15, parallel { tp = 4, ep = 16 } }
  pool decode { gpus = 16..31, parallel { tp = 4, ep = 16 } }
  prefill -> decode`,
  ),
];

/** Everything that one slip can do to a text: a number, a word or a statement. */
function slipsIn(text: string): readonly (readonly [start: number, end: number, piece: string])[] {
  const each = (pattern: RegExp, pieces: (found: string) => readonly string[]) =>
    [...text.matchAll(pattern)].flatMap(({ 0: found, index }) =>
      pieces(found).flatMap((piece) => (piece === found ? [] : [[index, index + found.length, piece] as const])),
    );
  return [
    ...each(/\d[\d_]*/g, (found) => {
      const value = Number(found.replaceAll('_', ''));
      return [value + 1, Math.max(0, value - 1), value * 2, Math.floor(value / 2), 3, 0, value * 10].map(String);
    }),
    ...each(/[\w-]+ = [^,\n}]+,? ?/g, () => ['']),
    ...each(/^ {2}(expert|stage|pool|a ->|prefill ->).*$/gm, () => ['']),
    ...each(/\b[a-z][\w-]+\b/g, (found) => [`${found}x`]),
  ];
}

function mistakes(text: string): readonly Diagnostic[] {
  return diagnose(analysisOf(text)).filter(({ severity }) => severity === 'error' || severity === 'warning');
}

const told = ({ rule, message }: Diagnostic) => `${rule}: ${message}`;

describe('one mistake is one finding', () => {
  test('the plans that slips are made in have no error', () => {
    for (const text of VALID)
      expect(
        mistakes(text)
          .filter(({ severity }) => severity === 'error')
          .map(told),
      ).toEqual([]);
  });

  test('any one number, word or statement changed in a deployment', () => {
    const slip = fc
      .constantFrom(...VALID)
      .chain((text) => fc.record({ text: fc.constant(text), slip: fc.constantFrom(...slipsIn(text)) }));
    fc.assert(
      fc.property(slip, ({ text, slip: [start, end, piece] }) => {
        const before = new Set(mistakes(text).map(told));
        const changed = text.slice(0, start) + piece + text.slice(end);
        const analysis = analysisOf(changed);
        const found = mistakes(changed).filter((each) => !before.has(told(each)));
        const errors = found.filter(({ severity }) => severity === 'error');
        // Warnings without an error are no consequence of one; several may be true of one slip.
        expect(errors.length === 0 ? 0 : found.length, found.map(told).join('\n')).toBeLessThanOrEqual(1);
        const isComputed = analysis.plan.deployments.every(({ deployment }) => deployment !== undefined);
        expect(isComputed || errors.length > 0, 'what is not computed says why').toBe(true);
      }),
      { numRuns: propertyRuns(150) },
    );
  });

  test.each([
    [
      'experts over more ranks than a stage has',
      STAGES.replace('0..7 }', '0..3 }').replace('8..15', '4..7'),
      'parallel-mismatch',
      2,
    ],
    ['one degree too many', 'parallel { pp = 2, ep = 8, etp = 1 }', 'parallel-mismatch', 1],
    ['a degree that no head can be split over', 'parallel { tp = 3 }', 'heads-not-divisible', 1],
    [
      'a GPU of the other pool',
      'pool prefill { gpus = 0..8 }\n  pool decode { gpus = 8..15 }\n  prefill -> decode',
      'gpu-in-two-stages',
      2,
    ],
    [
      'a line that repeats the experts of all others',
      `${STAGES}\n  ${PLACED.replace('64..79', '3..79')}`,
      'expert-placed-twice',
      2,
    ],
    [
      'a line with a GPU that is not there',
      `${STAGES}\n  ${PLACED.replace('[7, 15]', '[7, 99]')}`,
      'placement-impossible',
      2,
    ],
    ['a line left out', `${STAGES}\n  ${PLACED.replace('expert 64..79 on gpu [4, 12]', '')}`, 'expert-missing', 2],
  ] as const)('%s', (_, inside, rule, nodes) => {
    const found = mistakes(plan('Qwen3-30B-A3B', nodes, 'serving', inside));
    expect(found.filter(({ severity }) => severity === 'error').map((each) => each.rule)).toEqual([rule]);
  });

  test('two mistakes in two pools are two findings', () => {
    const inside = `pool prefill { gpus = 0..7, parallel { tp = 4, ep = 3 } }
  pool decode { gpus = 8..15, parallel { tp = 4, ep = 8 }, expert 0..100 on gpu 8..15 }
  prefill -> decode`;
    const found = mistakes(plan('Qwen3-30B-A3B', 2, 'serving', inside));
    expect(found.map(({ rule }) => rule)).toEqual(['parallel-mismatch', 'expert-missing']);
  });
});

describe('a mistake hides no other one that does not follow from it', () => {
  const inPlan = (workload: string, inside: string) =>
    `cluster c { node = DGX-H200 }\nworkload w { ${workload} }\ndeployment d {\n  model = Qwen3-30B-A3B, cluster = c, workload = w\n  parallel { ep = 7 }\n  ${inside}\n}\n`;
  const SERVING = 'input = 4_000 tokens, concurrency = 64';

  test.each([
    ['the name of an engine', SERVING, 'engine { name = vLLM }'],
    ['an unknown setting of an engine', SERVING, 'engine { name = vllm, fast = true }'],
    ['a share', SERVING, 'engine { memory-fraction = most }'],
    ['a number type', SERVING, 'types { weights = fp9 }'],
    ['a claim', SERVING, 'expect { ttft <= fast }'],
    ['how experts are balanced', SERVING, 'balance = evenly'],
    ['a word of another tool that says nothing of a plan', SERVING, '--port 8000'],
    ['a number of the workload', 'input = 4_000 tokens, concurrency = many', ''],
    ['a name of the workload', 'input = 4_000 tokens, concurency = 64', ''],
    ['the length of answers', 'input = 4_000 tokens, output = long, concurrency = 64', ''],
  ])('%s', (_, workload, inside) => {
    const found = mistakes(inPlan(workload, inside)).filter(({ severity }) => severity === 'error');
    expect(found.map(({ rule }) => rule)).toContain('parallel-mismatch');
    expect(found).toHaveLength(2);
  });

  test('and nothing is computed of the plan', () => {
    const [resolved] = analysisOf(inPlan('input = 4_000 tokens, concurrency = many', '')).plan.deployments;
    expect(resolved?.invalid).toBe('what is written for `concurrency` is not understood');
    expect(resolved?.deployment).toBeUndefined();
  });

  test.each([
    ['a degree', 'pp = few'],
    ['a word that may be a degree', 't = 8'],
  ])('%s that is not understood says what the others are', (_, degree) => {
    const found = mistakes(inPlan(SERVING, '').replace('ep = 7', `ep = 7, ${degree}`));
    expect(found.filter(({ severity }) => severity === 'error').map(({ rule }) => rule)).not.toContain(
      'parallel-mismatch',
    );
  });
});
