import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import textmate from 'vscode-textmate';
import { GRAMMARS } from '../../scripts/generate-grammar.ts';
import { type Token, type TokenKind, tokenize } from '../../server/src/language/lexer.ts';
import { UNITS } from '../../server/src/language/units.ts';
import { isBlockKeyword, VOCABULARY } from '../../server/src/language/vocabulary/vocabulary.ts';
import { configured, editorDefault, wordsIn } from '../support/languageConfiguration.ts';
import { loadGrammar } from '../support/textmate.ts';

const root = join(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');

let loaded: textmate.IGrammar;

beforeAll(async () => {
  loaded = await loadGrammar('source.moeplan', () => read('syntaxes/moeplan.tmLanguage.json'));
});

interface Scoped {
  readonly start: number;
  readonly end: number;
  readonly scopes: readonly string[];
}

/** The scopes of each line, without the grammar's own. */
function scopesOf(lines: readonly string[]): Scoped[][] {
  let state = textmate.INITIAL;
  const result: Scoped[][] = [];
  for (const line of lines) {
    const { tokens, ruleStack } = loaded.tokenizeLine(line, state);
    state = ruleStack;
    result.push(
      tokens.map((token) => ({ start: token.startIndex, end: token.endIndex, scopes: token.scopes.slice(1) })),
    );
  }
  return result;
}

test.each([...GRAMMARS])('%s is what the vocabulary gives', (file, make) => {
  expect(JSON.parse(read(file))).toEqual(make());
});

/** `// ^^^ scope` under a span, or `// <--- scope` for as many columns from the line's start as there are dashes. */
const ANNOTATION = /^\/\/( *)(?:(\^+)|<(-+)) ([a-z.-]+)$/;

test('scopes stand where the fixture says', () => {
  const lines = read('test/fixtures/grammar/language.moeplan').split('\n');
  const source = lines.filter((line) => !ANNOTATION.test(line));
  const scoped = scopesOf(source);
  let at = -1;
  let annotations = 0;
  for (const line of lines) {
    const [, blanks, carets, dashes, scope = ''] = ANNOTATION.exec(line) ?? [];
    if (blanks === undefined) {
      at++;
      continue;
    }
    annotations++;
    const start = dashes ? 0 : blanks.length + 2;
    const end = dashes ? dashes.length : start + (carets?.length ?? 0);
    const place = `${scope} at ${start}..${end} of: ${source[at]}`;
    const inside = (scoped[at] ?? []).filter((token) => token.start < end && token.end > start);
    expect(inside.length, place).toBeGreaterThan(0);
    for (const token of inside) {
      expect(
        token.scopes.some((found) => found.startsWith(scope)),
        `${place}, found ${token.scopes}`,
      ).toBe(true);
      expect(token.start >= start && token.end <= end, `${place} is one part of a longer token`).toBe(true);
    }
  }
  expect(annotations).toBeGreaterThan(40);
});

/** What the grammar must make of a token of the lexer, so that colours do not jump when the server answers. */
const AGREEMENT: Partial<Record<TokenKind, RegExp>> = {
  'line-comment': /^comment\.line/,
  'block-comment': /^comment\.block/,
  string: /^string/,
  number: /^constant\.numeric/,
  '->': /^keyword\.operator\.arrow/,
  '..': /^keyword\.operator\.range/,
  '+-': /^keyword\.operator\.tolerance/,
  '=': /^keyword\.operator\.assignment/,
  '>=': /^keyword\.operator\.comparison/,
  '<=': /^keyword\.operator\.comparison/,
  '{': /^punctuation\.section\.block/,
  '}': /^punctuation\.section\.block/,
  ',': /^punctuation\.separator/,
};

function texts(): Map<string, string> {
  const found = new Map<string, string>();
  for (const folder of ['examples', 'server/src/catalog']) {
    for (const name of readdirSync(join(root, folder)))
      if (name.endsWith('.moeplan')) found.set(`${folder}/${name}`, read(`${folder}/${name}`));
  }
  for (const block of VOCABULARY) found.set(`example of ${block.keyword} in ${block.parents[0]}`, block.example);
  for (const block of VOCABULARY)
    for (const property of block.properties)
      found.set(`example of ${block.keyword}.${property.name}`, property.example);
  return found;
}

describe('the grammar and the lexer agree on every token', () => {
  test.each([...texts().keys()])('%s', (name) => {
    const text = texts().get(name) ?? '';
    const lines = text.split(/\r\n|\n|\r/);
    const scoped = scopesOf(lines);
    let line = 0;
    let lineStart = 0;
    const tokens = tokenize(text);
    for (const [at, token] of tokens.entries()) {
      if (token.kind === 'newline') {
        line++;
        lineStart = token.end;
        continue;
      }
      const column = token.start - lineStart;
      const found = scoped[line]?.find((candidate) => candidate.start <= column && column < candidate.end);
      const wanted = AGREEMENT[token.kind] ?? wordScope(token, tokens[at + 1], text);
      expect(found?.scopes.join(' ') ?? '', `\`${text.slice(token.start, token.end)}\` in: ${lines[line]}`).toMatch(
        wanted,
      );
      if (token.kind === 'word')
        expect(found?.end, `\`${text.slice(token.start, token.end)}\` is one token`).toBe(
          column + token.end - token.start,
        );
      const breaks = text.slice(token.start, token.end).split(/\r\n|\n|\r/).length - 1;
      if (breaks > 0) {
        line += breaks;
        lineStart = text.slice(0, token.end).search(/[^\r\n]*$/);
      }
    }
  });
});

function wordScope({ kind, start, end }: Token, next: Token | undefined, text: string): RegExp {
  // A word that is no unit looks like any other word: the diagnostic says what is wrong with it.
  if (kind === 'unit') return UNITS.has(text.slice(start, end)) ? /^keyword\.other\.unit/ : /^variable/;
  if (kind !== 'word') return /./;
  if (next?.kind === '=' || next?.kind === '>=' || next?.kind === '<=')
    return /^(?:support\.type\.property-name|variable\.other)/;
  if (next?.kind === '{' && isBlockKeyword(text.slice(start, end)))
    return /^(?:storage\.type\.block|entity\.name\.type|keyword\.other\.compare)/;
  return /^(?:storage|entity|keyword|constant\.language|support|variable)/;
}

describe('the language configuration', () => {
  test.each(['DGX-H100', 'DeepSeek-V3.1', '1f1b', 'top-k', 'größe', 'clus'])('%s is one word', (word) => {
    expect(wordsIn(` ${word}, `).map((each) => each.word)).toEqual([word]);
  });

  test('ranges, arrows and differences are several words', () => {
    expect(wordsIn('0..7 a->b a - b').map(({ word }) => word)).toEqual(['0', '7', 'a', 'b', 'a', 'b']);
  });

  test.each(['two-nodes', 'DeepSeek-V3.1', 'größe'])('a double click selects %s as a whole', (name) => {
    const separators = String(editorDefault('editor.wordSeparators'));
    for (const letter of name) expect(separators).not.toContain(letter);
    for (const sign of '={}[](),"') expect(separators).toContain(sign);
  });

  test('lines that open a block indent, lines that close one outdent', () => {
    const increase = configured('indentationRules', 'increaseIndentPattern');
    expect('  parallel {').toMatch(increase);
    expect('  gpus = [').toMatch(increase);
    expect('  parallel { tp = 8 }').not.toMatch(increase);
    expect('  // like {').not.toMatch(increase);
    expect('  heads = 32 // (grouped').not.toMatch(increase);
    expect('model m { // as "drawn" in (1)').toMatch(increase);
    expect('model m from "./a{b.json"').not.toMatch(increase);
    expect('  }').toMatch(configured('indentationRules', 'decreaseIndentPattern'));
  });

  test('Enter between braces opens a line, and inside a comment goes on with it', () => {
    expect('model größe {').toMatch(configured('onEnterRules', 0, 'beforeText'));
    expect('}').toMatch(configured('onEnterRules', 0, 'afterText'));
    expect('// model {').not.toMatch(configured('onEnterRules', 0, 'beforeText'));
    expect('tp = 8 // {').not.toMatch(configured('onEnterRules', 0, 'beforeText'));
    expect('  // größer').toMatch(configured('onEnterRules', 1, 'beforeText'));
    expect('').not.toMatch(configured('onEnterRules', 1, 'afterText'));
  });

  test('regions in comments fold', () => {
    expect('  // #region Größe').toMatch(configured('folding', 'markers', 'start'));
    expect('  // #endregion').toMatch(configured('folding', 'markers', 'end'));
    expect('region').not.toMatch(configured('folding', 'markers', 'start'));
  });
});
