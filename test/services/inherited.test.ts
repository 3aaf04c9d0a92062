import { describe, expect, test } from 'vitest';
import { diagnose } from '../../server/src/services/findings/diagnostics.ts';
import { analysisOf } from './editor/support.ts';

const LIBRARY = `model m {
  layers = 4, hidden = 4096
  attention { heads = 32 }
  experts { count = 16, top-k = 2, ffn = 2048, groups = 4, top-groups = 2 }
}
cluster c { node = DGX-H100, count = 2 }
workload w { sequences = 128, length = 1_000 tokens }
deployment d {
  model = m, cluster = c, workload = w
  parallel { tp = 16, pp = 1 }
  expect { memory-per-gpu <= 70 GiB }
}
`;

/** Rule, what is marked, and what the related places hold. */
function told(text: string, others: Readonly<Record<string, string>> = {}): readonly string[] {
  const analysis = analysisOf(text, others);
  return diagnose(analysis)
    .filter(({ severity }) => severity === 'error' || severity === 'warning')
    .map(({ rule, uri, span, related = [] }) => {
      const textOf = (place: { uri: string; span: { start: number; end: number } }) =>
        analysis.program.files.get(place.uri)?.text.slice(place.span.start, place.span.end) ?? '?';
      return [`${rule}: ${textOf({ uri, span })}`, ...related.map(textOf)].join(' <- ');
    });
}

describe('a finding about something inherited stands where it is inherited', () => {
  test.each([
    ['model few extends Qwen3-30B-A3B { experts { count = 3 } }\n', 'routing-impossible: count = 3 <- top-k = 8'],
    [
      'model odd extends Qwen3-30B-A3B { attention { heads = 6 } }\n',
      'kv-heads-not-divisible: Qwen3-30B-A3B <- kv-heads = 4',
    ],
    ['workload both extends chat { sequences = 3 }\nworkload chat { input = 4 tokens, concurrency = 1 }\n', undefined],
  ])('%s', (text, expected) => {
    const found = told(text);
    expect(found).toHaveLength(1);
    if (expected !== undefined) expect(found).toEqual([expected]);
  });

  const use = (inside: string) => `import "./library.moeplan"\n${inside}\n`;
  const IN_LIBRARY: readonly (readonly [text: string, rule: string])[] = [
    [use('cluster one { node = DGX-H100, count = 1 }\ndeployment e extends d { cluster = one }'), 'parallel-mismatch'],
    [use('deployment e extends d { model = Llama-3.1-8B }\n'), 'kv-heads-replicated'],
    [use('model n extends m { experts { count = 15 } }'), 'routing-impossible'],
    [use('deployment e extends d { gpus = 0..3 }'), 'parallel-mismatch'],
    [
      use('workload x { sequences = 1_000_000, length = 1_000 tokens }\ndeployment e extends d { workload = x }'),
      'memory-over-capacity',
    ],
  ];
  test.each(IN_LIBRARY)('%s, also from another file', (text, rule) => {
    const analysis = analysisOf(text, { 'library.moeplan': LIBRARY });
    const found = diagnose(analysis).filter(({ severity }) => severity !== 'hint');
    expect(found.map((each) => each.rule)).toContain(rule);
    for (const { uri } of found) expect(uri).toBe(analysis.uri);
    // A fix in the library would change what it says to all others.
    for (const { fixes = [] } of found)
      for (const { edits } of fixes) for (const { uri } of edits) expect(uri).toBe(analysis.uri);
  });

  test('a claim that only the heir does not meet', () => {
    const text = use(
      'workload x { sequences = 300, length = 4_000 tokens }\ndeployment e extends d { workload = x, expect { memory-per-gpu <= 1 GiB } }',
    );
    expect(told(text, { 'library.moeplan': LIBRARY })).toEqual(['claim-not-met: memory-per-gpu <= 1 GiB']);
    const inherited = use(
      'deployment e extends d { parallel { tp = 8, pp = 2 }, model = Qwen3-32B, types { weights = fp32 } }',
    );
    expect(told(inherited, { 'library.moeplan': LIBRARY.replace('70 GiB', '1 GiB') })).toEqual([
      'claim-not-met: d <- memory-per-gpu <= 1 GiB',
    ]);
  });

  test('a mistake of a base in the same file is told once, there', () => {
    const wrong = LIBRARY.replace('tp = 16', 'tp = 3');
    const heirs = Array.from({ length: 5 }, (_, index) => `deployment e${index} extends d { }\n`).join('');
    expect(told(wrong + heirs)).toEqual(told(wrong));
    expect(told(wrong)).toHaveLength(1);
  });

  test('an error of a base in another file is told of each heir: nothing is computed of it', () => {
    const found = told(use('deployment e extends d { }'), { 'library.moeplan': LIBRARY.replace('tp = 16', 'tp = 3') });
    expect(found).toEqual(['heads-not-divisible: d <- tp = 3 <- heads = 32']);
  });
});
