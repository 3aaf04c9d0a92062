import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { projectRoot } from '../support/dist.ts';
import { LanguageClient } from '../support/languageClient.ts';

const URI = 'file:///plan.moeplan';
const text = readFileSync(join(projectRoot, 'examples/deployment-analysis.moeplan'), 'utf8');
const clients: LanguageClient[] = [];

afterEach(async () => {
  for (const client of clients.splice(0)) await client.stop();
});

async function opened(): Promise<LanguageClient> {
  const client = await LanguageClient.start();
  clients.push(client);
  await client.check(URI, text);
  return client;
}

/** Every digest of an answer that comes with its part, and every one that stands for a part. */
function digestsOf(answer: unknown): { readonly whole: readonly string[]; readonly known: readonly string[] } {
  const [whole, known]: [string[], string[]] = [[], []];
  JSON.stringify(answer, (_, value: unknown) => {
    if (typeof value === 'object' && value !== null && 'digest' in value && typeof value.digest === 'string')
      ('known' in value ? known : whole).push(value.digest);
    return value;
  });
  return { whole, known };
}

test('a preview that is asked for again with what is known holds no picture, and one after a restart is right as well', async () => {
  const client = await opened();
  const first = digestsOf(await client.request('moeplan/preview', { uri: URI }));
  expect(first.whole.length).toBeGreaterThan(6);
  expect(first.known).toEqual([]);
  const again = digestsOf(await client.request('moeplan/preview', { uri: URI, known: first.whole }));
  expect(again).toEqual({ whole: [], known: first.whole });
  // Another server has sent nothing, and its answer is the same: it follows from the text.
  const other = await opened();
  expect(digestsOf(await other.request('moeplan/preview', { uri: URI, known: first.whole }))).toEqual(again);
});

test('a group is opened on request; what does not exist opens nothing and what is malformed is refused', async () => {
  const client = await opened();
  const folded = (opened: unknown, deployment: unknown = 'baseline-whole') =>
    client.request('moeplan/folded', { uri: URI, deployment, opened, closed: [] });
  const size = async (opened: readonly string[]) => JSON.stringify(await folded(opened)).split('"kind"').length;
  expect(await size(['gpus /front'])).toBeGreaterThan(2 * (await size([])));
  expect(await size(['gpus /nowhere', 'gpu 99', 'nonsense', 'layer /front/l77'])).toBe(await size([]));
  expect(await folded([], 'nobody')).toBeNull();
  await expect(folded([7])).rejects.toThrow('`opened` must be a list of strings');
  await expect(folded([], 3)).rejects.toThrow('`deployment` must be a string');
});
