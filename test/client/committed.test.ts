import { describe, expect, test } from 'vitest';
import { committedTexts, namedCommits } from '../../client/src/preview/committed.ts';

/** An address as the editor's own class holds it. */
function uri(path: string, scheme = 'file') {
  const made = {
    scheme,
    authority: '',
    path,
    query: '',
    fragment: '',
    fsPath: path,
    with: () => made,
    toString: () => `${scheme}://${path}`,
    toJSON: () => path,
  };
  return made;
}

const PLAN = uri('/repo/plan.moeplan');

interface Fake {
  readonly enabled?: boolean;
  readonly state?: string;
  readonly repository?: object | null;
}

/** The interface of the editor's Git extension, as much as is used. */
function git({ enabled = true, state = 'initialized', repository = null }: Fake) {
  const exports = { enabled, getAPI: (version: number) => ({ version, state, getRepository: () => repository }) };
  return { isActive: false, exports: undefined, activate: (): Promise<unknown> => Promise.resolve(exports) };
}

function repository(head: Readonly<Record<string, string>>, changes: object = {}) {
  return {
    rootUri: uri('/repo'),
    state: changes,
    show: async (reference: string, path: string) => {
      const text = reference === 'HEAD' || reference === 'main' ? head[path] : undefined;
      if (text === undefined) throw new Error('Could not show object');
      return reference === 'HEAD' ? text : `${text} in ${reference}`;
    },
    diffWith: async (reference: string) => {
      if (reference !== 'main') throw new Error('unknown revision');
      return [{ uri: uri('/repo/library.moeplan'), originalUri: uri('/repo/library.moeplan') }];
    },
    log: async () => [{ hash: '0123456789abcdef', message: 'Use fp8\n\nas it fits' }],
    getRefs: async () => [{ name: 'main' }, { commit: 'of no name' }],
  };
}

async function texts(of: object, unsaved: readonly ReturnType<typeof uri>[] = []) {
  const found = await committedTexts(git({ repository: of }), PLAN, unsaved);
  if ('unavailable' in found) throw new Error(found.unavailable);
  return Object.fromEntries(found.files.map(([file, text]) => [file.path, text]));
}

describe('texts of the last commit', () => {
  test('are those of the plan and of each file a plan can read that has changed since', async () => {
    const head = {
      '/repo/plan.moeplan': 'plan as committed',
      '/repo/library.moeplan': 'library as committed',
      '/repo/gone.json': '{}',
      '/repo/unsaved.csv': '1,2',
    };
    const changes = {
      workingTreeChanges: [
        { uri: uri('/repo/library.moeplan'), originalUri: uri('/repo/library.moeplan') },
        { uri: uri('/repo/readme.md'), originalUri: uri('/repo/readme.md') },
      ],
      indexChanges: [{ uri: uri('/repo/gone.json'), originalUri: uri('/repo/gone.json') }],
      untrackedChanges: [{ uri: uri('/repo/new.moeplan') }],
    };
    const unsaved = [uri('/repo/unsaved.csv'), uri('/elsewhere/other.moeplan'), uri('/repository/other.moeplan')];
    expect(await texts(repository(head, changes), unsaved)).toStrictEqual({
      '/repo/plan.moeplan': 'plan as committed',
      '/repo/library.moeplan': 'library as committed',
      '/repo/gone.json': '{}',
      '/repo/new.moeplan': undefined,
      '/repo/unsaved.csv': '1,2',
    });
  });

  test('follow a renamed file to both its names', async () => {
    const changes = {
      indexChanges: [
        { uri: uri('/repo/b.moeplan'), originalUri: uri('/repo/a.moeplan'), renameUri: uri('/repo/b.moeplan') },
      ],
    };
    expect(await texts(repository({ '/repo/a.moeplan': 'a' }, changes))).toStrictEqual({
      '/repo/plan.moeplan': undefined,
      '/repo/a.moeplan': 'a',
      '/repo/b.moeplan': undefined,
    });
  });

  test('come once where a file changed in several ways', async () => {
    const change = { uri: PLAN, originalUri: PLAN };
    const found = await texts(
      repository({ '/repo/plan.moeplan': 'old' }, { workingTreeChanges: [change], indexChanges: [change] }),
      [PLAN],
    );
    expect(found).toStrictEqual({ '/repo/plan.moeplan': 'old' });
  });

  test('come from another commit, with what has changed since it', async () => {
    const head = { '/repo/plan.moeplan': 'plan', '/repo/library.moeplan': 'library' };
    const found = await committedTexts(git({ repository: repository(head) }), PLAN, [], 'main');
    expect('files' in found && found.files.map(([file, text]) => [file.path, text])).toEqual([
      ['/repo/plan.moeplan', 'plan in main'],
      ['/repo/library.moeplan', 'library in main'],
    ]);
    const none = await committedTexts(git({ repository: repository(head) }), PLAN, [], 'gone');
    expect(none).toEqual({ unavailable: 'Git has no commit gone here.' });
  });

  test('may come from what has a name: the latest commits of the plan, branches and tags', async () => {
    expect(await namedCommits(git({ repository: repository({}) }), PLAN)).toEqual([
      { name: '0123456789ab', detail: 'Use fp8' },
      { name: 'main', detail: '' },
    ]);
    expect(await namedCommits(undefined, PLAN)).toMatch(/as in a browser/);
  });

  test.each([
    ['no Git at all', undefined, /as in a browser/],
    ['Git that is switched off', git({ enabled: false }), /`git\.enabled`/],
    ['a folder that is still being read', git({ state: 'uninitialized' }), /again in a moment/],
    ['a file of no repository', git({ repository: null }), /in no Git repository/],
    [
      'another interface than the known one',
      { isActive: true, exports: { enabled: true }, activate: (): Promise<unknown> => Promise.resolve(undefined) },
      /again in a moment/,
    ],
    [
      'an extension that exports nothing',
      { isActive: true, exports: undefined, activate: (): Promise<unknown> => Promise.resolve(undefined) },
      /switched off/,
    ],
  ])('%s is said in a sentence', async (_, extension, message) => {
    const found = await committedTexts(extension, PLAN, []);
    expect('unavailable' in found && found.unavailable).toMatch(message);
  });
});
