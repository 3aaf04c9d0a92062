import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Diagnostic, Fix } from '../../server/src/language/diagnostic.ts';
import { LANGUAGE_RULES } from '../../server/src/language/rules/index.ts';
import { PLAN_RULES } from '../../server/src/plan/rules/index.ts';
import { analyseDocument } from '../../server/src/services/analysis.ts';
import { diagnose as findingsOf } from '../../server/src/services/findings/diagnostics.ts';
import { type Diagnose, fixturesBelow, parseFixture, testFixtures } from '../support/annotations.ts';
import { memorySources } from '../support/sources.ts';

const folders = ['dimensions', 'graph', 'gpus', 'experts', 'engine', 'plan'].map((family) =>
  join(import.meta.dirname, '../fixtures/rules', family),
);

const root = join(import.meta.dirname, '../..');

/** The file of a rule: of `plan/`, or of an engine. */
function fileOf(name: string): string {
  const folders = readdirSync(join(root, 'server/src/engines')).map((engine) => `engines/${engine}`);
  const files = ['plan', ...folders].map((folder) => join(root, 'server/src', folder, 'rules', `${name}.ts`));
  const file = files.find((path) => existsSync(path));
  if (file === undefined) throw new Error(`the rule ${name} has no file of its name`);
  return file;
}

const OWN: ReadonlySet<string> = new Set(PLAN_RULES.map(({ name }) => name));
const OF_LANGUAGE: ReadonlySet<string> = new Set(LANGUAGE_RULES.map(({ name }) => name));

/** What the plan says of the root, and errors of the language, so that a fixture cannot be wrong in another way unseen. */
const diagnose: Diagnose = (files) => {
  const [root = ''] = files.keys();
  return findingsOf(analyseDocument(root, memorySources(files))).filter(
    ({ rule, severity }) => OWN.has(rule) || (OF_LANGUAGE.has(rule) && severity === 'error'),
  );
};

for (const folder of folders) testFixtures(folder, diagnose);

describe('every rule', () => {
  const fixtures = folders.flatMap((folder) => fixturesBelow(folder).map((name) => join(folder, name)));

  test.each(PLAN_RULES.map((rule) => [rule.name]))('%s has a fixture and a page', (name) => {
    expect(fixtures.filter((path) => path.endsWith(`/${name}.moeplan`))).toHaveLength(1);
    const source = readFileSync(fileOf(name), 'utf8');
    const page = /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\nexport const /.exec(source)?.[1] ?? '';
    for (const heading of ['## Not so', '## But so', '## How to fix it']) expect(page).toContain(heading);
  });

  test('says what to do', () => {
    for (const path of fixtures) {
      for (const { message, rule } of diagnose(parseFixture(readFileSync(path, 'utf8')))) {
        expect(message, `${rule} in ${path}`).toMatch(
          /use|write|take|leave|remove|give|draw|correct|exchange|spread|compare|choose|the prediction counts it/,
        );
      }
    }
  });
});

describe('quick fixes', () => {
  for (const folder of folders) {
    for (const name of fixturesBelow(folder)) {
      const files = parseFixture(readFileSync(join(folder, name), 'utf8'));
      const before = diagnose(files);
      const fixes = before.flatMap((diagnostic) => (diagnostic.fixes ?? []).map((fix) => ({ diagnostic, fix })));
      if (fixes.length === 0) continue;
      test(`${name}: each takes its finding away and brings no other`, () => {
        for (const { diagnostic, fix } of fixes) {
          const after = diagnose(apply(fix, files));
          const gone = isMistake(diagnostic) ? 1 : 0;
          expect(after.filter(isMistake).length, fix.title).toBeLessThanOrEqual(before.filter(isMistake).length - gone);
          expect(count(after, diagnostic), fix.title).toBeLessThan(count(before, diagnostic));
        }
      });
    }
  }
});

/** A repaired plan may have something to point out that a broken one had not. */
function isMistake({ severity }: Diagnostic): boolean {
  return severity !== 'information';
}

function count(diagnostics: readonly Diagnostic[], like: Diagnostic): number {
  return diagnostics.filter(
    ({ rule, message, uri }) => rule === like.rule && message === like.message && uri === like.uri,
  ).length;
}

function apply(fix: Fix, files: ReadonlyMap<string, string>): Map<string, string> {
  const changed = new Map(files);
  for (const { uri, span, text } of [...fix.edits].sort((left, right) => right.span.start - left.span.start)) {
    const before = changed.get(uri) ?? '';
    changed.set(uri, before.slice(0, span.start) + text + before.slice(span.end));
  }
  return changed;
}
