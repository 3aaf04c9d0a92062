import fc from 'fast-check';
import { expect, test } from 'vitest';
import { figuresOf } from '../../server/src/cost/figures/figures.ts';
import { type Analysis, deploymentNamed } from '../../server/src/services/analysis.ts';
import { applyEdits } from '../../server/src/services/edits.ts';
import { whatIf } from '../../server/src/services/whatIf/answer.ts';
import { writeWhatIf } from '../../server/src/services/whatIf/write.ts';
import { analysed } from '../support/analysed.ts';
import { propertyRuns } from '../support/propertyRuns.ts';

const MODEL =
  'model small { layers = 4, hidden = 1024, attention { heads = 16, head-size = 64 }, experts { count = 16, top-k = 2, ffn = 2048 } }';

/** What a workload may be, each with the names of its values. */
const WORKLOADS = [
  ['sequences = 64, length = 512 tokens', ['sequences', 'length']],
  ['sequences=size\n  length = 512 tokens // short', ['sequences', 'length']],
  ['input = 512 tokens\n\n\n  output = 64 tokens\n  concurrency = 32', ['input', 'output', 'concurrency']],
  ['input = 512 tokens, output = 64 tokens', ['input', 'output', 'concurrency']],
  ['global-batch = 64, length = 512 tokens', ['global-batch', 'length']],
] as const;

/** How GPUs are laid out on two nodes of 8. */
const LAYOUTS = [
  'parallel { ep = 16 }',
  'parallel { tp = 2, dp = 8, ep = 8, edp = 2 }',
  'gpus = 0..7\n  parallel { dp = 8, ep = 8 }',
  'parallel { pp = 2, tp = 4 } // two stages',
  'stage a { layers = 0..1, gpus = 0..7 }\n  stage b { layers = 2..3, gpus = 8..15 }\n  a -> b\n  parallel { ep = 8 }',
  '',
] as const;

const plan = fc
  .record({
    workload: fc.constantFrom(...WORKLOADS),
    layout: fc.constantFrom(...LAYOUTS),
    isInherited: fc.boolean(),
    isShared: fc.boolean(),
    isCrlf: fc.boolean(),
    factors: fc.array(fc.constantFrom(0.5, 1, 1.5, 2, 3, 4), { minLength: 4, maxLength: 4 }),
  })
  .map(({ workload: [workload, names], layout, isInherited, isShared, isCrlf, factors }) => {
    const uses = 'model = small, cluster = racks, workload = work';
    const text = `let size = 64
${MODEL}
cluster racks { node = DGX-H100, count = 2 }
workload work { ${workload}
}
deployment first {
  ${uses}
  ${layout}
}
${isInherited ? 'deployment tried extends first { }' : `deployment tried { ${uses}\n  ${layout}\n}`}
`;
    const alone = isShared || isInherited ? text : text.replace(/deployment first \{[\s\S]*?\n\}\n/, '');
    return { text: isCrlf ? alone.replaceAll('\n', '\r\n') : alone, names, factors };
  });

function figures(analysis: Analysis, name: string) {
  const resolved = deploymentNamed(analysis, name);
  const evaluation = resolved && analysis.evaluationOf(resolved);
  return evaluation && figuresOf(evaluation);
}

test('whatever is tried and written predicts exactly what was said, and nothing else changes', () => {
  let [written, refused] = [0, 0];
  fc.assert(
    fc.property(plan, ({ text, names, factors }) => {
      const analysis = analysed(text);
      const knobs = whatIf(analysis, 'tried', {})?.knobs ?? [];
      expect(knobs.map(({ name }) => name)).toEqual([...names, 'gpus']);
      const changes = Object.fromEntries(
        knobs.map(({ name, written: now }, index) => [name, Math.round(now * (factors[index] ?? 1))]),
      );
      const answer = whatIf(analysis, 'tried', changes);
      const edit = writeWhatIf(analysis, 'tried', changes);
      if ('refused' in edit) {
        refused += 1;
        expect(answer?.invalid).toBe(edit.refused);
        return;
      }
      written += 1;
      const again = analysed(applyEdits(text, edit.edits));
      expect(again.program.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
      const back = whatIf(again, 'tried', {});
      expect(Object.fromEntries(back?.knobs.map(({ name, written: now }) => [name, now]) ?? [])).toEqual(changes);
      expect(back?.before).toEqual(answer?.after);
      expect(figures(again, 'first')).toEqual(figures(analysis, 'first'));
    }),
    { numRuns: propertyRuns(150) },
  );
  // Both ways have been gone.
  expect(Math.min(written, refused)).toBeGreaterThan(10);
});
