import { afterEach, beforeEach, expect, test } from 'vitest';
import { LSPErrorCodes } from 'vscode-languageserver';
import { Answers } from '../../../server/src/lsp/answers.ts';
import { analysisOf, SMALL_PLAN } from '../../services/editor/support.ts';
import { Session } from './session.ts';

const uri = 'file:///workspace/main.moeplan';
const text = `${SMALL_PLAN}deployment d {\n  model = small, cluster = two-nodes, workload = batch\n  parallel { tp = 8, pp = 2, ep = 8 }\n}\n`;
const everywhere = { start: { line: 0, character: 0 }, end: { line: 99, character: 0 } };
let session: Session;
beforeEach(async () => {
  session = await Session.start();
});
afterEach(() => session.end());

const labels = async () =>
  (await session.ask<{ label: string }[]>('textDocument/inlayHint', { textDocument: { uri }, range: everywhere })).map(
    ({ label }) => label,
  );
const titles = async () =>
  (await session.ask<{ command: { title: string } }[]>('textDocument/codeLens', { textDocument: { uri } })).map(
    ({ command }) => command.title,
  );

test('hints and lenses come with the figures', async () => {
  await session.open(uri, text);
  expect(await labels()).toEqual(['(512 MiB each)', '(4 heads each)', '(2 layers each)', '(2 experts per layer)']);
  const lenses = await session.ask<{ command: { title: string; command: string; arguments: unknown[] } }[]>(
    'textDocument/codeLens',
    { textDocument: { uri } },
  );
  expect(lenses.map(({ command }) => [command.command, ...command.arguments])).toEqual([
    ['moeplan.previewDagToSide', uri, 'd', 'memory'],
    ['moeplan.previewDagToSide', uri, 'd', 'time', 'Throughput per GPU'],
    ['moeplan.previewDagToSide', uri, 'd', 'timeline'],
    ['moeplan.previewDagToSide', uri, 'd'],
    ['moeplan.findBetterPlan', uri, 'd'],
  ]);
  expect((await titles()).slice(-2)).toEqual(['Preview', 'Find a better plan']);
});

test('a kind that is switched off is not sent, and the editor is told to ask again', async () => {
  session.end();
  session = await Session.start({
    capabilities: {
      workspace: { configuration: true, inlayHint: { refreshSupport: true }, codeLens: { refreshSupport: true } },
    },
    settings: { inlayHints: { degrees: false }, codeLens: false },
  });
  const asked = new Promise<void>((resolve) => {
    session.client.onRequest('workspace/inlayHint/refresh', () => {
      resolve();
      return null;
    });
  });
  await session.open(uri, text);
  await asked;
  expect(await labels()).toEqual(['(512 MiB each)']);
  expect(await titles()).toEqual([]);
});

test('what needs a prediction is given up when the text changes or the request is cancelled', async () => {
  let text = SMALL_PLAN;
  const cache = new Map<string, ReturnType<typeof analysisOf>>();
  const analysis = () => {
    const known = cache.get(text) ?? analysisOf(text);
    cache.set(text, known);
    return known;
  };
  const answers = new Answers({ analysis, linesOf: () => undefined, pageOf: () => undefined });
  let computed = 0;
  const handler = answers.later(() => ++computed);
  const token = { isCancellationRequested: false, onCancellationRequested: () => ({ dispose: () => {} }) };
  expect(await handler({ textDocument: { uri } }, token)).toBe(1);

  const stale = handler({ textDocument: { uri } }, token);
  text += 'let a = 1';
  await expect(stale).rejects.toMatchObject({ code: LSPErrorCodes.ContentModified });

  const dropped = handler({ textDocument: { uri } }, token);
  token.isCancellationRequested = true;
  await expect(dropped).rejects.toMatchObject({ code: LSPErrorCodes.RequestCancelled });
  expect(computed).toBe(1);
});

test('the client is told what the status bar shows, and what a new plan may begin with', async () => {
  await session.open(uri, text);
  const position = { line: 9, character: 4 };
  const status = await session.ask<{ text: string; fits: boolean }>('moeplan/status', {
    textDocument: { uri },
    position,
  });
  expect(status).toMatchObject({ text: expect.stringMatching(/^d: /), fits: true });
  const templates = await session.client.sendRequest<{ id: string }[]>('moeplan/templates', null);
  expect(templates.map(({ id }) => id)).toContain('serving');
});
