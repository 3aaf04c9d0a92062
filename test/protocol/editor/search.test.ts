import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { LSPErrorCodes, type WorkspaceEdit } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { registerSearch } from '../../../server/src/lsp/searchRequests.ts';
import type { FoundPlanAnswer, SearchAnswer } from '../../../server/src/services/preview/searchProtocol.ts';
import { SPACES } from '../../search/spaces.ts';
import { analysisOf, MAIN } from '../../services/editor/support.ts';
import { Session } from './session.ts';

const PLAN = SPACES['one pool, settings under bounds'] ?? '';
const BASE_EDITED = PLAN.replace('parallel { tp = 8 }', 'parallel { tp = 4 }');
const SEARCH_EDITED = PLAN.replace('tpot <= 60 ms', 'tpot <= 50 ms');
const EDITED_ELSEWHERE = `// a note\n${PLAN}\ncluster other { node = DGX-H100, count = 1 }\n`;
const SEARCH = { deployment: 'd', narrow: [], partialResultToken: 'here' };

/** Every look at the clock is some milliseconds later, so that each piece of a search is a turn, and some of them tell. */
let clock = 0;
beforeEach(() => {
  vi.spyOn(performance, 'now').mockImplementation(() => {
    clock += 7;
    return clock;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** The handlers of the Search view over a text that a test changes as it likes. */
function handlers() {
  const known = new Map<string, ReturnType<typeof analysisOf>>();
  const told: SearchAnswer[] = [];
  const state = { text: PLAN, told, whenTold: () => {} };
  const analysis = () => {
    const found = known.get(state.text) ?? analysisOf(state.text);
    known.set(state.text, found);
    return found;
  };
  const registered = new Map<string, (params: unknown, token: unknown) => unknown>();
  const connection = {
    onRequest: (method: string, handler: (params: unknown, token: unknown) => unknown) =>
      registered.set(method, handler),
    sendProgress: (_: unknown, token: unknown, answer: SearchAnswer) => {
      expect(token).toBe('here');
      state.told.push(answer);
      state.whenTold();
    },
  };
  const workspace = { analysis, documents: { get: () => ({ version: 1 }) } };
  // As much of a connection and a workspace as these handlers use.
  Reflect.apply(registerSearch, undefined, [connection, workspace]);
  const search = (token = { isCancellationRequested: false }, params: object = SEARCH) => {
    const handler = registered.get('moeplan/search');
    if (!handler) throw new Error('no search');
    return Promise.resolve(handler({ uri: MAIN, ...params }, token)).then((answer) => answer as SearchAnswer | null);
  };
  return { state, search };
}

describe('a search over the protocol', () => {
  test('tells what there is meanwhile, at most some times a second, and then all', async () => {
    const { state, search } = handlers();
    const begun = clock;
    const answer = await search();
    expect(answer).toMatchObject({ deployment: 'd', searches: ['s'], search: 's', faults: [] });
    expect(answer?.result?.progress).toBeUndefined();
    expect(answer?.result?.plans.length).toBeGreaterThan(5);
    expect(answer?.result?.plans[0]?.band).not.toBe('');
    expect(state.told.length).toBeGreaterThan(0);
    expect(state.told.length).toBeLessThanOrEqual(((clock - begun) / 1000) * 4);
    const shares = state.told.map(({ result }) => result?.progress ?? Number.NaN);
    expect(shares).toEqual(shares.toSorted((left, right) => left - right));
    for (const share of shares) expect(share).toBeLessThanOrEqual(1);
  });

  test('goes on while the text is edited elsewhere', async () => {
    const { state, search } = handlers();
    const whole = await handlers().search();
    state.whenTold = () => {
      state.text = EDITED_ELSEWHERE;
    };
    const answer = await search();
    expect(answer?.result).toEqual(whole?.result);
    expect(state.text).toBe(EDITED_ELSEWHERE);
  });

  test.each([
    ['the base', BASE_EDITED],
    ['the search', SEARCH_EDITED],
    ['what the text is', 'nothing'],
  ])('is given up when an edit changes %s', async (_, edited) => {
    const { state, search } = handlers();
    state.whenTold = () => {
      state.text = edited;
    };
    await expect(search()).rejects.toMatchObject({ code: LSPErrorCodes.ContentModified });
    expect(state.told).toHaveLength(1);
  });

  test('is given up when nobody waits for it any more, and goes on from there when it is asked for again', async () => {
    const { state, search } = handlers();
    const token = { isCancellationRequested: false };
    state.whenTold = () => {
      token.isCancellationRequested = true;
    };
    await expect(search(token)).rejects.toMatchObject({ code: LSPErrorCodes.RequestCancelled });
    expect(state.told).toHaveLength(1);
    const done = state.told[0]?.result?.progress ?? 0;
    state.whenTold = () => {};
    const whole = await handlers().search();
    expect((await search())?.result).toEqual(whole?.result);
    expect(state.told[1]?.result?.progress ?? 1).toBeGreaterThanOrEqual(done);
  });

  test('that is asked for again before it is cancelled is the same search', async () => {
    const { state, search } = handlers();
    const token = { isCancellationRequested: false };
    const begun: Promise<SearchAnswer | null>[] = [];
    state.whenTold = () => {
      if (token.isCancellationRequested) return;
      begun.push(search());
      token.isCancellationRequested = true;
    };
    const first = await search(token);
    const second = await begun[0];
    // Whoever has cancelled may get the answer all the same.
    expect(second?.result).toBe(first?.result);
  });

  test('that is known is answered without a search', async () => {
    const { state, search } = handlers();
    const first = await search();
    const { length } = state.told;
    expect((await search())?.result).toBe(first?.result);
    expect(state.told).toHaveLength(length);
  });

  test('of a document or deployment that is not there has no answer, and one that cannot be run says why', async () => {
    const { state, search } = handlers();
    expect(await search(undefined, { ...SEARCH, deployment: 'nobody' })).toBeNull();
    state.text = PLAN.replace('vary {', 'vary decode {');
    const answer = await search();
    expect(answer?.faults).toEqual([expect.stringContaining('no pool `decode`')]);
    expect(answer?.result).toBeUndefined();
  });
});

test('a found plan is compared and written through a real connection', async () => {
  vi.restoreAllMocks();
  const session = await Session.start();
  const uri = 'file:///plans/search.moeplan';
  await session.open(uri, PLAN);
  const answer = await session.ask<SearchAnswer>('moeplan/search', { uri, deployment: 'd' });
  const plan = answer.result?.plans[0];
  if (!plan) throw new Error('nothing was found');
  const asked = { uri, deployment: 'd', search: 's', plan: plan.key };
  const found = await session.ask<FoundPlanAnswer>('moeplan/foundPlan', asked);
  if (!('rows' in found)) throw new Error(found.unavailable);
  expect(found.words).toBe(plan.words);
  expect(found.rows.some(({ after }) => after === plan.texts[answer.result?.objective ?? -1])).toBe(true);
  const written = await session.ask<{ version: number; name: string; edit: WorkspaceEdit }>(
    'moeplan/writeFound',
    asked,
  );
  expect(written).toMatchObject({ version: 1, name: 'd-s' });
  const edits = written.edit.changes?.[uri] ?? [];
  await session.change(uri, TextDocument.applyEdits(TextDocument.create(uri, 'moeplan', 1, PLAN), edits));
  const names = await session.ask<readonly { name: string }[]>('moeplan/deployments', { uri });
  expect(names.map(({ name }) => name)).toEqual(['d', 'd-s']);
  expect(await session.client.sendRequest('moeplan/writeFound', { ...asked, plan: 'x' })).toEqual({
    refused: 'the plan is not known: search again',
  });
  for (const method of ['moeplan/search', 'moeplan/foundPlan', 'moeplan/writeFound'])
    expect(await session.client.sendRequest(method, { ...asked, uri: `${uri}x` })).toBeNull();
  session.end();
});
