import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { diagnose } from '../../server/src/services/findings/diagnostics.ts';
import { analysed } from '../support/analysed.ts';

const analysis = analysed(readFileSync(join(import.meta.dirname, 'launches.moeplan'), 'utf8'));
const findings = diagnose(analysis);

test.each(analysis.plan.deployments.map((resolved) => [resolved.name, resolved] as const))(
  '%s ran, so its plan has no error and its memory is computed',
  (_, resolved) => {
    const { span } = resolved.entity.node;
    const own = findings.filter(
      ({ span: at, severity }) => severity === 'error' && at.start >= span.start && at.end <= span.end,
    );
    expect(own.map(({ rule, message }) => `${rule}: ${message}`)).toEqual([]);
    const startups = analysis.sizesOf(resolved)?.memory.map(({ startup }) => startup?.start.ok) ?? [];
    expect(startups.length).toBeGreaterThan(0);
    expect(startups).not.toContain(false);
  },
);

test('every launch is read', () => {
  expect(analysis.plan.deployments).toHaveLength(11);
  expect(findings.filter(({ rule }) => rule.startsWith('un')).map(({ message }) => message)).toEqual([]);
});
