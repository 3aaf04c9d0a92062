import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SMALL_PLAN } from '../../services/editor/support.ts';
import { Session } from './session.ts';

let folder: string;
let session: Session;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'moeplan-'));
  mkdirSync(join(folder, 'deep', 'node_modules'), { recursive: true });
  writeFileSync(join(folder, 'deep', 'closed.moeplan'), 'model closed-one { }\n');
  writeFileSync(join(folder, 'deep', 'node_modules', 'foreign.moeplan'), 'model closed-two { }\n');
  session = await Session.start({ folders: [pathToFileURL(folder).href] });
});
afterEach(() => {
  session.end();
  rmSync(folder, { recursive: true });
});

const STAGED = `${SMALL_PLAN}deployment d {
  model = small, cluster = two-nodes, workload = batch
  parallel { tp = 8, pp = 2, ep = 8 }
  stage front { layers = 0..1, gpus = 0..7 }
  stage back { layers = 2..3, gpus = 8..15 }
  front -> back
}
`;

async function open(): Promise<string> {
  const uri = pathToFileURL(join(folder, 'main.moeplan')).href;
  await session.open(uri, STAGED);
  return uri;
}

test('symbols are found in documents, in files that are not open, and in the catalogue', async () => {
  const uri = await open();
  const find = (query: string) =>
    session.ask<{ name: string; location: { uri: string } }[]>('workspace/symbol', { query });
  expect((await find('front')).map(({ location }) => location.uri)).toEqual([uri]);
  expect((await find('closed')).map(({ name }) => name)).toEqual(['closed-one']);
  expect((await find('h100-sxm')).map(({ name }) => name)).toEqual(['H100-SXM']);
});

test('a GPU leads to its stage and to its experts', async () => {
  const uri = await open();
  const position = { line: 11, character: STAGED.split('\n')[11]?.indexOf('8..15') ?? 0 };
  const [item] = await session.ask<{ name: string }[]>('textDocument/prepareCallHierarchy', {
    textDocument: { uri },
    position,
  });
  expect(item?.name).toBe('GPU 8');
  const incoming = await session.ask<{ from: { name: string } }[]>('callHierarchy/incomingCalls', { item });
  expect(incoming.map(({ from }) => from.name)).toEqual(['back']);
  const outgoing = await session.ask<{ to: { name: string } }[]>('callHierarchy/outgoingCalls', { item });
  expect(outgoing.map(({ to }) => to.name)).toEqual(['Expert 0', 'Expert 1']);
  expect(await session.ask('callHierarchy/incomingCalls', { item: { ...item, data: 'forged' } })).toEqual([]);
});

test('selections, linked names and type definitions are answered in lines and characters', async () => {
  const uri = await open();
  const textDocument = { uri };
  const position = { line: 10, character: 10 };
  const [range] = await session.ask<{ range: unknown; parent?: { range: unknown } }[]>('textDocument/selectionRange', {
    textDocument,
    positions: [position],
  });
  expect(range?.range).toEqual({ start: { line: 10, character: 8 }, end: { line: 10, character: 13 } });
  const linked = await session.ask<{ ranges: unknown[] }>('textDocument/linkedEditingRange', {
    textDocument,
    position,
  });
  expect(linked.ranges).toEqual([
    { start: { line: 10, character: 8 }, end: { line: 10, character: 13 } },
    { start: { line: 12, character: 2 }, end: { line: 12, character: 7 } },
  ]);
  const type = await session.ask<{ range: { start: unknown } }>('textDocument/typeDefinition', {
    textDocument,
    position,
  });
  expect(type.range.start).toEqual({ line: 0, character: 6 });
});

test('a name is renamed, and its uses found, in closed files that import its definition', async () => {
  const uriOf = (name: string) => pathToFileURL(join(folder, name)).href;
  writeFileSync(join(folder, 'user.moeplan'), 'import "./library.moeplan"\nmodel mine extends base { layers = 3 }\n');
  writeFileSync(join(folder, 'stranger.moeplan'), 'model mine extends base { layers = 3 }\n');
  const text = 'model base { layers = 2, hidden = 64 }\n';
  writeFileSync(join(folder, 'library.moeplan'), text);
  await session.open(uriOf('library.moeplan'), text);
  const at = { textDocument: { uri: uriOf('library.moeplan') }, position: { line: 0, character: 7 } };
  const edit = await session.ask<{ changes: Record<string, unknown[]> }>('textDocument/rename', {
    ...at,
    newName: 'root',
  });
  expect(Object.keys(edit.changes).sort()).toEqual([uriOf('library.moeplan'), uriOf('user.moeplan')]);
  expect(edit.changes[uriOf('user.moeplan')]).toEqual([
    { range: { start: { line: 1, character: 19 }, end: { line: 1, character: 23 } }, newText: 'root' },
  ]);
  const uses = await session.ask<{ uri: string }[]>('textDocument/references', {
    ...at,
    context: { includeDeclaration: false },
  });
  expect(uses.map(({ uri }) => uri)).toEqual([uriOf('user.moeplan')]);
});
