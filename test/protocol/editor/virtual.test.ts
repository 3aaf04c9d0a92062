import { afterEach, beforeEach, expect, test } from 'vitest';
import { Session } from './session.ts';

/** A workspace that only the editor can read, as in a browser: its closed files count all the same. */
const ROOT = 'vscode-vfs://github/owner/repo';
const MAIN = `${ROOT}/main.moeplan`;
const CAPABILITIES = {
  textDocument: { diagnostic: {} },
  workspace: { diagnostics: { refreshSupport: true }, workspaceFolders: true },
};

let session: Session;
let files: Map<string, string>;
beforeEach(async () => {
  files = new Map([
    [`${ROOT}/deep/closed.moeplan`, 'import "./more.moeplan"\nmodel closed-one extends closed-base { layers = }\n'],
    [`${ROOT}/deep/more.moeplan`, 'model closed-base { layers = 2, hidden = 64 }\n'],
    [`${ROOT}/hf/config.json`, '{}'],
  ]);
  session = await start([ROOT]);
});
afterEach(() => session.end());

/** A server that has read what the editor has. */
async function start(folders: readonly string[]): Promise<Session> {
  const started = await Session.start({ folders, capabilities: CAPABILITIES, files });
  if (folders.length > 0)
    await until(
      started,
      () => symbols(started, 'closed'),
      (found) => found.length === 2,
    );
  return started;
}

/** What the server answers once it has been told what it asked the editor for. */
async function until<Answer>(
  from: Session,
  ask: () => Promise<Answer>,
  holds: (answer: Answer) => boolean,
): Promise<Answer> {
  for (;;) {
    const refreshed = from.nextRefresh();
    const answer = await ask();
    if (holds(answer)) return answer;
    await refreshed;
  }
}

async function symbols(from: Session, query: string): Promise<readonly string[]> {
  const found = await from.ask<{ name: string }[]>('workspace/symbol', { query });
  return found.map(({ name }) => name);
}

async function workspaceFindings(): Promise<readonly (readonly [string, string])[]> {
  const { items } = await session.ask<{ items: { uri: string; items: { code: string }[] }[] }>('workspace/diagnostic', {
    previousResultIds: [],
  });
  return items.flatMap(({ uri, items: found }) => found.map(({ code }) => [uri.slice(ROOT.length + 1), code] as const));
}

test('symbols of closed files are found', async () => {
  expect(await symbols(session, 'closed-base')).toEqual(['closed-base']);
});

test('closed files are checked, with what they import', async () => {
  const found = await until(session, workspaceFindings, (all) => all.some(([uri]) => uri === 'deep/closed.moeplan'));
  expect(found.map(([, code]) => code)).not.toContain('import-not-found');
  expect(found.map(([, code]) => code)).not.toContain('unresolved-name');
});

test.each([
  ['import ""', ['./deep/closed.moeplan', './deep/more.moeplan']],
  ['model m from ""', ['./hf/config.json']],
])('paths behind %s lead to closed files', async (text, expected) => {
  await session.open(MAIN, text);
  const items = await until(
    session,
    () =>
      session.ask<{ label: string }[]>('textDocument/completion', {
        textDocument: { uri: MAIN },
        position: { line: 0, character: text.length - 1 },
      }),
    (found) => found.length > 0,
  );
  expect(items.map(({ label }) => label).sort()).toEqual(expected);
});

test('a file that appears is found', async () => {
  const uri = `${ROOT}/new.moeplan`;
  files.set(uri, 'model newcomer { }\n');
  await session.client.sendNotification('workspace/didChangeWatchedFiles', { changes: [{ uri, type: 1 }] });
  expect(
    await until(
      session,
      () => symbols(session, 'newcomer'),
      (found) => found.length > 0,
    ),
  ).toEqual(['newcomer']);
});

test('a change that is malformed does not take the others with it', async () => {
  const uri = `${ROOT}/new.moeplan`;
  files.set(uri, 'model newcomer { }\n');
  await session.client.sendNotification('workspace/didChangeWatchedFiles', {
    changes: [{ type: 2 }, null, 7, { uri: 7, type: 1 }, { uri, type: 1 }],
  });
  const found = await until(
    session,
    () => symbols(session, 'newcomer'),
    (names) => names.length > 0,
  );
  expect(found).toEqual(['newcomer']);
  expect(session.log.filter((line) => line.includes('mistake'))).toEqual([]);
});

test('nor does a folder that is', async () => {
  session.end();
  session = await start([]);
  await session.client.sendNotification('workspace/didChangeWorkspaceFolders', {
    event: { added: [{ name: 'none' }, { uri: ROOT, name: 'folder' }], removed: [null] },
  });
  await until(
    session,
    () => symbols(session, 'closed'),
    (found) => found.length === 2,
  );
  await session.client.sendNotification('workspace/didChangeWorkspaceFolders', {
    event: { removed: [{}, { uri: ROOT, name: 'folder' }] },
  });
  expect(await symbols(session, 'closed')).toEqual([]);
  expect(session.log.filter((line) => line.includes('mistake'))).toEqual([]);
});

test('what the editor left out is written to its log', async () => {
  session.end();
  const left = ['the folder vscode-vfs://github/owner/repo/secret was not read: access is denied'];
  session = await Session.start({ folders: [ROOT], capabilities: CAPABILITIES, files, leftOut: left });
  await until(
    session,
    () => symbols(session, 'closed'),
    (found) => found.length === 2,
  );
  expect(session.log).toContain(`not checked: ${left[0]}`);
});

test('a folder that is added is read, and one that is removed forgotten', async () => {
  session.end();
  session = await start([]);
  expect(await symbols(session, 'closed')).toEqual([]);
  const change = (added: readonly string[], removed: readonly string[]) => {
    const named = (uris: readonly string[]) => uris.map((uri) => ({ uri, name: 'folder' }));
    return session.client.sendNotification('workspace/didChangeWorkspaceFolders', {
      event: { added: named(added), removed: named(removed) },
    });
  };
  await change([ROOT], []);
  await until(
    session,
    () => symbols(session, 'closed'),
    (found) => found.length === 2,
  );
  await change([], [ROOT]);
  expect(await symbols(session, 'closed')).toEqual([]);
});

test('a finding that what is fetched takes away is never published', async () => {
  session.end();
  const published: string[][] = [];
  session = await Session.start({ folders: [ROOT], files });
  const complete = new Promise<void>((resolve) => {
    session.client.onNotification(
      'textDocument/publishDiagnostics',
      ({ uri, diagnostics }: { uri: string; diagnostics: { code: string }[] }) => {
        if (uri !== MAIN) return;
        published.push(diagnostics.map(({ code }) => code));
        resolve();
      },
    );
  });
  // What is asked before the first publication is what wants the file.
  const opened = session.open(MAIN, 'import "./deep/more.moeplan"\nmodel mine extends closed-base { layers = 3 }\n');
  await session.ask('textDocument/documentSymbol', { textDocument: { uri: MAIN } });
  await opened;
  await complete;
  expect(published.flat()).not.toContain('import-not-found');
});
