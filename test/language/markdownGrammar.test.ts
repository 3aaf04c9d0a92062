import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import textmate from 'vscode-textmate';
import { loadGrammar } from '../support/textmate.ts';

const root = join(import.meta.dirname, '../..');

/** As much of Markdown's grammar as has fences of its own: the injected one must come before them. */
const MARKDOWN = {
  scopeName: 'text.html.markdown',
  patterns: [
    {
      name: 'markup.fenced_code.other',
      begin: '^\\s*(`{3,}|~{3,})[^`]*$',
      end: '^\\s*\\1\\s*$',
      contentName: 'other',
    },
    { name: 'markup.bold', match: '\\*\\*[^*]+\\*\\*' },
  ],
};

const FILES: ReadonlyMap<string, string> = new Map([
  ['source.moeplan', 'syntaxes/moeplan.tmLanguage.json'],
  ['markdown.moeplan.codeblock', 'syntaxes/moeplan-markdown.tmLanguage.json'],
]);

let markdown: textmate.IGrammar;

beforeAll(async () => {
  const textOf = (scope: string) => {
    const file = FILES.get(scope);
    return file === undefined ? JSON.stringify(MARKDOWN) : readFileSync(join(root, file), 'utf8');
  };
  markdown = await loadGrammar('text.html.markdown', textOf, ['markdown.moeplan.codeblock']);
});

/** The innermost scope of every token that is not blank, line by line. */
function scopesOf(text: string): readonly (readonly string[])[] {
  let state = textmate.INITIAL;
  return text.split('\n').map((line) => {
    const { tokens, ruleStack } = markdown.tokenizeLine(line, state);
    state = ruleStack;
    return tokens
      .filter(({ startIndex, endIndex }) => line.slice(startIndex, endIndex).trim() !== '')
      .map(({ scopes }) => scopes.at(-1) ?? '');
  });
}

test.each([
  ['```moeplan', '```'],
  ['~~~~ moeplan', '~~~~'],
  ['  ```moeplan title=x', '  ```'],
])('the lines between %s and %s are a plan', (open, close) => {
  const scopes = scopesOf(`${open}\ngpu H100 { memory = 80 GiB }\n${close}\n**after**`);
  expect(scopes[1]).toContain('storage.type.block.moeplan');
  expect(scopes[1]).toContain('keyword.other.unit.moeplan');
  expect(scopes[2]).toEqual(['punctuation.definition.markdown']);
  expect(scopes[3]).toEqual(['markup.bold']);
});

test('what a plan leaves open ends with its fence', () => {
  const scopes = scopesOf('```moeplan\n/* a comment\n```\n**after**');
  expect(new Set(scopes[1])).toEqual(new Set(['comment.block.moeplan']));
  expect(scopes[3]).toEqual(['markup.bold']);
});

test('other fences are left alone', () => {
  expect(scopesOf('```json\nmodel m { }\n```\n**after**').slice(1)).toEqual([
    ['other'],
    ['markup.fenced_code.other'],
    ['markup.bold'],
  ]);
});
