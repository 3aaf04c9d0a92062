import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { EditorFiles } from '../../server/src/host/editorFiles.ts';
import { NodeSources } from '../../server/src/host/nodeSources.ts';

describe('files of a virtual workspace', () => {
  const plan = 'vscode-vfs://github/owner/repo/plans/a.moeplan';
  const library = 'vscode-vfs://github/owner/repo/plans/library.moeplan';

  function files(open: Readonly<Record<string, string>> = {}): EditorFiles {
    const sources = new EditorFiles(new Map([['catalog:/gpus.moeplan', 'gpu x { }']]), (uri) => open[uri]);
    sources.setRoots(['vscode-vfs://github/owner/repo']);
    return sources;
  }

  test('are absent and wanted until the editor has read them', () => {
    const sources = files();
    expect(sources.read(library)).toBeUndefined();
    expect(sources.takeWanted().texts).toEqual([library]);
    sources.provide(library, { text: 'model m { }' });
    expect(sources.read(library)).toBe('model m { }');
    expect(sources.takeWanted().texts).toEqual([]);
  });

  test('are wanted once, also when there is no such file', () => {
    const sources = files();
    sources.read(library);
    sources.read(library);
    expect(sources.takeWanted().texts).toEqual([library]);
    sources.provide(library, undefined);
    sources.read(library);
    expect(sources.takeWanted().texts).toEqual([]);
  });

  test('are wanted again after a change', () => {
    const sources = files();
    sources.provide(library, { text: 'model old { }' });
    sources.invalidate(library);
    expect(sources.read(library)).toBeUndefined();
    expect(sources.takeWanted().texts).toEqual([library]);
  });

  test('give way to what is open in the editor, and to the catalogue', () => {
    const sources = files({ [library]: 'model edited { }' });
    expect(sources.read(library)).toBe('model edited { }');
    expect(sources.read('catalog:/gpus.moeplan')).toBe('gpu x { }');
    expect(sources.takeWanted().texts).toEqual([]);
  });

  test('are listed by the editor: wanted once, and again when files came or went', () => {
    const sources = files();
    let calls = 0;
    sources.whenWanted(() => calls++);
    const below = () => sources.filesBelow(['vscode-vfs://github/owner/repo'], '.moeplan').uris;
    expect([below(), below(), calls]).toEqual([[], [], 1]);
    expect(sources.takeWanted().lists).toEqual(['.moeplan']);
    sources.provideList('.moeplan', {
      uris: [library, plan, 'vscode-vfs://github/owner/repo-2/x.moeplan'],
      left: [],
    });
    expect(below()).toEqual([plan, library]);
    expect(sources.takeWanted().lists).toEqual([]);
    sources.forgetLists();
    expect(below()).toEqual([]);
    expect(sources.takeWanted().lists).toEqual(['.moeplan']);
  });

  test('are as many as on a disk, and what was left out is told with them', () => {
    const sources = files();
    const below = () => sources.filesBelow(['vscode-vfs://github/owner/repo'], '.moeplan');
    below();
    const uris = Array.from({ length: 2_001 }, (_, index) => `vscode-vfs://github/owner/repo/${index}.moeplan`);
    sources.provideList('.moeplan', { uris, left: ['the folder x was not read: access is denied'] });
    expect(below().uris).toHaveLength(2_000);
    expect(below().left).toEqual([
      'the folder x was not read: access is denied',
      'more than 2000 files lie below vscode-vfs://github/owner/repo, and the rest was not looked at',
    ]);
  });

  test('have no mark in front of their text', () => {
    const sources = files();
    sources.provide(library, { text: '\ufeffmodel m { }' });
    expect(sources.read(library)).toBe('model m { }');
  });

  test('of an unsaved document are not asked for', () => {
    const sources = files();
    expect(sources.read('untitled:Untitled-1')).toBeUndefined();
    expect(sources.takeWanted().texts).toEqual([]);
    expect(sources.resolve('untitled:Untitled-1', './library.moeplan')).toEqual({ outside: true });
  });

  test.each([
    ['./library.moeplan', { uri: library }],
    ['../other.moeplan', { uri: 'vscode-vfs://github/owner/repo/other.moeplan' }],
    ['../../../elsewhere/secret.moeplan', { outside: true }],
    ['../../repo-with-a-longer-name/x.moeplan', { outside: true }],
  ])('imports stay in the workspace: %s', (path, expected) => {
    expect(files().resolve(plan, path)).toEqual(expected);
  });

  test('without a workspace a document reads from its own folder', () => {
    const sources = files();
    sources.setRoots([]);
    expect(sources.resolve(plan, './library.moeplan')).toEqual({ uri: library });
    expect(sources.resolve(plan, '../other.moeplan')).toEqual({ outside: true });
  });
});

describe('files of Node', () => {
  const folder = mkdtempSync(join(tmpdir(), 'moeplan-sources-'));
  const inside = join(folder, 'inside');
  mkdirSync(join(folder, 'catalog'));
  mkdirSync(inside);
  writeFileSync(join(inside, 'a b.moeplan'), 'model m { }');
  writeFileSync(join(folder, 'secret.moeplan'), 'secret');
  symlinkSync(join(folder, 'secret.moeplan'), join(inside, 'link.moeplan'));
  const uriOf = (path: string) => pathToFileURL(path).href;
  const root = uriOf(join(inside, 'root.moeplan'));

  function files(): NodeSources {
    const sources = new NodeSources(join(folder, 'catalog'));
    sources.setRoots([uriOf(inside)]);
    return sources;
  }

  test('are read below the workspace', () => {
    const found = files().resolve(root, './a b.moeplan');
    expect(found).toEqual({ uri: uriOf(join(inside, 'a b.moeplan')) });
    expect(files().read(uriOf(join(inside, 'a b.moeplan')))).toBe('model m { }');
    expect(files().takeWanted().texts).toEqual([]);
  });

  test('have no mark in front of their text, which editors do not count', () => {
    writeFileSync(join(inside, 'marked.moeplan'), '\ufeffmodel m { }');
    expect(files().read(uriOf(join(inside, 'marked.moeplan')))).toBe('model m { }');
  });

  test.each(['../secret.moeplan', './link.moeplan'])('%s leads out of the workspace', (path) => {
    expect(files().resolve(root, path)).toEqual({ outside: true });
  });

  test('of another scheme are left to the editor', () => {
    const sources = files();
    expect(sources.read('vscode-vfs://github/owner/repo/a.moeplan')).toBeUndefined();
    expect(sources.takeWanted().texts).toEqual(['vscode-vfs://github/owner/repo/a.moeplan']);
  });
});
