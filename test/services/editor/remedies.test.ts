import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Diagnostic, Fix } from '../../../server/src/language/diagnostic.ts';
import { analyseDocument } from '../../../server/src/services/analysis.ts';
import type { KnownFiles } from '../../../server/src/services/completion/item.ts';
import { ALL_RULES, diagnose } from '../../../server/src/services/findings/diagnostics.ts';
import { wideFixes } from '../../../server/src/services/findings/wideFixes.ts';
import { fixturesBelow, parseFixture } from '../../support/annotations.ts';
import { memorySources } from '../../support/sources.ts';

/** Families whose findings a number of the plan brings about. */
const FAMILIES = ['memory', 'gpus', 'dimensions', 'engine'] as const;

/** Rules that compute nothing to write, each with the reason. */
const WITHOUT: Readonly<Record<string, string>> = {
  'config-not-understood': 'a config of another program is not changed',
  'checkpoint-differs': 'only the user knows what a config leaves out',
  'layer-pattern': 'only the user knows which part a letter was meant to be',
  'shape-mismatch': 'only the user knows which of two widths is right',
  'gpu-in-two-stages': 'only the user knows which of two blocks a GPU was meant for',
  'machines-contradictory': 'only the user knows which of two machines was meant',
  'plan-too-large': 'a bound of what is computed, far from any plan',
  'ep-leaves-domain': 'a note: the prediction counts it',
  'vllm-dense-ranks': 'a note: vLLM runs it so',
};

const NO_FILES: KnownFiles = { filesWith: () => [] };

type Files = ReadonlyMap<string, string>;

/** What is found in the first of some files, with all fixes. */
function findingsOf(files: Files): readonly Diagnostic[] {
  const [root = ''] = files.keys();
  const analysis = analyseDocument(root, memorySources(files));
  return diagnose(analysis).map((diagnostic) => ({
    ...diagnostic,
    fixes: [...(diagnostic.fixes ?? []), ...wideFixes(analysis, diagnostic, NO_FILES)],
  }));
}

function applied({ edits }: Fix, files: Files): Files {
  const changed = new Map(files);
  for (const { uri, span, text } of edits.toSorted((left, right) => right.span.start - left.span.start)) {
    const before = changed.get(uri) ?? '';
    changed.set(uri, before.slice(0, span.start) + text + before.slice(span.end));
  }
  return changed;
}

function count(findings: readonly Diagnostic[], { rule, message }: Pick<Diagnostic, 'rule' | 'message'>): number {
  return findings.filter((finding) => finding.rule === rule && finding.message === message).length;
}

function errors(findings: readonly Diagnostic[]): number {
  return findings.filter(({ severity }) => severity === 'error').length;
}

describe.each(FAMILIES)('rules of %s', (family) => {
  const folder = join(import.meta.dirname, '../../fixtures/rules', family);
  const names = ALL_RULES.filter((rule) => rule.family === family).map(({ name }) => name);
  const fixtures = fixturesBelow(folder);

  test.each(names)('%s offers a change that takes its finding away and brings no error', (name) => {
    let offered = 0;
    for (const fixture of fixtures.filter((path) => path === `${name}.moeplan` || path.startsWith(`${name}.`))) {
      const files = parseFixture(readFileSync(join(folder, fixture), 'utf8'));
      const before = findingsOf(files);
      for (const finding of before.filter(({ rule }) => rule === name)) {
        for (const fix of finding.fixes ?? []) {
          const after = findingsOf(applied(fix, files));
          expect(count(after, finding), fix.title).toBeLessThan(count(before, finding));
          expect(errors(after), fix.title).toBeLessThanOrEqual(errors(before));
          offered += 1;
        }
      }
    }
    if (WITHOUT[name] === undefined) expect(offered).toBeGreaterThan(0);
    else expect(offered, `${name} offers changes, so no reason is needed`).toBe(0);
  });
});

test('every rule without a change exists', () => {
  const names = new Set(ALL_RULES.map(({ name }) => name));
  expect(Object.keys(WITHOUT).filter((name) => !names.has(name))).toEqual([]);
});
