import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { CancellationTokenSource, WorkDoneProgress, WorkDoneProgressCreateRequest } from 'vscode-languageserver/node';
import { folderWith } from '../../support/folders.ts';
import { Session } from './session.ts';

const LIBRARY = `workload batch { sequences = 16, length = 1_000 tokens }
model shared {
  layers = 4, hidden = 2048
  attention { heads = 16, head-size = 128 }
}
`;

/** A library and plans that import it; every third one has a mistake. */
function folder(plans: number): string {
  const plan = (index: number) => `import "./library.moeplan"
cluster pair-${index} { node = DGX-H100, count = 1 }
deployment plan-${index} {
  model = ${index % 3 === 0 ? 'shred' : 'shared'}, cluster = pair-${index}, workload = batch
  parallel { tp = 8 }
}
`;
  const files = Array.from({ length: plans }, (_, index) => [`plan-${index}.moeplan`, plan(index)] as const);
  return folderWith({ 'library.moeplan': LIBRARY, ...Object.fromEntries(files) });
}

async function opened(plans: number, capabilities: object = {}) {
  const path = folder(plans);
  const session = await Session.start({ folders: [pathToFileURL(path).href], capabilities });
  onTestFinished(() => session.end());
  return { session, uri: (name: string) => pathToFileURL(`${path}/${name}.moeplan`).href };
}

interface Progress {
  readonly kind: 'begin' | 'report' | 'end';
  readonly percentage?: number;
}

/** What the editor is told of how far requests are, from now on. */
function progressOf({ client }: Session): Progress[] {
  const told: Progress[] = [];
  client.onRequest(WorkDoneProgressCreateRequest.type, ({ token }) => {
    client.onProgress(WorkDoneProgress.type, token, (value) => {
      told.push(value);
    });
  });
  return told;
}

interface Items {
  readonly items: readonly { readonly uri: string; readonly items: readonly { readonly code: string }[] }[];
}

test('plans that are not open are checked, and the editor is told how far that is', async () => {
  const { session, uri } = await opened(120, { window: { workDoneProgress: true } });
  const told = progressOf(session);
  const { items } = await session.ask<Items>('workspace/diagnostic', { previousResultIds: [] });
  const wrong = items.filter((item) => item.items.some(({ code }) => code === 'unresolved-name'));
  expect(items).toHaveLength(121);
  expect(wrong.map((item) => item.uri)).toContain(uri('plan-0'));
  expect(wrong).toHaveLength(40);
  expect([told[0]?.kind, told.at(-1)?.kind]).toEqual(['begin', 'end']);
  const shares = told.flatMap(({ percentage }) => percentage ?? []);
  expect(shares).toEqual(shares.toSorted((left, right) => left - right));
  const before = told.length;
  await session.ask('workspace/diagnostic', { previousResultIds: [] });
  expect(told).toHaveLength(before);
});

test('an editor that shows no progress is told none', async () => {
  const { session } = await opened(60);
  const told = progressOf(session);
  await session.ask('workspace/diagnostic', { previousResultIds: [] });
  expect(told).toEqual([]);
});

test.each(['workspace/diagnostic', 'workspace/symbol'])('%s stops when it is cancelled', async (method) => {
  const { session } = await opened(120, { window: { workDoneProgress: true } });
  const told = progressOf(session);
  const source = new CancellationTokenSource();
  const answer = session.client.sendRequest(method, { previousResultIds: [], query: '' }, source.token);
  source.cancel();
  await expect(answer).rejects.toMatchObject({ code: -32800 });
  expect(told.at(-1)?.kind).not.toBe('report');
});

test('edits of a file that is not open are where an editor sees them, which counts no mark in front of the text', async () => {
  const path = folderWith({
    'library.moeplan': LIBRARY,
    'use.moeplan': '\ufeffmodel own extends shared { layers = 8 }\nimport "./library.moeplan"\n',
  });
  const session = await Session.start({ folders: [pathToFileURL(path).href] });
  onTestFinished(() => session.end());
  const uri = (name: string) => pathToFileURL(join(path, name)).href;
  await session.open(uri('library.moeplan'), LIBRARY);
  const { changes } = await session.ask<{ readonly changes: Readonly<Record<string, readonly { range: object }[]>> }>(
    'textDocument/rename',
    { textDocument: { uri: uri('library.moeplan') }, position: { line: 1, character: 7 }, newName: 'common' },
  );
  const start = 'model own extends '.length;
  expect(changes[uri('use.moeplan')]?.map(({ range }) => range)).toEqual([
    { start: { line: 0, character: start }, end: { line: 0, character: start + 'shared'.length } },
  ]);
});

test('uses are found and renamed in files that are not open and that the file knows nothing of', async () => {
  const { session, uri } = await opened(6);
  await session.open(uri('library'), LIBRARY);
  const at = { textDocument: { uri: uri('library') }, position: { line: 1, character: 7 } };
  const uses = await session.ask<readonly { readonly uri: string }[]>('textDocument/references', {
    ...at,
    context: { includeDeclaration: true },
  });
  const names = ['library', 'plan-1', 'plan-2', 'plan-4', 'plan-5'];
  expect(uses.map((use) => use.uri).sort()).toEqual(names.map(uri));
  const { changes } = await session.ask<{ readonly changes: object }>('textDocument/rename', {
    ...at,
    newName: 'common',
  });
  expect(Object.keys(changes).sort()).toEqual(names.map(uri));
});
