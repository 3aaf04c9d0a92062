import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CLEAN_PLAN } from '../cli/moeplan.ts';
import { propertyRuns } from '../support/propertyRuns.ts';
import { RawServer, SERVERS } from '../support/rawServer.ts';

const URIS = [
  'file:///plans/plan.moeplan',
  'file:///plans/lib.moeplan',
  'untitled:Untitled-1',
  'file://server/share/a.moeplan',
  'file:///a%2Fb.moeplan',
  'file:///%ff.moeplan',
  '\ud800',
  '',
  'no uri',
  '::',
  'vscode-vfs://github/a.moeplan',
  'file:///etc/passwd',
  'file:///dev/stdin',
];
const TEXTS = [
  CLEAN_PLAN,
  'import "\ud800.moeplan"\n',
  'model m from "\udc00"\n',
  'import "./lib.moeplan"\nmodel n extends m { }',
  'deployment {',
  '',
  '\0',
  '\ud800',
  'let x = x\n',
  `model m { experts { popularity = "\ud800" } }`,
];
const REQUESTS = [
  'textDocument/hover',
  'textDocument/completion',
  'textDocument/signatureHelp',
  'textDocument/definition',
  'textDocument/typeDefinition',
  'textDocument/references',
  'textDocument/documentHighlight',
  'textDocument/prepareRename',
  'textDocument/rename',
  'textDocument/documentSymbol',
  'textDocument/foldingRange',
  'textDocument/selectionRange',
  'textDocument/documentLink',
  'textDocument/linkedEditingRange',
  'textDocument/prepareCallHierarchy',
  'callHierarchy/incomingCalls',
  'callHierarchy/outgoingCalls',
  'workspace/symbol',
  'workspace/diagnostic',
  'textDocument/diagnostic',
  'textDocument/semanticTokens/full',
  'textDocument/inlayHint',
  'textDocument/codeLens',
  'textDocument/codeAction',
  'textDocument/formatting',
  'textDocument/rangeFormatting',
  'textDocument/onTypeFormatting',
  'moeplan/status',
  'moeplan/templates',
  'moeplan/check',
  'moeplan/compare',
  'moeplan/importConfig',
  'moeplan/importLaunch',
  'moeplan/launch',
  'moeplan/launchForms',
  'moeplan/writeLaunch',
  'moeplan/launchHover',
  'moeplan/launchCompletion',
  'moeplan/preview',
  'moeplan/folded',
  'moeplan/reveal',
  'moeplan/nodesAt',
  'moeplan/deployments',
  'moeplan/export',
  'moeplan/reportPictures',
  'moeplan/whatIf',
  'moeplan/curves',
  'moeplan/writeWhatIf',
  'moeplan/differences',
  'moeplan/refused',
  'initialize',
  'no/such',
  '__proto__',
  '',
];
const NOTIFICATIONS = [
  'textDocument/didOpen',
  'textDocument/didChange',
  'textDocument/didClose',
  'textDocument/didSave',
  'initialized',
  'workspace/didChangeConfiguration',
  'workspace/didChangeWatchedFiles',
  'workspace/didChangeWorkspaceFolders',
  '$/cancelRequest',
  '$/setTrace',
  '$/progress',
  'window/workDoneProgress/cancel',
  'no/such',
  'constructor',
];

const number = fc.constantFrom(0, 1, 5, -1, 1.5, 1e9, 2 ** 53);
const position = fc.oneof(fc.record({ line: number, character: number }), fc.constant(null), number);
const range = fc.oneof(fc.record({ start: position, end: position }), fc.constant(null));
const uri = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...URIS.slice(0, 2)) },
  { weight: 2, arbitrary: fc.constantFrom(...URIS) },
);
const text = fc.constantFrom(...TEXTS);
const anything = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom(null, [], {}, 'x', 7, true));

/** Parameters as some request has them, each field of them there or not, and of its kind or not. */
const params = fc.oneof(
  { weight: 1, arbitrary: anything },
  {
    weight: 9,
    arbitrary: fc.record(
      {
        textDocument: fc.oneof(fc.record({ uri, version: number, text, languageId: fc.constant('moeplan') }), anything),
        uri: fc.oneof(uri, anything),
        position,
        range,
        positions: fc.array(position, { maxLength: 3 }),
        context: fc.oneof(
          fc.record({
            diagnostics: fc.constant([]),
            only: fc.constant(['source.fixAll']),
            includeDeclaration: fc.boolean(),
          }),
          anything,
        ),
        contentChanges: fc.oneof(
          fc.array(fc.oneof(fc.record({ text }), fc.record({ range, text }), anything), { maxLength: 3 }),
          anything,
        ),
        newName: fc.oneof(fc.constantFrom('other', '1 2', '\ud800', ''), anything),
        ch: fc.constantFrom('}', '\n', '', '\ud800'),
        query: fc.constantFrom('', 'p', '\ud800'),
        previousResultIds: fc.oneof(fc.constant([]), anything),
        item: fc.oneof(fc.record({ uri, range, selectionRange: range, data: anything }), anything),
        name: fc.constantFrom('plan', '\ud800'),
        deployment: fc.oneof(fc.constantFrom('plan', 'none', '\ud800', '__proto__'), anything),
        deployments: fc.oneof(fc.constant(['plan', '__proto__']), anything),
        id: fc.constantFrom('source', 'constructor', 1),
        format: fc.oneof(fc.constantFrom('dot', 'svg', 'report', 'trace', 'mermaid', 'json', 'figures'), anything),
        file: fc.constantFrom('r.md', '\ud800', '../x', '%'),
        files: fc.oneof(fc.record({ 'file:///plans/plan.moeplan': text }), anything),
        config: uri,
        changes: fc.oneof(
          fc.constant({ 'workload.sequences': 4 }),
          fc.array(fc.record({ uri, type: number }), { maxLength: 2 }),
          anything,
        ),
        known: fc.constantFrom(['\ud800'], [], null),
        settings: anything,
        event: fc.oneof(
          fc.record({
            added: fc.array(fc.oneof(fc.record({ uri, name: fc.constant('n') }), anything), { maxLength: 2 }),
            removed: fc.constant([]),
          }),
          anything,
        ),
        workDoneToken: fc.constantFrom('t', 7),
        value: anything,
      },
      { requiredKeys: ['textDocument', 'uri', 'position'] },
    ),
  },
);

/** An honest notification of a hostile document: what is published by itself is where nobody waits for an answer. */
const opened = fc
  .record({ uri, text, version: fc.nat(9), languageId: fc.constant('moeplan') })
  .map((textDocument) => ({ kind: 'notification' as const, method: 'textDocument/didOpen', params: { textDocument } }));

const step = fc.oneof(
  opened,
  fc.record({ kind: fc.constant('request' as const), method: fc.constantFrom(...REQUESTS), params }),
  fc.record({ kind: fc.constant('notification' as const), method: fc.constantFrom(...NOTIFICATIONS), params }),
  fc.record({ kind: fc.constant('message' as const), method: fc.constant(''), params: anything }),
);

const initializeParams = fc.record({
  processId: fc.constant(null),
  capabilities: fc.constantFrom(
    {},
    { workspace: { workspaceFolders: true, configuration: true }, textDocument: { diagnostic: {} } },
  ),
  rootUri: fc.oneof(uri, anything),
  workspaceFolders: fc.oneof(
    fc.array(fc.oneof(fc.record({ uri, name: fc.constant('n') }), anything), { maxLength: 2 }),
    anything,
  ),
});

test.each([
  ['an import', 'file:///plans/plan.moeplan', 'import "\ud800.moeplan"\n', 'import-not-found'],
  ['a config', 'file:///plans/plan.moeplan', 'model m from "\udc00"\n', 'import-not-found'],
  [
    'a table of counts',
    'file:///plans/plan.moeplan',
    CLEAN_PLAN.replace('{ count', '{ popularity = "\ud800", count'),
    'import-not-found',
  ],
  ['a plan of another machine', 'file://server/share/a.moeplan', 'import "./b.moeplan"\n', 'import-not-found'],
  ['a plan whose name holds a slash', 'file:///a%2Fb.moeplan', 'import "./b.moeplan"\n', 'import-not-found'],
])('%s that no path can name is a finding, and the server goes on', async (_, uri, text, rule) => {
  const server = new RawServer(SERVERS[0]?.[1]() ?? []);
  server
    .initialize()
    .notify('textDocument/didOpen', { textDocument: { uri, languageId: 'moeplan', version: 1, text } });
  const { params: published } = await server.answer(({ method }) => method === 'textDocument/publishDiagnostics');
  expect(JSON.stringify(published)).toContain(`"code":"${rule}"`);
  server.request(1, 'textDocument/documentSymbol', { textDocument: { uri } });
  expect((await server.answerTo(1)).error).toBeUndefined();
  expect(server.errors).toBe('');
});

test.each(SERVERS)('%s answers every request of a hostile client, and still serves an honest one', async (_, args) => {
  await fc.assert(
    fc.asyncProperty(
      initializeParams,
      fc.array(step, { minLength: 10, maxLength: 40, size: 'max' }),
      async (initialize, steps) => {
        const server = new RawServer(args());
        server.initialize(initialize);
        const ids: number[] = [];
        server.notify('textDocument/didOpen', {
          textDocument: { uri: URIS[0], version: 1, languageId: 'moeplan', text: CLEAN_PLAN },
        });
        for (const { kind, method, params: sent } of steps) {
          if (kind === 'message') server.send(sent);
          else if (kind === 'notification') server.notify(method, sent);
          else server.request(ids.push(ids.length + 1), method, sent);
        }
        const honest = { uri: 'file:///honest/plan.moeplan', languageId: 'moeplan', version: 1, text: CLEAN_PLAN };
        server.notify('textDocument/didOpen', { textDocument: honest });
        server.request(1_000, 'textDocument/documentSymbol', { textDocument: { uri: honest.uri } });
        for (const id of ids) await server.answerTo(id);
        expect((await server.answerTo(1_000)).result).toHaveLength(4);
        server.request(1_001, 'shutdown');
        await server.answerTo(1_001);
        server.notify('exit');
        expect(await server.exited).toBe(0);
        expect(server.errors).toBe('');
      },
    ),
    { numRuns: propertyRuns(4) },
  );
});
