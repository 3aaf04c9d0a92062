import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readRules } from '../../scripts/docs/rules.ts';
import { messageBundle, ruleTexts } from '../../scripts/generate-manifest.ts';
import { clientMessages } from '../../scripts/l10n.ts';
import { isRecord } from '../../scripts/vscode/json.ts';

/** Whoever translates finds every text in two files, and none of them is stale. */
const root = join(import.meta.dirname, '../..');

function record(file: string): Readonly<Record<string, unknown>> {
  const value: unknown = JSON.parse(readFileSync(join(root, file), 'utf8'));
  if (!isRecord(value)) throw new Error(`${file} is no object`);
  return value;
}

const manifest = record('package.json');
const texts = record('package.nls.json');

interface Text {
  readonly key: string;
  readonly value: string;
  readonly path: string;
}

/** Every string below a value, with its key and where it stands. */
function strings(value: unknown, path: string, key = ''): Text[] {
  if (typeof value === 'string') return [{ key, value, path }];
  if (Array.isArray(value)) return value.flatMap((each, index) => strings(each, `${path}[${index}]`, key));
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([name, each]) => strings(each, `${path}.${name}`, name));
}

/** Keys whose text people read; `modelDescription` is read by language models, in English. */
const SHOWN = new Set([
  'title',
  'category',
  'displayName',
  'description',
  'markdownDescription',
  'userDescription',
  'altText',
]);

describe('texts of the manifest', () => {
  const all = strings(manifest.contributes, 'contributes');
  const named = [...all.map(({ value }) => value), String(manifest.description)].flatMap(
    (value) => /^%(.+)%$/.exec(value)?.[1] ?? [],
  );

  test('stand in package.nls.json, none of them in the manifest itself', () => {
    const shown = all.filter(({ key, path }) => SHOWN.has(key) && !/languageModelTools.*inputSchema/.test(path));
    expect(shown.length).toBeGreaterThan(100);
    expect(shown.filter(({ value }) => !/^%.+%$/.test(value)).map(({ path }) => path)).toEqual([]);
  });

  test('are all there, and none is left over', () => {
    expect(Object.keys(texts).sort()).toEqual([...new Set(named)].sort());
    for (const [key, text] of Object.entries(texts)) expect(String(text).trim(), key).not.toBe('');
  });

  test('of the rules are what the rules say of themselves (otherwise: npm run generate)', async () => {
    const ofRules = Object.fromEntries(Object.entries(texts).filter(([key]) => key.startsWith('rule.')));
    expect(ofRules).toEqual(ruleTexts(await readRules(root)));
  });
});

describe('texts of the client', () => {
  test('are all in the bundle for translators (otherwise: npm run generate)', () => {
    expect(clientMessages(root).length).toBeGreaterThan(20);
    expect(readFileSync(join(root, 'l10n/bundle.l10n.json'), 'utf8')).toBe(messageBundle());
  });

  test('say the same with every placeholder that they get', () => {
    for (const message of clientMessages(root)) {
      const numbers = [...message.matchAll(/\{(\d+)\}/g)].map(([, number]) => Number(number)).sort();
      expect(numbers, message).toEqual(numbers.map((_, index) => index));
    }
  });

  test('go through the translation wherever something is shown', () => {
    const calls = /\b(?:showInformationMessage|showErrorMessage|showWarningMessage)\(\s*(?!l10n\.t\()\S/g;
    const untranslated = /placeHolder: (?!l10n\.t\()/g;
    for (const file of [
      'activePlan',
      'chooseDeployment',
      'examples',
      'exports/commands',
      'importConfig',
      'launches/importLaunch',
      'launches/writeLaunch',
      'newPlan',
    ]) {
      const text = readFileSync(join(root, `client/src/${file}.ts`), 'utf8');
      expect([...(text.match(calls) ?? []), ...(text.match(untranslated) ?? [])], file).toEqual([]);
    }
  });
});
