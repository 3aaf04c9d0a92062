import { expect, test } from 'vitest';
import { type Entry, findBelow } from '../../client/src/findBelow.ts';

/** A file system of paths; a folder that is not in it cannot be listed. */
function folders(tree: Readonly<Record<string, readonly string[]>>) {
  let listed = 0;
  return {
    listed: () => listed,
    async list(folder: string): Promise<readonly Entry<string>[]> {
      listed++;
      const names = tree[folder];
      if (!names) throw new Error(`no ${folder}`);
      return names.map((written) => {
        const name = written.replace(/[/@]$/, '');
        const kind = written.endsWith('/') ? 'folder' : written.endsWith('@') ? 'other' : 'file';
        return { name, at: `${folder}/${name}`, kind };
      });
    },
  };
}

test('near files come first, and other kinds are passed over', async () => {
  const tree = folders({ r: ['deep/', 'a.moeplan', 'notes.txt', 'link.moeplan@'], 'r/deep': ['b.moeplan'] });
  expect(await findBelow(['r'], '.moeplan', tree)).toEqual(['r/a.moeplan', 'r/deep/b.moeplan']);
});

test('folders that nobody keeps plans in are not entered', async () => {
  const tree = folders({ r: ['node_modules/', '.git/', 'gone/', 'x.moeplan'], 'r/node_modules': ['y.moeplan'] });
  expect(await findBelow(['r'], '.moeplan', tree)).toEqual(['r/x.moeplan']);
  expect(tree.listed()).toBe(2);
});

test('a tree without an end is given up', async () => {
  const endless = { list: async (folder: string) => [{ name: 'a', at: `${folder}/a`, kind: 'folder' as const }] };
  expect(await findBelow(['r'], '.moeplan', endless)).toEqual([]);
});
