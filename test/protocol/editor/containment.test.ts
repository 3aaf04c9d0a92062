import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { MessageType } from 'vscode-languageserver/node';
import { CLEAN_PLAN } from '../../cli/moeplan.ts';
import { Session } from './session.ts';

const URI = 'file:///plans/plan.moeplan';

/** The services that fail while a test says so. */
const broken = vi.hoisted(() => new Set<string>());

function breakable(module: Record<string, unknown>): Record<string, unknown> {
  const wrapped = Object.entries(module).map(([name, part]) => {
    if (typeof part !== 'function') return [name, part];
    const call = (...args: unknown[]): unknown => {
      if (broken.has(name)) throw new RangeError(`${name} is broken on purpose`);
      return Reflect.apply(part, undefined, args);
    };
    return [name, call];
  });
  return Object.fromEntries(wrapped);
}

vi.mock(import('../../../server/src/services/hover/hover.ts'), async (load) => breakable(await load()));
vi.mock(import('../../../server/src/services/annotations/inlayHints.ts'), async (load) => breakable(await load()));
vi.mock(import('../../../server/src/services/annotations/codeLens.ts'), async (load) => breakable(await load()));
vi.mock(import('../../../server/src/services/completion/completion.ts'), async (load) => breakable(await load()));
vi.mock(import('../../../server/src/services/annotations/semanticTokens.ts'), async (load) => breakable(await load()));
vi.mock(import('../../../server/src/services/preview/model.ts'), async (load) => breakable(await load()));
vi.mock(import('../../../server/src/services/outputs/report.ts'), async (load) => breakable(await load()));
vi.mock(import('../../../server/src/services/findings/diagnostics.ts'), async (load) => breakable(await load()));
vi.mock(import('../../../server/src/services/variants.ts'), async (load) => breakable(await load()));

afterEach(() => broken.clear());

const document = { textDocument: { uri: URI } };
const position = { line: 1, character: 3 };

test.each([
  ['hover', 'textDocument/hover', { ...document, position }],
  ['inlayHints', 'textDocument/inlayHint', { ...document, range: { start: position, end: position } }],
  ['codeLenses', 'textDocument/codeLens', document],
  ['complete', 'textDocument/completion', { ...document, position }],
  ['semanticTokens', 'textDocument/semanticTokens/full', document],
  ['previewModel', 'moeplan/preview', { uri: URI }],
  ['report', 'moeplan/export', { uri: URI, format: 'report' }],
])(
  'a mistake in %s: the request is answered with nothing, the log says why, and the rest goes on',
  async (service, method, params) => {
    const session = await Session.start();
    onTestFinished(() => session.end());
    const logged: string[] = [];
    session.client.onNotification('window/logMessage', ({ type, message }: { type: MessageType; message: string }) => {
      if (type === MessageType.Error) logged.push(message);
    });
    await session.open(URI, CLEAN_PLAN);
    broken.add(service);
    expect(await session.ask(method, params)).toBeNull();
    expect(logged.join('\n')).toContain(`RangeError: ${service} is broken on purpose`);
    broken.clear();
    expect(await session.ask(method, params)).not.toBeUndefined();
    expect(await session.ask('textDocument/documentSymbol', document)).not.toEqual([]);
  },
);

test('what is refused on purpose is refused still', async () => {
  const session = await Session.start();
  onTestFinished(() => session.end());
  await session.open(URI, CLEAN_PLAN);
  const asked = { ...document, position: { line: 0, character: 0 }, newName: '1 2' };
  await expect(session.ask('textDocument/rename', asked)).rejects.toMatchObject({ code: -32803 });
});

test('a number whose prediction fails is on offer without it', async () => {
  const session = await Session.start();
  onTestFinished(() => session.end());
  const text = CLEAN_PLAN.replace('ep = 8', 'ep = ');
  await session.open(URI, text);
  const before = text.slice(0, text.indexOf('ep = ') + 'ep = '.length).split('\n');
  const at = { line: before.length - 1, character: before.at(-1)?.length ?? 0 };
  const labels = async () => {
    const items = await session.ask<readonly { readonly label: string }[]>('textDocument/completion', {
      ...document,
      position: at,
    });
    return items.map(({ label }) => label);
  };
  const whole = await labels();
  broken.add('evaluateVariant');
  expect(await labels()).toEqual(whole);
  expect(whole).toContain('4');
});

test('a mistake while findings are published is logged, and the next edit is answered', async () => {
  const session = await Session.start();
  onTestFinished(() => session.end());
  const logged = new Promise<string>((resolve) => {
    session.client.onNotification('window/logMessage', ({ message }: { message: string }) => resolve(message));
  });
  broken.add('diagnosing');
  await session.open(URI, CLEAN_PLAN);
  expect(await logged).toContain('publishing failed, which is a mistake of moeplan: RangeError: diagnosing is broken');
  broken.clear();
  const published = new Promise<readonly unknown[]>((resolve) => {
    session.client.onNotification(
      'textDocument/publishDiagnostics',
      ({ diagnostics }: { diagnostics: readonly unknown[] }) => resolve(diagnostics),
    );
  });
  await session.change(URI, 'deployment {');
  expect(await published).not.toEqual([]);
});

test('an editor that refuses to watch files is told its findings all the same', async () => {
  const session = await Session.start({
    capabilities: { workspace: { didChangeWatchedFiles: { dynamicRegistration: true }, configuration: true } },
    refusesToWatch: true,
  });
  onTestFinished(() => session.end());
  const { items } = await session.ask<{ readonly items: readonly unknown[] }>('workspace/diagnostic', {
    previousResultIds: [],
  });
  expect(items).toEqual([]);
});
