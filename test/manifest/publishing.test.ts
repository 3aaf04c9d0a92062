import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { missingForPublishing } from '../../scripts/vscode/publishing.ts';

const complete = {
  publisher: 'someone',
  license: 'MIT',
  repository: { type: 'git', url: 'git+https://git.some.where/someone/moeplan.git' },
  bugs: 'https://git.some.where/someone/moeplan/issues',
  homepage: 'https://some.where/moeplan',
};

describe('what is missing before the extension can be published', () => {
  test('nothing, where every address is there', () => expect(missingForPublishing(complete)).toEqual([]));

  test.each(['publisher', 'license', 'repository', 'bugs', 'homepage'])('%s, where it is absent or empty', (name) => {
    for (const value of [undefined, '', ' ', {}])
      expect(missingForPublishing({ ...complete, [name]: value })).toEqual([expect.stringContaining(`\`${name}\``)]);
  });

  test.each(['https://example.com/x', 'http://some.where/x', '../elsewhere', 'https://localhost/x'])(
    'an address that leads nowhere: %s',
    (address) => expect(missingForPublishing({ ...complete, homepage: address })).toHaveLength(1),
  );

  test('docs/publishing.md names every field that is asked for', () => {
    const page = readFileSync(join(import.meta.dirname, '../../docs/publishing.md'), 'utf8');
    for (const name of ['publisher', 'license', 'repository', 'bugs', 'homepage'])
      expect(page).toContain(`\`${name}\``);
  });
});
