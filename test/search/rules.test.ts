import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { analyseDocument } from '../../server/src/services/analysis.ts';
import { diagnose } from '../../server/src/services/findings/diagnostics.ts';
import { SEARCH_RULES } from '../../server/src/services/rules/index.ts';
import { catalogSources } from '../catalog/catalog.ts';
import { fixturesBelow, testFixtures } from '../support/annotations.ts';

const folder = join(import.meta.dirname, '../fixtures/rules/search');

testFixtures(folder, (files) => {
  const [root = ''] = files.keys();
  return diagnose(analyseDocument(root, catalogSources(files))).filter(({ rule }) => rule.startsWith('search-'));
});

describe('every rule of searches', () => {
  test.each(SEARCH_RULES.map(({ name }) => name))(
    '%s has a fixture, and a page with the mistake and its remedy',
    (name) => {
      expect(fixturesBelow(folder)).toContain(`${name}.moeplan`);
      const source = readFileSync(join(import.meta.dirname, `../../server/src/services/rules/${name}.ts`), 'utf8');
      for (const heading of ['## Not so', '## But so', '## How to fix it']) expect(source).toContain(heading);
    },
  );
});
