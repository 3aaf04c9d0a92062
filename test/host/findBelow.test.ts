import { expect, test } from 'vitest';
import { type Entry, findBelow } from '../../client/src/findBelow.ts';
import { EDITOR_LIMITS } from '../../server/src/host/limits.ts';

/** A file system of paths; a folder that is not in it cannot be listed. */
function folders(tree: Readonly<Record<string, readonly string[]>>) {
  let listed = 0;
  return {
    listed: () => listed,
    nameOf: (folder: string) => folder,
    async list(folder: string): Promise<readonly Entry<string>[] | { readonly unread: string }> {
      listed++;
      const names = tree[folder];
      if (!names) return { unread: 'access is denied' };
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
  expect(await findBelow(['r'], '.moeplan', EDITOR_LIMITS, tree)).toEqual({
    files: ['r/a.moeplan', 'r/deep/b.moeplan'],
    left: [],
  });
});

test('folders that nobody keeps plans in are not entered; one that cannot be listed is told', async () => {
  const tree = folders({ r: ['node_modules/', '.git/', 'closed/', 'x.moeplan'], 'r/node_modules': ['y.moeplan'] });
  expect(await findBelow(['r'], '.moeplan', EDITOR_LIMITS, tree)).toEqual({
    files: ['r/x.moeplan'],
    left: ['the folder r/closed was not read: access is denied'],
  });
  expect(tree.listed()).toBe(2);
});

test('a tree without an end is given up, which is told', async () => {
  const endless = {
    nameOf: (folder: string) => folder,
    list: async (folder: string) => [{ name: 'a', at: `${folder}/a`, kind: 'folder' as const }],
  };
  expect(await findBelow(['r'], '.moeplan', EDITOR_LIMITS, endless)).toEqual({
    files: [],
    left: ['more than 1000 folders lie below r, and the rest was not looked into'],
  });
});

test('looking ends behind the last file that is looked at, and the server is given one more to tell it', async () => {
  const tree = folders({ r: ['a.moeplan', 'b.moeplan', 'c/'], 'r/c': ['d.moeplan', 'e/'], 'r/c/e': ['f.moeplan'] });
  const { files } = await findBelow(['r'], '.moeplan', { ...EDITOR_LIMITS, mostFiles: 2 }, tree);
  expect(files).toEqual(['r/a.moeplan', 'r/b.moeplan', 'r/c/d.moeplan']);
});
