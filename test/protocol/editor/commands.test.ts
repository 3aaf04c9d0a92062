import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SMALL_PLAN } from '../../services/editor/support.ts';
import { shippedReader } from '../../support/schemas.ts';
import { Session } from './session.ts';

/** What our own commands ask the server. */
let folder: string;
let session: Session;
let uri: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'moeplan-'));
  uri = pathToFileURL(join(folder, 'main.moeplan')).href;
  session = await Session.start({ folders: [pathToFileURL(folder).href] });
});
afterEach(() => {
  session.end();
  rmSync(folder, { recursive: true });
});

test('figures are exported as the schema of their file says', async () => {
  const plan = `${SMALL_PLAN}deployment d { model = small, cluster = two-nodes, workload = batch, parallel { ep = 16 } }\n`;
  await session.open(uri, plan);
  const text = await session.ask<string>('moeplan/export', { uri, format: 'figures' });
  const read = shippedReader<{ readonly deployments: readonly { readonly name: string }[] }>('inspect');
  expect(read(text).deployments.map(({ name }) => name)).toEqual(['d']);
});

test('a launch becomes a plan, with the file that it names', async () => {
  writeFileSync(join(folder, 'more.yaml'), 'max-num-seqs: 32\n');
  const text = 'vllm serve deepseek-ai/DeepSeek-R1 -tp 8 --config more.yaml # on H200';
  const launch = pathToFileURL(join(folder, 'serve.sh')).href;
  const plan = await session.ask<string>('moeplan/importLaunch', { uri: launch, text });
  expect(plan).toContain('parallel { tp = 8 }');
  expect(plan).toContain('max-requests = 32');
  expect(await session.ask('moeplan/importLaunch', { uri: launch, text: 'echo vllm' })).toBeNull();
});

test('a config becomes a model at its place', async () => {
  mkdirSync(join(folder, 'hf'));
  writeFileSync(join(folder, 'hf', 'config.json'), '{"_name_or_path": "org/some-model"}');
  await session.open(uri, 'import "./a.moeplan"\n');
  const config = pathToFileURL(join(folder, 'hf', 'config.json')).href;
  expect(await session.ask('moeplan/importConfig', { uri, config })).toEqual({
    name: 'some-model',
    newText: '\n\nmodel some-model from "./hf/config.json"',
    range: { start: { line: 0, character: 20 }, end: { line: 0, character: 20 } },
  });
  expect(await session.ask('moeplan/importConfig', { uri: `${uri}-closed`, config })).toBeNull();
  await expect(session.ask('moeplan/importConfig', { uri })).rejects.toThrow('`config` must be a string');
});
