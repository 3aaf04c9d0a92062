import { describe, expect, test } from 'vitest';
import { status } from '../../../server/src/services/annotations/status.ts';
import { complete } from '../../../server/src/services/completion/completion.ts';
import { TEMPLATES } from '../../../server/src/services/completion/templates.ts';
import { applyEdits } from '../../../server/src/services/edits.ts';
import { diagnose } from '../../../server/src/services/findings/diagnostics.ts';
import { refactorings } from '../../../server/src/services/refactor/refactor.ts';
import { analysisAt, analysisOf, formatted, SMALL_PLAN } from './support.ts';

const PLAN = `${SMALL_PLAN}deployment first { model = small, cluster = two-nodes, workload = batch, parallel { ep = 16 } }
deployment second { model = Mixtral-8x22B, cluster = two-nodes, workload = batch, gpus = 0 }
deployment third { model = small, cluster = two-nodes, workload = batch, parallel { tp = 3, dp = 1 } }
`;

describe('the deployment at the cursor', () => {
  const at = (marked: string) => {
    const { analysis, offset } = analysisAt(marked);
    return status(analysis, offset);
  };

  test('says whether it fits and how long a step takes', () => {
    const found = at(PLAN.replace('ep = 16', 'ep = $016'));
    expect(found?.text).toMatch(/^first: [\d.]+ of 79\.2 GiB, latency [\d.]+ m?s$/);
    expect(found?.fits).toBe(true);
    expect(found?.tooltip).toMatch(/Latency: .* \(.* to .*\)/);
    const heavy = at(PLAN.replace('gpus = 0', 'gpus = $00'));
    expect(heavy?.text).toMatch(/^second: \d+ of 79\.2 GiB, does not fit, /);
    expect(heavy?.fits).toBe(false);
  });

  test('one that cannot be computed says why', () => {
    const found = at(PLAN.replace('tp = 3', 'tp = $03'));
    expect(found).toMatchObject({ text: 'third: cannot be computed' });
    expect(found?.tooltip).toContain('tp 3');
    expect(found?.fits).toBeUndefined();
  });

  test('one whose name is still typed is called what it is', () => {
    expect(at(PLAN.replace('deployment third {', 'deployment $0{'))?.text).toBe('deployment: cannot be computed');
  });

  test('elsewhere the first of the file is meant, and without any nothing is', () => {
    expect(at(PLAN.replace('layers = 4', 'layers = $04'))?.deployment).toBe('first');
    expect(at(`$0${SMALL_PLAN}`)).toBeUndefined();
  });
});

describe('templates', () => {
  test.each(['$0', 'plan$0', '// Only a comment.\n$0'])(
    'are offered first in a file that has nothing: %j',
    (marked) => {
      const { analysis, offset } = analysisAt(marked);
      const plans = complete(analysis, offset)
        .toSorted((left, right) => left.order - right.order)
        .slice(0, TEMPLATES.length);
      expect(plans.map(({ label }) => label)).toEqual(TEMPLATES.map(({ title }) => `plan: ${title}`));
      for (const [index, { insert }] of plans.entries())
        expect(
          insert
            .replace(/\$\{\d+:([^}]*)\}/g, '$1')
            .replace(/\\([$}\\])/g, '$1')
            .replace(/\$0$/, ''),
        ).toBe(TEMPLATES[index]?.text);
      expect(plans[0]?.insert).toMatch(/node {2}= \$\{1:DGX-H100\}[\s\S]*model = \$\{2:Mixtral-8x7B\}/);
    },
  );

  test.each([`${SMALL_PLAN}$0`, 'cluster c { $0 }', 'let n = 2\n$0'])('and in no other: %j', (marked) => {
    const { analysis, offset } = analysisAt(marked);
    expect(complete(analysis, offset).filter(({ label }) => label.startsWith('plan:'))).toEqual([]);
    expect(refactorings(analysis, offset, () => false).filter(({ title }) => title.startsWith('Begin'))).toEqual([]);
  });

  test.each([
    ['$0', ''],
    ['\n\n$0', ''],
    ['// Ours.\n$0', '// Ours.\n\n'],
    ['// Ours.$0', '// Ours.\n\n'],
    ['// Ours.\r\n$0', '// Ours.\r\n\r\n'],
  ])('%j begins with one by a code action', (marked, before) => {
    const { analysis, offset } = analysisAt(marked);
    const found = refactorings(analysis, offset, () => false);
    expect(found.map(({ title }) => title)).toEqual(TEMPLATES.map(({ title }) => `Begin with a plan: ${title}`));
    for (const [index, { edits }] of found.entries()) {
      const text = TEMPLATES[index]?.text ?? '';
      expect(applyEdits(analysis.source.text, edits)).toBe(
        `${before}${before.includes('\r') ? text.replaceAll('\n', '\r\n') : text}`,
      );
    }
  });

  test.each(TEMPLATES.map((template) => [template.id, template] as const))(
    '%s is sound, fits and is formatted',
    (_, { text }) => {
      const analysis = analysisOf(text);
      expect(diagnose(analysis).filter(({ severity }) => severity === 'error' || severity === 'warning')).toEqual([]);
      expect(analysis.plan.deployments.length).toBeGreaterThan(0);
      for (const resolved of analysis.plan.deployments) expect(analysis.evaluationOf(resolved)).toBeDefined();
      expect(formatted(text)).toBe(text);
    },
  );
});
