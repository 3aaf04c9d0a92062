import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Diagnostic, Fix } from '../../server/src/language/diagnostic.ts';
import { analyse, languageDiagnostics } from '../../server/src/language/program.ts';
import { LANGUAGE_RULES } from '../../server/src/language/rules/index.ts';
import { LaunchedDeployments } from '../../server/src/services/launches/launchedDeployments.ts';
import { type Diagnose, fixturesBelow, parseFixture, testFixtures } from '../support/annotations.ts';
import { memorySources } from '../support/sources.ts';

const folders = ['syntax', 'names'].map((family) => join(import.meta.dirname, '../fixtures/rules', family));

const diagnose: Diagnose = (files) => {
  const [root = ''] = files.keys();
  const program = analyse(root, new LaunchedDeployments().over(memorySources(files)));
  return [...program.analyses.values()]
    .filter((analysis) => files.has(analysis.source.uri))
    .flatMap(languageDiagnostics);
};

for (const folder of folders) testFixtures(folder, diagnose);

describe('every rule', () => {
  const fixtures = folders.flatMap((folder) => fixturesBelow(folder).map((name) => join(folder, name)));

  test('has a fixture of its own in its family', () => {
    for (const { name, family } of LANGUAGE_RULES) {
      // Its smallest text has thousands of lines: test/services/large.test.ts writes them.
      if (name === 'inherits-too-much') continue;
      expect(fixtures.filter((path) => path.endsWith(join(family, `${name}.moeplan`)))).toHaveLength(1);
    }
  });

  test('has a summary and a page that shows the mistake and its remedy', () => {
    for (const { name, summary } of LANGUAGE_RULES) {
      const source = readFileSync(join(import.meta.dirname, `../../server/src/language/rules/${name}.ts`), 'utf8');
      const page = /\/\*\*([\s\S]*?)\*\/\nexport const /.exec(source)?.[1] ?? '';
      for (const heading of ['## Not so', '## But so', '## How to fix it']) expect(page, name).toContain(heading);
      expect(summary, name).toMatch(/^[A-Z].*\.$/);
    }
  });

  test('says what to do', () => {
    for (const path of fixtures) {
      for (const { message, rule } of diagnose(parseFixture(readFileSync(path, 'utf8')))) {
        expect(message, `${rule} in ${path}`).toMatch(
          /expected|write|written|is one word|holds|remove|did you mean|needs|must|define|rename|import|move|use|give|belongs|it has|hold|takes|correct|close|may stand|leave|here/,
        );
      }
    }
  });
});

describe('quick fixes', () => {
  for (const folder of folders) {
    for (const name of fixturesBelow(folder)) {
      test(`${name}: each takes its finding away and brings no other`, () => {
        const files = parseFixture(readFileSync(join(folder, name), 'utf8'));
        const before = diagnose(files);
        for (const diagnostic of before) {
          for (const fix of diagnostic.fixes ?? []) {
            if (fix.preferred === false) continue;
            const after = diagnose(apply(fix, files));
            expect(errors(after), `${diagnostic.rule}: ${fix.title}`).toBeLessThanOrEqual(errors(before));
            expect(count(after, diagnostic), `${diagnostic.rule}: ${fix.title}`).toBeLessThan(
              count(before, diagnostic),
            );
          }
        }
      });
    }
  }
});

function errors(diagnostics: readonly Diagnostic[]): number {
  return diagnostics.filter((diagnostic) => diagnostic.severity === 'error').length;
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
