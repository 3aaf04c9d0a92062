import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');

function sources(folder: string): readonly (readonly [path: string, text: string])[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => [`${folder}/${name}`, readFileSync(join(root, folder, name), 'utf8')] as const);
}

test('every format is escaped in `text/` and nowhere else', () => {
  const own = /&(?:amp|lt|quot);|%0A|\\u241b/;
  const elsewhere = sources('server/src').filter(
    ([path, text]) => !path.startsWith('server/src/text/') && own.test(text),
  );
  expect(elsewhere.map(([path]) => path)).toEqual([]);
});

test('the extension tells and asks through `say.ts`, which escapes', () => {
  const direct = /\bshow(?:Error|Warning|Information)Message\(|\bshowQuickPick\(/;
  const elsewhere = sources('client/src').filter(([path, text]) => !path.endsWith('/say.ts') && direct.test(text));
  expect(elsewhere.map(([path]) => path)).toEqual([]);
});
