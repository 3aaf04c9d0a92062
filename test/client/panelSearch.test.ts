import { beforeEach, describe, expect, test, vi } from 'vitest';
import * as editor from './editor.ts';

vi.mock('vscode', async () => (await import('./editor.ts')).module);
vi.mock('vscode-languageclient', () => ({
  RequestType: class {},
  ProgressType: class {},
  LSPErrorCodes: { ContentModified: -32801 },
}));

const { PreviewPanels } = await import('../../client/src/preview/panels.ts');
const { Server } = await import('./panelServer.ts');

const ADDRESS = 'file:///repo/plan.moeplan';
const { state } = editor;
let server: InstanceType<typeof Server>;
let panels: InstanceType<typeof PreviewPanels>;

/** Until everything that follows from what has happened has happened. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

function show() {
  Reflect.apply(panels.show, panels, [editor.Uri.parse(ADDRESS), -2, { view: 'search' }]);
  const panel = state.made.at(-1);
  if (!panel) throw new Error('no panel was made');
  return panel;
}

async function ready() {
  const panel = show();
  panel.say({ type: 'ready' });
  await settled();
  return panel;
}

beforeEach(() => {
  state.files = new Set([ADDRESS]);
  state.open = new Set([ADDRESS]);
  state.made = [];
  state.closing.clear();
  server = new Server();
  panels = new PreviewPanels(
    Object.assign(Object.create(null), editor.Uri.parse('file:///extension')),
    server.requests,
    { add: () => undefined },
  );
});

const search = (sequence: number) => ({ type: 'search', deployment: 'd', narrow: [], sequence });
const searchAnswer = { deployment: 'd', searches: [], search: '', asks: [], narrow: [], faults: [] };

describe('a search of the page', () => {
  test('tells what there is meanwhile, and nothing more once it is answered', async () => {
    const panel = await ready();
    panel.say(search(1));
    await settled();
    const { params, answer } = server.last;
    expect(params).toMatchObject({ uri: ADDRESS, deployment: 'd', narrow: [] });
    const [[name = '', hear = () => undefined] = []] = [...server.hearing];
    expect(params).toMatchObject({ partialResultToken: name });
    hear({ ...searchAnswer, asks: ['so far'] });
    answer(searchAnswer);
    await settled();
    expect(panel.sent.slice(-2)).toEqual([
      { type: 'search', sequence: 1, answer: { ...searchAnswer, asks: ['so far'] } },
      { type: 'search', sequence: 1, answer: searchAnswer },
    ]);
    expect(server.hearing.size).toBe(0);
  });

  test('gives way to the next, which is asked first, so that the server goes on with what both ask', async () => {
    const panel = await ready();
    panel.say(search(1));
    await settled();
    const first = server.last;
    panel.say(search(2));
    await settled();
    expect(server.last).not.toBe(first);
    expect([first.token, server.last.token]).toEqual([
      { isCancellationRequested: true },
      { isCancellationRequested: false },
    ]);
    first.fail(Object.assign(new Error('cancelled'), { code: -32800 }));
    await settled();
    expect(panel.types()).not.toContain('search');
  });

  test.each([
    ['the page says that nobody looks at it', (panel: ReturnType<typeof show>) => panel.say({ type: 'stopSearch' })],
    ['the panel is hidden', (panel: ReturnType<typeof show>) => panel.turn(false)],
    ['the panel is closed', (panel: ReturnType<typeof show>) => panel.dispose()],
    ['a new page comes', (panel: ReturnType<typeof show>) => panel.say({ type: 'ready' })],
  ])('ends when %s', async (_, end) => {
    const panel = await ready();
    panel.say(search(1));
    await settled();
    const { token, answer } = server.last;
    end(panel);
    await settled();
    expect(token).toEqual({ isCancellationRequested: true });
    answer(searchAnswer);
    await settled();
    expect(panel.types()).not.toContain('search');
  });

  test('says why there is no answer, but not of a text that has changed', async () => {
    const panel = await ready();
    panel.say(search(1));
    await settled();
    server.last.fail(Object.assign(new Error('changed'), { code: -32801 }));
    await settled();
    expect(panel.types()).not.toContain('search');
    panel.say(search(2));
    await settled();
    server.last.fail(new Error('the server has stopped'));
    await settled();
    expect(panel.sent.at(-1)).toEqual({ type: 'search', sequence: 2, answer: { failed: 'the server has stopped' } });
  });

  test('a found plan is written, unless the text has changed meanwhile', async () => {
    const panel = await ready();
    panel.say({ type: 'writeFound', deployment: 'd', plan: '0.tp=8' });
    await settled();
    expect(server.last.params).toMatchObject({ uri: ADDRESS, deployment: 'd', plan: '0.tp=8' });
    server.last.answer({ refused: 'the plan is not known: search again' });
    await settled();
    expect(panel.sent.at(-1)).toEqual({
      type: 'writtenFound',
      deployment: 'd',
      isDone: false,
      text: 'the plan is not known: search again',
    });
    panel.say({ type: 'writeFound', deployment: 'd', plan: '0.tp=8' });
    await settled();
    server.last.answer({ version: 7, name: 'd-better', words: 'tp 8', edit: {} });
    await settled();
    expect(panel.sent.at(-1)).toMatchObject({ isDone: false });
  });
});
