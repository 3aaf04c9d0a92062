import { describe, expect, test } from 'vitest';
import { LSPErrorCodes } from 'vscode-languageserver';
import { registerPreview } from '../../../server/src/lsp/previewRequests.ts';
import { analysisOf, MAIN, SMALL_PLAN } from '../../services/editor/support.ts';

const PLAN = `${SMALL_PLAN}deployment d { model = small, cluster = two-nodes, workload = batch, parallel { ep = 8 } }
deployment e { model = small, cluster = two-nodes, workload = batch, parallel { ep = 16 } }
`;

/** The handlers of the preview over a text that a test changes as it likes. */
function handlers() {
  const state = { text: PLAN };
  const known = new Map<string, ReturnType<typeof analysisOf>>();
  const analysis = () => {
    const found = known.get(state.text) ?? analysisOf(state.text);
    known.set(state.text, found);
    return found;
  };
  const registered = new Map<string, (params: unknown, token: unknown) => unknown>();
  const connection = {
    console: { error: (text: string) => expect.fail(text) },
    onRequest: (method: string, handler: (params: unknown, token: unknown) => unknown) =>
      registered.set(method, handler),
  };
  const workspace = { analysis, documents: { get: () => ({ version: 1 }) } };
  // As much of a connection and a workspace as these handlers use.
  Reflect.apply(registerPreview, undefined, [connection, workspace]);
  const ask = (method: string, params: object, token = { isCancellationRequested: false }) => {
    const handler = registered.get(method);
    if (!handler) throw new Error(`${method} is not handled`);
    return Promise.resolve(handler({ uri: MAIN, ...params }, token));
  };
  return { state, ask };
}

describe.each([
  ['moeplan/preview', {}],
  ['moeplan/folded', { deployment: 'd', opened: [], closed: [] }],
  ['moeplan/nodesAt', { position: { line: SMALL_PLAN.split('\n').length - 1, character: 20 } }],
  ['moeplan/whatIf', { deployment: 'd', changes: { sequences: 64 } }],
  ['moeplan/curves', { subjects: [{ deployment: 'd', changes: { tp: '2' } }] }],
  ['moeplan/differences', { deployment: 'd', base: 'e' }],
  ['moeplan/time', { deployment: 'd' }],
])('%s', (method, params) => {
  test('is answered in a later turn, when no edit has come before it', async () => {
    const { ask } = handlers();
    expect(await ask(method, params)).not.toBeNull();
  });

  test('is given up when the text changes before its turn', async () => {
    const { state, ask } = handlers();
    const asked = ask(method, params);
    state.text = PLAN.replace('ep = 8', 'ep = 4');
    await expect(asked).rejects.toMatchObject({ code: LSPErrorCodes.ContentModified });
  });

  test('is given up when nobody waits for it any more', async () => {
    const { ask } = handlers();
    const token = { isCancellationRequested: false };
    const asked = ask(method, params, token);
    token.isCancellationRequested = true;
    await expect(asked).rejects.toMatchObject({ code: LSPErrorCodes.RequestCancelled });
  });
});

test('what the reader asks for by a click is answered at once, of the text as it is', async () => {
  const { state, ask } = handlers();
  const asked = ask('moeplan/export', { format: 'dot', deployment: 'd' });
  state.text = 'nothing';
  expect(await asked).toContain('digraph');
});
