import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { CLEAN_PLAN } from '../cli/moeplan.ts';
import { folderWith } from '../support/folders.ts';
import { frame, RawServer, SERVERS } from '../support/rawServer.ts';

const URI = 'file:///plans/plan.moeplan';
const OPENED = { textDocument: { uri: URI, languageId: 'moeplan', version: 1, text: 'deployment {' } };
const SYMBOLS = { textDocument: { uri: URI } };

describe.each(SERVERS)('%s', (_, args) => {
  const start = (folder?: string) => new RawServer(args(), folder);

  test('refuses requests before `initialize`, passes notifications over, and serves then', async () => {
    const server = start();
    server.request(1, 'textDocument/hover', {}).request(2, 'moeplan/preview', { uri: URI }).request(3, 'shutdown');
    server.notify('textDocument/didOpen', OPENED);
    for (const id of [1, 2, 3]) expect((await server.answerTo(id)).error?.code).toBe(-32002);
    server.initialize().request(4, 'textDocument/documentSymbol', SYMBOLS);
    expect((await server.answerTo(4)).result).toBeNull();
    server.request(5, 'initialize', {});
    expect((await server.answerTo(5)).error?.code).toBe(-32600);
    expect(server.errors).toBe('');
  });

  test('refuses all requests after `shutdown`, and ends with 0', async () => {
    const server = start();
    server.initialize().request(1, 'shutdown').request(2, 'textDocument/hover', SYMBOLS).request(3, 'shutdown');
    server.request(4, 'no/such').notify('textDocument/didOpen', OPENED);
    expect((await server.answerTo(1)).result).toBeNull();
    for (const id of [2, 3, 4]) expect((await server.answerTo(id)).error?.code).toBe(-32600);
    server.notify('exit');
    expect(await server.exited).toBe(0);
    expect(server.answers.filter(({ method }) => method === 'textDocument/publishDiagnostics')).toEqual([]);
  });

  test.each<readonly [string, number, (server: RawServer) => unknown]>([
    ['exit without shutdown', 1, (server) => server.initialize().notify('exit')],
    ['exit before anything', 1, (server) => server.notify('exit')],
    ['a closed input', 1, (server) => server.initialize().process.stdin.end()],
    [
      'an input closed in the middle of a message',
      1,
      (server) => server.write('Content-Length: 9\r\n\r\n{').process.stdin.end(),
    ],
    ['an input closed after shutdown', 0, (server) => server.initialize().request(1, 'shutdown').process.stdin.end()],
    [
      'shutdown, exit and the end at once',
      0,
      (server) => server.initialize().request(1, 'shutdown').notify('exit').process.stdin.end(),
    ],
  ])('%s: exit code %i, and no word', async (_what, code, act) => {
    const server = start();
    act(server);
    expect(await server.exited).toBe(code);
    expect(server.errors).toBe('');
  });

  test.each([
    ['Content-Length: -5', '`-5`'],
    ['Content-Length: five', '`five`'],
    ['Content-Length: 1.5', '`1.5`'],
    ['Content-Length: 0x10', '`0x10`'],
    ['Content-Length:', '``'],
    ['Content-Length: 99999999999999999999', 'is larger than'],
    ['Content-Length: 2\r\nContent-Length: 3', 'no header with one Content-Length'],
    ['Content-Type: text/plain', 'no header with one Content-Length'],
    ['GET / HTTP/1.1', 'no header with one Content-Length'],
  ])('%s: ends with 2 and one line that says why', async (header, reason) => {
    const server = start();
    server.initialize();
    await server.answerTo(0);
    server.write(`${header}\r\n\r\n{}`);
    expect(await server.exited).toBe(2);
    expect(server.errors).toMatch(/^moeplan: the input is not the Language Server Protocol: .*\n$/);
    expect(server.errors).toContain(reason);
  });

  test('a header without an end is not waited for', async () => {
    const server = start();
    server.write('x'.repeat(10_000));
    expect(await server.exited).toBe(2);
    expect(server.errors).toContain('a header has no end');
  });

  test('what is no JSON or no message is answered so, and what comes behind it is read', async () => {
    const server = start();
    server.initialize().write(frame('{ not json')).send([], 7, null, 'text', {}).request(1, 'textDocument/hover', null);
    server.request(2, 'textDocument/documentSymbol', SYMBOLS);
    expect((await server.answerTo(2)).result).toBeNull();
    const refused = server.answers.filter(({ id }) => id === null).map(({ error }) => error?.code);
    expect(refused).toEqual([-32700, -32600, -32600, -32600, -32600, -32600]);
  });

  test('parameters that are none are refused with a sentence, and are no mistake of ours', async () => {
    const server = start();
    server.initialize().notify('textDocument/didOpen', OPENED);
    const asked: readonly (readonly [string, unknown])[] = [
      ['textDocument/hover', {}],
      ['textDocument/hover', { ...SYMBOLS, position: null }],
      ['textDocument/definition', { ...SYMBOLS, position: { line: -1, character: 0 } }],
      ['textDocument/references', { ...SYMBOLS, position: {}, context: {} }],
      ['textDocument/rename', { textDocument: 7 }],
      ['textDocument/documentSymbol', { textDocument: { uri: 7 } }],
      ['textDocument/inlayHint', {}],
      ['moeplan/status', { ...SYMBOLS }],
      ['moeplan/check', { uri: URI }],
      ['moeplan/compare', { uri: URI, deployments: 'all' }],
    ];
    for (const [index, [method, params]] of asked.entries()) server.request(index + 1, method, params);
    for (const [index, [method]] of asked.entries())
      expect([method, (await server.answerTo(index + 1)).error?.code]).toEqual([method, -32602]);
    expect(server.answers.filter(({ method }) => method === 'window/logMessage')).toEqual([]);
  });

  test('a message may come byte by byte', async () => {
    const server = start();
    const initialize = { jsonrpc: '2.0', id: 1, method: 'initialize', params: { capabilities: {} } };
    for (const byte of Buffer.from(frame(JSON.stringify(initialize)))) server.write(Buffer.from([byte]));
    expect((await server.answerTo(1)).error).toBeUndefined();
  });
});

describe('folders of the workspace', () => {
  const file = { 'deep/use.moeplan': 'import "../lib.moeplan"\nlet m = n\n', 'lib.moeplan': 'let n = 1\n' };
  const initialize: readonly (readonly [string, (folder: string) => object, boolean])[] = [
    ['workspace folders', (at) => ({ workspaceFolders: [{ uri: pathToFileURL(at).href, name: 'x' }] }), true],
    ['`rootUri` alone', (at) => ({ rootUri: pathToFileURL(at).href }), true],
    ['`rootUri`, and null as folders', (at) => ({ rootUri: pathToFileURL(at).href, workspaceFolders: null }), true],
    ['`rootPath` alone', (at) => ({ rootPath: at }), true],
    ['`rootPath`, and null as URI', (at) => ({ rootPath: at, rootUri: null }), true],
    ['`rootUri` before `rootPath`', (at) => ({ rootUri: pathToFileURL(at).href, rootPath: '/nowhere' }), true],
    ['no folder', () => ({}), false],
    ['nothing but nulls', () => ({ rootUri: null, rootPath: null, workspaceFolders: null }), false],
    ['an empty list', (at) => ({ workspaceFolders: [], rootUri: pathToFileURL(at).href }), false],
    ['values of other kinds', () => ({ workspaceFolders: [7, null, {}, { uri: 7 }], rootUri: 7, rootPath: {} }), false],
    ['URIs that are no places', () => ({ workspaceFolders: [{ uri: 'file://server/share' }, { uri: '::' }] }), false],
  ];

  test.each(initialize)('%s', async (_, params, isInside) => {
    const folder = folderWith(file);
    const uri = pathToFileURL(`${folder}/deep/use.moeplan`).href;
    const server = new RawServer(SERVERS[0]?.[1]() ?? []);
    server.initialize({ processId: null, capabilities: {}, ...params(folder) });
    expect((await server.answerTo(0)).result).toMatchObject({ capabilities: { hoverProvider: true } });
    server.notify('textDocument/didOpen', {
      textDocument: { uri, languageId: 'moeplan', version: 1, text: file['deep/use.moeplan'] },
    });
    const published = await server.answer(({ method }) => method === 'textDocument/publishDiagnostics');
    expect(JSON.stringify(published.params).includes('import-outside-workspace')).toBe(!isInside);
    expect(server.errors).toBe('');
  });
});

test('a channel that nobody named is told in one line', async () => {
  const [, args] = SERVERS[0] ?? ['', () => []];
  const server = new RawServer(args().slice(0, 1));
  expect(await server.exited).toBe(2);
  expect(server.errors).toMatch(/^moeplan: no channel to an editor: .*\n$/);
});

test('a plan that cannot be read is never without a finding', async () => {
  const folder = folderWith({ 'big.moeplan': `${CLEAN_PLAN}${' '.repeat(8 * 2 ** 20)}`, 'fine.moeplan': CLEAN_PLAN });
  const server = new RawServer(SERVERS[0]?.[1]() ?? []);
  server.initialize({ processId: null, capabilities: {}, rootUri: pathToFileURL(folder).href });
  server.request(1, 'workspace/diagnostic', { previousResultIds: [] });
  expect((await server.answerTo(1)).result).toMatchObject({
    items: [
      {
        uri: pathToFileURL(`${folder}/big.moeplan`).href,
        items: [{ code: 'file-not-read', message: expect.stringContaining('it has more than 8 MiB') }],
      },
      { uri: pathToFileURL(`${folder}/fine.moeplan`).href, items: [] },
    ],
  });
});
