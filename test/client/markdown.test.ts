import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import textmate from 'vscode-textmate';
import { classOf } from '../../client/markdown/classes.ts';
import { tokensOf } from '../../client/markdown/tokens.ts';
import { loadGrammar } from '../support/textmate.ts';

const root = join(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const EXAMPLES = readdirSync(join(root, 'examples')).filter((name) => name.endsWith('.moeplan'));

let grammar: textmate.IGrammar;
beforeAll(async () => {
  grammar = await loadGrammar('source.moeplan', () => read('syntaxes/moeplan.tmLanguage.json'));
});

/** The colour of each character as the editor's own engine reads the grammar. */
function inEditor(plan: string): readonly (string | undefined)[] {
  let state = textmate.INITIAL;
  return plan.split('\n').flatMap((line) => {
    const { tokens, ruleStack } = grammar.tokenizeLine(line, state);
    state = ruleStack;
    const colours = Array.from<string | undefined>({ length: line.length });
    // An escape has the colour of its string: pages have none for it.
    for (const { startIndex, endIndex, scopes } of tokens) colours.fill(classOf(scopes[1]), startIndex, endIndex);
    return colours;
  });
}

function inPage(plan: string): readonly (string | undefined)[] {
  return tokensOf(plan).flatMap(({ text, scope }) => [...text.replaceAll('\n', '')].map(() => classOf(scope)));
}

test.each(EXAMPLES)('%s has the colours of the editor in a page', (name) => {
  const plan = read(`examples/${name}`);
  expect(
    tokensOf(plan)
      .map(({ text }) => text)
      .join(''),
  ).toBe(plan);
  expect(inPage(plan)).toEqual(inEditor(plan));
  expect(new Set(inPage(plan)).size).toBeGreaterThan(4);
});

test.each([
  'model "a \\" b',
  'a /* not\nclosed',
  'expert 3..7 on gpu 1',
  'let größe = 3 GiB // ende',
  '',
  '\n\n',
  '-> .. +- >= [1, 2]',
  'gpus = 0..7, tp = 1e3',
])('so has %o', (plan) => {
  expect(
    tokensOf(plan)
      .map(({ text }) => text)
      .join(''),
  ).toBe(plan);
  expect(inPage(plan)).toEqual(inEditor(plan));
});
