import { beforeEach, describe, expect, test, vi } from 'vitest';
import * as editor from './editor.ts';

vi.mock('vscode', async () => (await import('./editor.ts')).module);
vi.mock('vscode-languageclient', () => ({
  RequestType: class {},
  ProgressType: class {},
  LSPErrorCodes: { ContentModified: -32801 },
}));

const { PreviewPanels } = await import('../../client/src/preview/panels.ts');
const { Requests } = await import('../../client/src/requests.ts');

const ADDRESS = 'file:///repo/plan.moeplan';
const PNG = 'iVBORw0KGgoAAAANSUhEUg==';

/** A server that answers when it is told to, in the order in which it was asked. */
class Server {
  readonly asked: {
    readonly params: unknown;
    readonly token?: { readonly isCancellationRequested: boolean };
    readonly answer: (value: unknown) => void;
    readonly fail: (error: unknown) => void;
  }[] = [];
  /** Who hears how far requests have come, by the names of their tokens. */
  readonly hearing = new Map<string, (value: unknown) => void>();
  readonly requests = new Requests(
    // As much of a client as requests use.
    Object.assign(Object.create(null), {
      code2ProtocolConverter: { asUri: String },
      sendRequest: (_: unknown, params: unknown, token?: { readonly isCancellationRequested: boolean }) =>
        new Promise((answer, fail) => {
          this.asked.push({ params, answer, fail, ...(token && { token }) });
        }),
      onProgress: (_: unknown, name: string, hear: (value: unknown) => void) => {
        this.hearing.set(name, hear);
        return { dispose: () => this.hearing.delete(name) };
      },
    }),
  );

  get last() {
    const last = this.asked.at(-1);
    if (!last) throw new Error('nothing was asked');
    return last;
  }
}

const { state } = editor;
let server: Server;
/** Steps of the walkthrough that were done. */
let steps: string[] = [];
let panels: InstanceType<typeof PreviewPanels>;
const plan = editor.Uri.parse(ADDRESS);

/** Until everything that follows from what has happened has happened. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

const model = { uri: ADDRESS, version: 1, names: ['d'], deployments: [] };
const whatIf = (sequence: number, deployment = 'd') => ({ type: 'whatIf', deployment, changes: {}, sequence });

function show() {
  Reflect.apply(panels.show, panels, [plan, -2, { view: 'dag' }]);
  const panel = state.made.at(-1);
  if (!panel) throw new Error('no panel was made');
  return panel;
}

async function ready(panel = show()) {
  panel.say({ type: 'ready' });
  await settled();
  return panel;
}

beforeEach(() => {
  steps = [];
  state.files = new Set([ADDRESS]);
  state.open = new Set([ADDRESS]);
  state.made = [];
  state.saved = [];
  state.errors = [];
  state.told = [];
  state.closing.clear();
  server = new Server();
  panels = new PreviewPanels(
    Object.assign(Object.create(null), editor.Uri.parse('file:///extension')),
    server.requests,
    { add: (step) => steps.push(step) },
  );
});

describe('a panel that is closed while the server works', () => {
  test.each(['ready', whatIf(1), { type: 'fold', deployment: 'd', folds: { opened: ['x'], closed: [] } }])(
    'gets no answer to %o, and nothing fails',
    async (message) => {
      const panel = await ready();
      if (typeof message !== 'string') panel.say(message);
      await settled();
      panel.dispose();
      for (const { answer } of server.asked) answer({ ...model, knobs: [], refused: 'no' });
      await settled();
      expect(panel.sent).toEqual([]);
      expect(state.errors).toEqual([]);
    },
  );
});

describe('a page in place of an earlier one', () => {
  test('gets no answers to what that one asked, though both count from 1', async () => {
    const panel = await ready();
    server.last.answer(model);
    panel.say(whatIf(1, 'd'));
    panel.say(whatIf(2, 'd'));
    await settled();
    const before = server.last;
    panel.say({ type: 'ready' });
    await settled();
    panel.say(whatIf(1, 'e'));
    before.answer({ deployment: 'd', knobs: [] });
    await settled();
    expect(server.last.params).toMatchObject({ deployment: 'e' });
    server.last.answer({ deployment: 'e', knobs: [] });
    await settled();
    expect(panel.sent.filter((message) => JSON.stringify(message).includes('"whatIf"'))).toEqual([
      { type: 'whatIf', sequence: 1, answer: { deployment: 'e', knobs: [] } },
    ]);
  });

  test('is not said to have what was on its way to that one', async () => {
    const panel = await ready();
    server.last.answer(model);
    panel.say({ type: 'fold', deployment: 'd', folds: { opened: ['x'], closed: [] } });
    await settled();
    const folded = server.last;
    panel.say({ type: 'ready' });
    await settled();
    folded.answer({ picture: { topology: { digest: 'a' }, positions: { digest: 'b' } } });
    server.last.answer(model);
    await settled();
    panels.changed(Object.assign(Object.create(null), plan, { toString: () => ADDRESS }));
    expect(server.last.params).toMatchObject({ known: [] });
    expect(panel.types()).not.toContain('folded');
  });
});

test('of questions that come while one is answered only the last is asked', async () => {
  const panel = await ready();
  for (const sequence of [1, 2, 3]) panel.say(whatIf(sequence));
  await settled();
  const asked = () => server.asked.filter(({ params }) => JSON.stringify(params).includes('changes')).length;
  expect(asked()).toBe(1);
  server.last.fail(new Error('out of order'));
  await settled();
  server.last.answer({ deployment: 'd', knobs: [] });
  await settled();
  expect(asked()).toBe(2);
  expect(panel.sent.slice(-2)).toEqual([
    { type: 'whatIf', sequence: 1, answer: { failed: 'out of order' } },
    { type: 'whatIf', sequence: 3, answer: { deployment: 'd', knobs: [] } },
  ]);
});

test('what the text has overtaken is no failure to tell: the page asks again with the new text', async () => {
  const panel = await ready();
  panel.say(whatIf(1));
  await settled();
  for (const { fail } of server.asked) fail(Object.assign(new Error('the text has changed'), { code: -32801 }));
  await settled();
  expect(panel.sent).toEqual([]);
  expect(state.errors).toEqual([]);
});

test('a click that fails is told', async () => {
  const panel = await ready();
  panel.say({ type: 'reveal', deployment: 'd', id: 'source' });
  await settled();
  server.last.fail(new Error('the server has stopped'));
  await settled();
  expect(state.errors).toEqual(['The preview could not do that: the server has stopped']);
});

/** The tab of a plan is closed; where the file is gone, it cannot be opened again. */
async function close(isGone: boolean): Promise<void> {
  if (isGone) state.files.clear();
  state.open.clear();
  for (const listener of state.closing) listener({ uri: plan });
  await settled();
}

describe('a plan whose tab was closed', () => {
  test('is opened again, so that the panel goes on', async () => {
    const panel = await ready();
    server.last.answer(model);
    await settled();
    await close(false);
    expect([...state.open]).toEqual([ADDRESS]);
    server.last.answer(model);
    await settled();
    expect(panel.types()).toEqual(['model', 'show', 'model']);
  });

  test('is opened again for a click, where the panel was not told', async () => {
    const panel = await ready();
    state.open.clear();
    panel.say({ type: 'reveal', deployment: 'd', id: 'source' });
    await settled();
    expect([...state.open]).toEqual([ADDRESS]);
    expect(server.last.params).toMatchObject({ id: 'source' });
  });

  test('and which is gone leaves the last pictures with the reason; a click is told it too', async () => {
    const panel = await ready();
    server.last.answer({ ...model, uri: 'file:///as/the/server/writes/it' });
    await settled();
    await close(true);
    const reason = expect.stringContaining('plan.moeplan is not there any more');
    expect(panel.sent.at(-1)).toMatchObject({
      type: 'model',
      model: { uri: 'file:///as/the/server/writes/it', deployments: [], stale: reason },
    });
    const asked = server.asked.length;
    panel.say({ type: 'reveal', deployment: 'd', id: 'source' });
    panel.say({ type: 'export', deployment: 'd', format: 'svg', picture: 'folded' });
    await settled();
    const told = expect.stringContaining('could not do that: plan.moeplan is not there any more');
    expect(state.errors).toEqual([told, told]);
    expect(server.asked.length).toBe(asked);
  });

  test('is no matter of a panel that was closed before', async () => {
    const panel = await ready();
    server.last.answer(model);
    await settled();
    panel.dispose();
    await close(false);
    expect([...state.open]).toEqual([]);
    expect(state.closing.size).toBe(0);
  });
});

describe('a line that is to be shown', () => {
  const atLine = { line: 3, character: 1 };
  const found = { deployment: 'd', nodes: ['source'] };

  async function showLine() {
    const panel = await ready();
    server.last.answer(model);
    await settled();
    Reflect.apply(panels.show, panels, [plan, -2, { view: 'dag', line: atLine }]);
    return panel;
  }

  test('is that of the deployment that is looked at', async () => {
    const panel = await ready();
    server.last.answer(model);
    panel.say({ type: 'state', view: 'dag', deployment: 'e' });
    Reflect.apply(panels.show, panels, [plan, -2, { view: 'dag', line: atLine }]);
    expect(server.last.params).toMatchObject({ position: atLine, preferred: 'e' });
    server.last.answer(found);
    await settled();
    expect(panel.sent.at(-1)).toEqual({ type: 'show', view: 'dag', ...found });
  });

  test('is that of the deployment that is shown, where none was chosen', async () => {
    const panel = await ready();
    server.last.answer(model);
    panel.say({ type: 'state', view: 'dag', shown: 'second' });
    expect(Reflect.apply(panels.shownOf, panels, [plan])).toBe('second');
    Reflect.apply(panels.show, panels, [plan, -2, { view: 'dag', line: atLine }]);
    expect(server.last.params).toMatchObject({ position: atLine, preferred: 'second' });
  });

  test('waits for a page, and again for the model of a text that has changed meanwhile', async () => {
    const panel = await showLine();
    panel.turn(false);
    panel.turn(true);
    server.last.fail(Object.assign(new Error('the text has changed'), { code: -32801 }));
    await settled();
    expect(panel.types()).toEqual(['model', 'show']);
    await ready(panel);
    server.last.answer(model);
    await settled();
    server.last.answer(found);
    await settled();
    expect(panel.sent.at(-1)).toEqual({ type: 'show', view: 'dag', ...found });
    expect([state.told, state.errors]).toEqual([[], []]);
  });

  test('that no deployment uses shows the view, and says so', async () => {
    const panel = await showLine();
    server.last.answer(null);
    await settled();
    expect(panel.sent.at(-1)).toEqual({ type: 'show', view: 'dag' });
    expect(state.told).toEqual(['No deployment uses this line.']);
  });

  test('is told where the server fails', async () => {
    await showLine();
    server.last.fail(new Error('the server has stopped'));
    await settled();
    expect(state.errors).toEqual(['The preview could not do that: the server has stopped']);
  });
});

test('a view and a deployment that a lens names are those that are shown', async () => {
  const panel = await ready();
  server.last.answer(model);
  await settled();
  Reflect.apply(panels.show, panels, [plan, -2, { view: 'memory', deployment: 'd' }]);
  await settled();
  expect(panel.sent.at(-1)).toEqual({ type: 'show', view: 'memory', deployment: 'd' });
});

test('a hidden panel asks for no marks, and one that is given away says nothing more', async () => {
  const panel = await ready();
  server.last.answer(model);
  await settled();
  panel.turn(false);
  const asked = server.asked.length;
  Reflect.apply(panels.highlight, panels, [plan, { line: 1, character: 1 }]);
  expect(server.asked.length).toBe(asked);
  panel.turn(true);
  await ready(panel);
  const sent = panel.sent.length;
  const renamed = editor.Uri.parse('file:///repo/renamed.moeplan');
  state.files.add(renamed.toString());
  Reflect.apply(panels.renamed, panels, [plan, Object.assign(renamed, { with: () => renamed })]);
  server.last.answer(model);
  await settled();
  expect(panel.sent.length).toBe(sent);
  await ready(panel);
  expect(server.last.params).toMatchObject({ uri: renamed.toString() });
  expect(panel.title).toBe('Preview renamed.moeplan');
});

describe('a PNG', () => {
  test('is saved when it was asked for, once', async () => {
    const panel = await ready();
    panel.say({ type: 'export', deployment: 'd', format: 'png', picture: 'folded' });
    await settled();
    server.last.answer('<svg/>');
    await settled();
    expect(panel.sent.at(-1)).toEqual({ type: 'rasterise', deployment: 'd', svg: '<svg/>' });
    for (let count = 0; count < 3; count++) panel.say({ type: 'png', deployment: 'd', data: PNG });
    await settled();
    expect(state.saved).toEqual(['/repo/plan.moeplan/../plan-d.png']);
  });

  test.each([
    { type: 'png', deployment: '../../x', data: PNG },
    { type: 'png', deployment: 'd', data: 'no picture' },
    { type: 'noPng', deployment: 'd', reason: 'a word that nobody asked for' },
  ])('that nobody asked for is not: %o', async (message) => {
    const panel = await ready();
    panel.say(message);
    await settled();
    expect([state.saved, state.errors]).toEqual([[], []]);
  });
});

test('what the reader sees of it is done in the walkthrough, however he came there', async () => {
  const panel = await ready();
  panel.say({ type: 'state', view: 'dag', deployment: 'd' });
  panel.say({ type: 'state', view: 'compare', deployment: 'd' });
  await settled();
  expect(steps).toEqual(['previewed', 'compared']);
});

describe('a panel that came by itself', () => {
  const other = editor.Uri.parse('file:///repo/other.moeplan');
  const offer = (uri: editor.Uri) => {
    Reflect.apply(panels.offer, panels, [uri]);
    const panel = state.made.at(-1);
    if (!panel) throw new Error('no panel was made');
    return panel;
  };

  test('makes room for that of the next plan, as long as it is only looked at', async () => {
    const first = await ready(offer(plan));
    first.say({ type: 'state', view: 'dag', deployment: 'd' });
    first.say({ type: 'ready' });
    // What is shown by itself is nobody's work.
    first.say({ type: 'state', view: 'dag', deployment: 'd', shown: 'd' });
    const second = offer(other);
    expect([first.isDisposed, second.isDisposed, state.made.length]).toEqual([true, false, 2]);
    expect(offer(other)).toBe(second);
    offer(plan);
    expect(second.isDisposed).toBe(true);
  });

  test.each([
    { type: 'state', view: 'memory', deployment: 'd' },
    { type: 'state', view: 'dag', deployment: 'e' },
    { type: 'reveal', deployment: 'd', id: 'source' },
    whatIf(1),
  ])('stays that of its plan once the reader has worked with it: %o', async (message) => {
    const panel = await ready(offer(plan));
    panel.say({ type: 'state', view: 'dag', deployment: 'd' });
    panel.say(message);
    offer(other);
    expect(panel.isDisposed).toBe(false);
    expect(panels.hasOffered).toBe(true);
  });

  test('follows also where a lens or a command has turned it to another view of its plan', async () => {
    const panel = offer(plan);
    Reflect.apply(panels.show, panels, [plan, -2, { view: 'memory' }]);
    expect(panels.hasOffered).toBe(true);
    offer(other);
    expect(panel.isDisposed).toBe(true);
  });

  test('stays that of its plan where a command has opened it', async () => {
    Reflect.apply(panels.show, panels, [plan, -2, { view: 'dag' }]);
    expect(panels.hasOffered).toBe(false);
  });
});

describe('a panel that is brought back', () => {
  const restored = async (address: unknown) => {
    const panel = new editor.Panel();
    await Reflect.apply(panels.deserializeWebviewPanel, panels, [panel, { uri: address }]);
    return panel;
  };

  test('follows its plan', async () => {
    const panel = await ready(await restored(ADDRESS));
    server.last.answer(model);
    await settled();
    expect(panel.types()).toEqual(['model']);
  });

  test('of a plan that is gone says so, and goes on when it is there again', async () => {
    state.files.clear();
    state.open.clear();
    const panel = await ready(await restored(ADDRESS));
    expect(panel.sent).toMatchObject([{ model: { stale: expect.stringContaining('is not there any more') } }]);
    state.open.add(ADDRESS);
    Reflect.apply(panels.changed, panels, [plan]);
    await settled();
    server.last.answer(model);
    await settled();
    expect(panel.sent.at(-1)).toEqual({ type: 'model', model });
  });

  test.each([undefined, 7, 'no address'])('of nothing (%o) is closed', async (address) => {
    expect((await restored(address)).isDisposed).toBe(true);
  });

  test('is closed where the plan has another by then, and that one goes on', async () => {
    const other = show();
    const panel = await restored(ADDRESS);
    expect(panel.isDisposed).toBe(true);
    await ready(other);
    const asked = server.asked.length;
    Reflect.apply(panels.changed, panels, [plan]);
    await settled();
    expect(server.asked.length).toBe(asked + 1);
  });
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
