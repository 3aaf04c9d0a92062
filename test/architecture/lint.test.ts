import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { projectRoot } from '../../scripts/generate-docs.ts';
import { isRecord } from '../../scripts/vscode/json.ts';

/** Where README's own commands and people leave files: the checkout itself, and what is there to be tried. */
const OPEN_TO_ALL = /^(?:\*\*|\*(?:\..*)?|\.\/?|examples\b.*|docs\b.*|media\b.*|out\b.*)$/;

test('lint and format read what the project is made of, and nothing that a person may have put beside it', () => {
  const config: unknown = JSON.parse(readFileSync(join(projectRoot, 'biome.json'), 'utf8'));
  const files = isRecord(config) && isRecord(config.files) ? config.files.includes : undefined;
  const read = (Array.isArray(files) ? files : []).map(String).filter((pattern) => !pattern.startsWith('!'));
  expect(read.length).toBeGreaterThan(0);
  expect(read.filter((pattern) => OPEN_TO_ALL.test(pattern))).toEqual([]);
  for (const pattern of read) {
    const [place = ''] = pattern.split(/\/?\*/);
    if (place !== 'tsconfig') expect(existsSync(join(projectRoot, place)), pattern).toBe(true);
  }
});
