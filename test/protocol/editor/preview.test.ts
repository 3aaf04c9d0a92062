import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { WorkspaceEdit } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { CurvesAnswer } from '../../../server/src/services/preview/curvesProtocol.ts';
import type { DifferencesAnswer } from '../../../server/src/services/preview/differencesProtocol.ts';
import type { WhatIfAnswer } from '../../../server/src/services/preview/whatIfProtocol.ts';
import { projectRoot } from '../../support/dist.ts';
import { Session } from './session.ts';

const file = join(projectRoot, 'examples', 'deepseek-v3-h800.moeplan');
const uri = pathToFileURL(file).href;
const text = readFileSync(file, 'utf8');
const deployment = 'deepseek-v3-32';
const changes = { concurrency: 512, gpus: 64 };

let session: Session;
beforeAll(async () => {
  session = await Session.start({ folders: [pathToFileURL(projectRoot).href] });
  await session.open(uri, text);
});
afterAll(() => session.end());

describe('curves over the protocol', () => {
  test('have a point for the plan as it is and as it is tried', async () => {
    const subjects = [{}, changes].map((tried) => ({ deployment, changes: tried }));
    const { curves } = await session.ask<CurvesAnswer>('moeplan/curves', { uri, subjects });
    const own = curves.map(({ points, present }) => points[present ?? -1]?.x);
    expect(own).toEqual([256, 512]);
  });

  test('of a deployment or document that is not there have no answer', async () => {
    const subjects = [{ deployment: 'nobody', changes: {} }];
    expect(await session.client.sendRequest('moeplan/curves', { uri, subjects })).toBeNull();
    expect(await session.client.sendRequest('moeplan/curves', { uri: `${uri}x`, subjects })).toBeNull();
    expect(await session.client.sendRequest('moeplan/curves', { uri, subjects: [] })).toBeNull();
  });
});

describe('a what-if over the protocol', () => {
  test('written as the edit that the server sends predicts what it said', async () => {
    const answer = await session.ask<WhatIfAnswer>('moeplan/whatIf', { uri, deployment, changes });
    const written = await session.ask<{ version: number; edit: WorkspaceEdit }>('moeplan/writeWhatIf', {
      uri,
      deployment,
      changes,
    });
    expect(written.version).toBe(1);
    const edits = written.edit.changes?.[uri] ?? [];
    const edited = TextDocument.applyEdits(TextDocument.create(uri, 'moeplan', 1, text), edits);
    const other = uri.replace('deepseek-v3-h800', 'written');
    await session.open(other, edited);
    const after = await session.ask<WhatIfAnswer>('moeplan/whatIf', { uri: other, deployment, changes: {} });
    expect(after.before).toEqual(answer.after);
    expect(after.knobs.find(({ name }) => name === 'gpus')?.written).toBe(64);
  });

  test('of a deployment or document that is not there has no answer', async () => {
    expect(await session.client.sendRequest('moeplan/whatIf', { uri, deployment: 'nobody', changes })).toBeNull();
    expect(await session.client.sendRequest('moeplan/whatIf', { uri: `${uri}x`, deployment, changes })).toBeNull();
    const written = await session.ask<{ refused: string }>('moeplan/writeWhatIf', {
      uri,
      deployment: 'nobody',
      changes,
    });
    expect(written.refused).toContain('no deployment nobody');
  });
});

describe('differences over the protocol', () => {
  test('to other texts are told without touching the open one', async () => {
    const files = { [uri]: text.replace('concurrency  = 256', 'concurrency  = 128') };
    const answer = await session.ask<DifferencesAnswer>('moeplan/differences', { uri, deployment, files });
    expect('differences' in answer && answer.differences.properties).toEqual([
      { where: 'workload', name: 'concurrency', before: '128', after: '256' },
    ]);
    const now = await session.ask<DifferencesAnswer>('moeplan/differences', { uri, deployment, base: deployment });
    expect('differences' in now && now.differences.properties).toEqual([]);
  });

  test('to a file that was not committed are refused in a sentence', async () => {
    const answer = await session.ask<DifferencesAnswer>('moeplan/differences', {
      uri,
      deployment,
      files: { [uri]: null },
    });
    expect('unavailable' in answer && answer.unavailable).toContain('not in the last commit');
  });
});

test('a report comes with the pictures that it links to', async () => {
  const named = 'file:///elsewhere/my report.md';
  const report = await session.ask<string>('moeplan/export', { uri, format: 'report', file: named });
  const pictures = await session.ask<[string, string][]>('moeplan/reportPictures', { uri, file: named });
  expect(pictures.map(([name]) => name)).toEqual([`my report-${deployment}.svg`]);
  expect(report).toContain(`](my%20report-${deployment}.svg)`);
});

test('a picture to make a PNG of has fixed colours, and fewer nodes when it is folded', async () => {
  const [plain = '', folded = ''] = await Promise.all(
    ['picture', 'folded-picture'].map((format) => session.ask<string>('moeplan/export', { uri, deployment, format })),
  );
  for (const svg of [plain, folded]) expect(svg).not.toMatch(/var\(|@media/);
  const nodes = (svg: string) => svg.match(/class="label"/g)?.length ?? 0;
  expect(nodes(folded)).toBeGreaterThan(10);
  expect(nodes(plain)).toBeGreaterThan(2 * nodes(folded));
});
