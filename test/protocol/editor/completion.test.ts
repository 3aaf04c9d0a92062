import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SMALL_PLAN } from '../../services/editor/support.ts';
import { Session } from './session.ts';

interface Item {
  readonly label: string;
  readonly detail: string;
  readonly command?: { readonly command: string };
  readonly filterText?: string;
  readonly preselect?: boolean;
  readonly labelDetails?: { readonly description: string };
  readonly textEdit: { readonly range: { readonly start: unknown; readonly end: unknown }; readonly newText: string };
}

let folder: string;
let session: Session;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'moeplan-'));
  writeFileSync(join(folder, 'models.moeplan'), '');
  session = await Session.start({ folders: [pathToFileURL(folder).href] });
});
afterEach(() => {
  session.end();
  rmSync(folder, { recursive: true });
});

async function complete(marked: string): Promise<Item[]> {
  const uri = pathToFileURL(join(folder, 'main.moeplan')).href;
  const offset = marked.indexOf('$0');
  const before = marked.slice(0, offset).split('\n');
  await session.open(uri, marked.replace('$0', ''));
  const position = { line: before.length - 1, character: before.at(-1)?.length ?? 0 };
  return session.ask<Item[]>('textDocument/completion', { textDocument: { uri }, position });
}

test('a degree comes with its share, memory and throughput beside it', async () => {
  const [first] = await complete(
    `${SMALL_PLAN}deployment d {\n  model = small, cluster = two-nodes, workload = batch\n  parallel { tp = $0 }\n}\n`,
  );
  expect(first?.labelDetails?.description).toMatch(/^32 heads each, [\d.]+ of 79\.2 GiB, [\d.]+ million tokens\/s$/);
});

test('of the degrees that fit the fastest is chosen', async () => {
  const rows = await complete(
    `${SMALL_PLAN}deployment d {\n  model = small, cluster = two-nodes, workload = batch\n  parallel { tp = $0 }\n}\n`,
  );
  const rateOf = ({ labelDetails }: Item) => {
    const [, number = '0', unit = ''] =
      /, ([\d.]+) (thousand|million)? ?tokens\/s$/.exec(labelDetails?.description ?? '') ?? [];
    return Number(number) * ({ thousand: 1e3, million: 1e6 }[unit] ?? 1);
  };
  const chosen = rows.filter(({ preselect }) => preselect);
  expect(chosen).toHaveLength(1);
  expect(chosen.map(rateOf)).toEqual([Math.max(...rows.map(rateOf))]);
});

test('files of the workspace are offered, and replace what stands in the string', async () => {
  const [only, ...others] = await complete('import "./mod$0"\n');
  expect(others).toEqual([]);
  expect(only?.textEdit).toEqual({
    range: { start: { line: 0, character: 8 }, end: { line: 0, character: 13 } },
    newText: './models.moeplan',
  });
});

test('a list with other names is asked for again with each letter', async () => {
  expect(await complete('cluster c { gpu = A100-SXM4$0 }\n')).toMatchObject({
    isIncomplete: true,
    items: expect.arrayContaining([expect.objectContaining({ label: 'A100-SXM-80' })]),
  });
});

test('every row has its facts, and a chosen property opens the list where the editor has told how', async () => {
  const rows = await complete('cluster c {\n  $0\n}\n');
  expect(rows.length).toBeGreaterThan(3);
  for (const { label, labelDetails } of rows) expect(labelDetails?.description, label).toBeTruthy();
  expect(rows.find(({ label }) => label === 'node')?.command).toBeUndefined();
  session.end();
  session = await Session.start({
    folders: [pathToFileURL(folder).href],
    suggestCommand: { command: 'show.list', arguments: [1] },
  });
  const again = await complete('cluster c {\n  $0\n}\n');
  expect(again.find(({ label }) => label === 'node')?.command).toEqual({
    title: '',
    command: 'show.list',
    arguments: [1],
  });
  expect(again.find(({ label }) => label === 'count')?.command).toBeUndefined();
});

test('no character that may stand inside of a statement opens a list over one that is open', async () => {
  expect(session.capabilities).toMatchObject({ completionProvider: { triggerCharacters: ['=', '>', '"'] } });
  const uri = pathToFileURL(join(folder, 'main.moeplan')).href;
  await session.open(uri, 'cluster c { node = , count = }\n');
  const ask = (character: number, context: object) =>
    session.ask<Item[]>('textDocument/completion', {
      textDocument: { uri },
      position: { line: 0, character },
      context,
    });
  const opened = { triggerKind: 2, triggerCharacter: '=' };
  expect((await ask(18, opened)).find(({ label }) => label === 'DGX-H100')?.textEdit.newText).toBe(' DGX-H100');
  expect(await ask(28, opened)).toEqual([]);
  expect((await ask(28, { triggerKind: 1 })).map(({ label }) => label)).toContain('2');
});
