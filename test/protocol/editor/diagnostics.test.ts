import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Session } from './session.ts';

interface Report {
  readonly kind: 'full' | 'unchanged';
  readonly resultId: string;
  readonly uri?: string;
  readonly items?: readonly {
    readonly code: string;
    readonly severity: number;
    readonly codeDescription?: { readonly href: string };
    readonly relatedInformation?: readonly unknown[];
  }[];
}

const BROKEN = 'gpu g { memory = 80, bandwidth = 3 TB/s, bf16 = 900 TFLOP/s }\n';
const PULLS = {
  textDocument: { diagnostic: {} },
  workspace: { diagnostics: { refreshSupport: true }, configuration: true },
};

let folder: string;
let session: Session;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'moeplan-'));
});
afterEach(() => {
  session.end();
  rmSync(folder, { recursive: true });
});

const uriOf = (name: string) => pathToFileURL(join(folder, name)).href;
const start = async (options: Parameters<typeof Session.start>[0] = {}) => {
  session = await Session.start({ folders: [pathToFileURL(folder).href], capabilities: PULLS, ...options });
};
const pull = (uri: string, previousResultId?: string) =>
  session.ask<Report>('textDocument/diagnostic', {
    textDocument: { uri },
    ...(previousResultId && { previousResultId }),
  });
const pullAll = async (previousResultIds: readonly { uri: string; value: string }[] = []) =>
  (await session.ask<{ items: Report[] }>('workspace/diagnostic', { previousResultIds })).items;

test('an editor that asks gets findings with links, and hears when nothing changed', async () => {
  await start();
  await session.open(uriOf('a.moeplan'), BROKEN);
  const first = await pull(uriOf('a.moeplan'));
  expect(first.kind).toBe('full');
  const unit = first.items?.find(({ code }) => code === 'missing-unit');
  expect(unit?.codeDescription?.href).toBe('file:///pages/missing-unit.md');
  expect(await pull(uriOf('a.moeplan'), first.resultId)).toEqual({ kind: 'unchanged', resultId: first.resultId });
  await session.change(uriOf('a.moeplan'), BROKEN.replace('80', '80 GiB'));
  expect((await pull(uriOf('a.moeplan'), first.resultId)).kind).toBe('full');
});

test('it is sent none besides, and one that does not ask is', async () => {
  let sent = 0;
  await start();
  session.client.onNotification('textDocument/publishDiagnostics', () => void sent++);
  const changed = new Promise<void>((resolve) => session.client.onNotification('moeplan/changed', () => resolve()));
  await session.open(uriOf('a.moeplan'), BROKEN);
  await changed;
  expect(sent).toBe(0);
  session.end();

  await start({ capabilities: {} });
  const published = new Promise<{ diagnostics: unknown[] }>((resolve) =>
    session.client.onNotification('textDocument/publishDiagnostics', resolve),
  );
  await session.open(uriOf('a.moeplan'), BROKEN);
  expect((await published).diagnostics.length).toBeGreaterThan(0);
});

test('files that are not open are checked, as they are on disk', async () => {
  writeFileSync(join(folder, 'closed.moeplan'), BROKEN);
  writeFileSync(
    join(folder, 'user.moeplan'),
    'import "./closed.moeplan"\nnode n { gpu = g, gpus = 8, scale-up = 1 GB/s }\ncluster c { node = n }\n',
  );
  await start();
  const all = await pullAll();
  expect(all.map(({ uri }) => uri)).toEqual([uriOf('closed.moeplan'), uriOf('user.moeplan')]);
  expect(all[0]?.items?.map(({ code }) => code)).toContain('missing-unit');

  const known = all.map(({ uri = '', resultId }) => ({ uri, value: resultId }));
  expect((await pullAll(known)).map(({ kind }) => kind)).toEqual(['unchanged', 'unchanged']);

  writeFileSync(join(folder, 'closed.moeplan'), 'let renamed = 3\n');
  await session.client.sendNotification('workspace/didChangeWatchedFiles', {
    changes: [{ uri: uriOf('closed.moeplan'), type: 2 }],
  });
  const after = await pullAll(known);
  expect(after.map(({ kind }) => kind)).toEqual(['full', 'full']);
  expect(after[1]?.items?.map(({ code }) => code)).toContain('unresolved-name');

  rmSync(join(folder, 'closed.moeplan'));
  await session.client.sendNotification('workspace/didChangeWatchedFiles', {
    changes: [{ uri: uriOf('closed.moeplan'), type: 3 }],
  });
  const gone = (await pullAll(known)).find(({ uri }) => uri === uriOf('closed.moeplan'));
  expect(gone).toMatchObject({ kind: 'full', items: [] });
});

test('settings change severities, and can leave closed files alone', async () => {
  writeFileSync(join(folder, 'closed.moeplan'), BROKEN);
  await start();
  const refreshed = new Promise<void>((resolve) => {
    session.client.onRequest('workspace/diagnostic/refresh', () => {
      resolve();
      return null;
    });
  });
  session.settings = { rules: { 'missing-unit': 'hint' }, workspaceDiagnostics: false };
  await session.open(uriOf('a.moeplan'), BROKEN);
  await session.client.sendNotification('workspace/didChangeConfiguration', { settings: {} });
  await refreshed;
  const { items } = await pull(uriOf('a.moeplan'));
  expect(items?.find(({ code }) => code === 'missing-unit')?.severity).toBe(4);
  expect(await pullAll()).toEqual([]);
});

test('an editor that can tell of settings is asked to, and asks for nothing anew while they stay', async () => {
  await start({
    capabilities: {
      ...PULLS,
      workspace: { ...PULLS.workspace, didChangeConfiguration: { dynamicRegistration: true } },
    },
  });
  const tell = () => session.client.sendNotification('workspace/didChangeConfiguration', { settings: null });
  await pullAll();
  expect(session.registered).toContain('workspace/didChangeConfiguration');
  let refreshed = 0;
  session.client.onRequest('workspace/diagnostic/refresh', () => {
    refreshed++;
    return null;
  });
  await tell();
  // The first answer comes after the server has asked for its settings, the second after it was told them.
  for (const round of [1, 2]) expect(await session.ask('moeplan/templates', { round })).toBeDefined();
  expect(refreshed).toBe(0);
  session.settings = { codeLens: false };
  await tell();
  for (const round of [1, 2]) expect(await session.ask('moeplan/templates', { round })).toBeDefined();
  expect(refreshed).toBe(1);
});

test('closed plans are not checked before the editor has said whether they shall be', async () => {
  writeFileSync(join(folder, 'closed.moeplan'), BROKEN);
  let tell: (settings: unknown) => void = () => undefined;
  const settings = new Promise((resolve) => {
    tell = resolve;
  });
  await start({ settings });
  const asked = pullAll();
  // Whatever answers first has been asked before: the server has read the question.
  await session.ask('moeplan/templates', {});
  tell({ workspaceDiagnostics: false });
  expect(await asked).toEqual([]);
});

test('fix-all comes when it is asked for, and each finding can be silenced', async () => {
  await start();
  const uri = uriOf('a.moeplan');
  await session.open(uri, 'cluster c {\n  node : DGX-H100\n}\n');
  const range = { start: { line: 1, character: 0 }, end: { line: 1, character: 20 } };
  const actions = (only?: readonly string[]) =>
    session.ask<{ title: string; kind: string; edit: { changes: Record<string, { newText: string }[]> } }[]>(
      'textDocument/codeAction',
      { textDocument: { uri }, range, context: { diagnostics: [], ...(only && { only }) } },
    );
  const all = await actions(['source.fixAll']);
  expect(all.map(({ kind }) => kind)).toEqual(['source.fixAll.moeplan']);
  expect(all[0]?.edit.changes[uri]).toEqual([expect.objectContaining({ newText: '=' })]);
  // What cannot be read is put right; what is a matter of opinion may be silenced.
  expect((await actions()).map(({ title }) => title)).toEqual(['Write `=`']);
  const plan = `cluster c { node = DGX-H100 }\nmodel m { layers = 4, hidden = 64, attention { heads = 8 } }\nworkload w { sequences = 16, length = 8 tokens }\ndeployment d { model = m, cluster = c, workload = w, stage all { gpus = 0..3 } }\n`;
  await session.change(uri, plan);
  range.start.line = range.end.line = 3;
  range.end.character = 90;
  expect((await actions()).map(({ title }) => title)).toContain('Ignore `gpu-idle` here, with a reason');
});

test('a block moves into a new file, where the editor can make one', async () => {
  const text = 'model m { layers = 2, hidden = 8 }\n';
  const refactors = async () => {
    await session.open(uriOf('a.moeplan'), text);
    const range = { start: { line: 0, character: 7 }, end: { line: 0, character: 7 } };
    return session.ask<{ title: string; edit: { documentChanges: readonly object[] } }[]>('textDocument/codeAction', {
      textDocument: { uri: uriOf('a.moeplan') },
      range,
      context: { diagnostics: [], only: ['refactor'] },
    });
  };
  await start();
  expect(await refactors()).toEqual([]);
  session.end();

  const workspaceEdit = { documentChanges: true, resourceOperations: ['create'] };
  await start({ capabilities: { workspace: { workspaceEdit } } });
  const [action] = await refactors();
  expect(action?.title).toBe('Move model `m` into ./m.moeplan');
  expect(action?.edit.documentChanges.slice(0, 2)).toEqual([
    { kind: 'create', uri: uriOf('m.moeplan'), options: { overwrite: false } },
    { textDocument: { uri: uriOf('m.moeplan'), version: null }, edits: [expect.objectContaining({ newText: text })] },
  ]);
  session.end();

  // A file of that name that is there is never written over.
  writeFileSync(join(folder, 'm.moeplan'), '');
  await start({ capabilities: { workspace: { workspaceEdit } } });
  expect((await refactors())[0]?.title).toBe('Move model `m` into ./m-2.moeplan');
});
