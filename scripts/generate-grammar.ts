import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UNITS } from '../server/src/language/units.ts';
import { COMPARE_CLAIMS } from '../server/src/language/vocabulary/claims.ts';
import { choicesOf } from '../server/src/language/vocabulary/describe.ts';
import { LAYER_CLASSES } from '../server/src/language/vocabulary/model.ts';
import type { ValueType } from '../server/src/language/vocabulary/spec.ts';
import { VOCABULARY } from '../server/src/language/vocabulary/vocabulary.ts';

/**
 * Writes the TextMate grammars, that of the language from the vocabulary and the units: `node scripts/generate-grammar.ts`. It colours a file
 * before the server answers, and where there is none, such as in a diff on a web page.
 */

type Captures = Readonly<Record<string, { readonly name: string }>>;

interface Rule {
  readonly comment?: string;
  readonly name?: string;
  readonly match?: string;
  readonly begin?: string;
  readonly end?: string;
  readonly while?: string;
  readonly contentName?: string;
  readonly captures?: Captures;
  readonly beginCaptures?: Captures;
  readonly endCaptures?: Captures;
  readonly patterns?: readonly Rule[];
  readonly include?: string;
}

export interface Grammar {
  readonly $schema: string;
  readonly information_for_contributors: readonly string[];
  readonly name: string;
  readonly scopeName: string;
  readonly fileTypes?: readonly string[];
  readonly injectionSelector?: string;
  readonly patterns: readonly Rule[];
}

const LETTER = '[\\p{L}\\p{M}\\p{N}_]';
/** What the lexer calls a word; a rule that matches a word always matches all of it. */
const NAME = `${LETTER}+(?:[-.]${LETTER}+)*`;
const WORD_END = `(?!${LETTER}|[-.]${LETTER})`;
const NUMBER = '\\d[\\d_]*(?:\\.\\d[\\d_]*)?(?:[eE][+-]?\\d[\\d_]*)?';
/** A number ends where no letter follows in the same word: `1f1b` and `30B-A3B` are names. */
const NUMBER_END = `(?!(?:[\\p{N}_]|[-.](?=${LETTER}))*\\p{L})`;
const BLANK = '[ \\t]*';

function alternatives(words: Iterable<string>): string {
  // Longer ones first: `tokens/s` before `tokens`.
  const sorted = [...new Set(words)].sort((left, right) => right.length - left.length || (left < right ? -1 : 1));
  return `(?:${sorted.map((word) => word.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')).join('|')})`;
}

function word(words: Iterable<string>, name: string, ahead = ''): Rule {
  return { name: `${name}.moeplan`, match: `${alternatives(words)}${WORD_END}${ahead}` };
}

function scopes(...names: readonly string[]): Readonly<Record<string, { readonly name: string }>> {
  return Object.fromEntries(names.map((name, at) => [String(at + 1), { name: `${name}.moeplan` }]));
}

function applicationsOf(type: ValueType): string[] {
  if (type.kind === 'either') return type.of.flatMap(applicationsOf);
  return type.kind === 'application' ? [type.word] : [];
}

export function grammar(): Grammar {
  const properties = [...VOCABULARY.flatMap((block) => block.properties), ...COMPARE_CLAIMS];
  const keywords = alternatives(VOCABULARY.map((block) => block.keyword));
  const letters = [...UNITS.keys()].filter((unit) => unit !== '%');
  const choices = [...properties.flatMap((property) => choicesOf(property.type)), ...LAYER_CLASSES].map(
    (choice) => choice.name,
  );
  const comparison = `${BLANK}(?:=|>=|<=)`;
  const opened = `(?=${BLANK}(?:\\{|//|/\\*|$|(?:from|extends)${WORD_END}))`;
  return {
    $schema: 'https://raw.githubusercontent.com/martinring/tmlanguage/master/tmlanguage.json',
    information_for_contributors: [
      'Generated from the vocabulary: run `node scripts/generate-grammar.ts`, do not edit.',
    ],
    name: 'moeplan',
    scopeName: 'source.moeplan',
    fileTypes: ['moeplan'],
    patterns: [
      { name: 'comment.line.double-slash.moeplan', match: '//.*$' },
      { name: 'comment.block.moeplan', begin: '/\\*', end: '\\*/' },
      {
        name: 'string.quoted.double.moeplan',
        begin: '"',
        end: '"|$',
        patterns: [{ name: 'constant.character.escape.moeplan', match: '\\\\.' }],
      },
      { match: `(import)${WORD_END}(?!${comparison})`, captures: scopes('keyword.control.import') },
      { match: `(let)${WORD_END}[ \\t]+(${NAME})`, captures: scopes('storage.type.let', 'variable.other.constant') },
      { match: `(compare)${WORD_END}(?!${comparison})`, captures: scopes('keyword.other.compare') },
      {
        comment: 'Properties come before blocks: `layers` and `experts` are both.',
        ...word(
          properties.map((property) => property.name),
          'support.type.property-name',
          `(?=${comparison})`,
        ),
      },
      {
        match: `(experts?)${WORD_END}(?=[ \\t]+(?:\\d|\\[|\\(|${NAME}[ \\t]+(?:on|of)${WORD_END}))`,
        captures: scopes('keyword.other.placement'),
      },
      {
        match: `(on)${WORD_END}(?:[ \\t]+(gpus?)${WORD_END})?`,
        captures: scopes('keyword.other.placement', 'keyword.other.placement'),
      },
      {
        match: `(of)${WORD_END}(?:[ \\t]+(layers?)${WORD_END})?`,
        captures: scopes('keyword.other.placement', 'keyword.other.placement'),
      },
      {
        match: `(extends)${WORD_END}[ \\t]+(${NAME})`,
        captures: scopes('keyword.other.extends', 'entity.other.inherited-class'),
      },
      { match: `(from)${WORD_END}(?=[ \\t]*")`, captures: scopes('keyword.other.from') },
      {
        match: `(${keywords})${WORD_END}[ \\t]+(?!(?:from|extends)${WORD_END})(${NAME})${opened}`,
        captures: scopes('storage.type.block', 'entity.name.type'),
      },
      { match: `(${keywords})${WORD_END}${opened}`, captures: scopes('storage.type.block') },
      {
        match: `(${NUMBER})${BLANK}(${alternatives(letters)}(?!/?${LETTER}|[-.]${LETTER})|%)`,
        captures: scopes('constant.numeric', 'keyword.other.unit'),
      },
      { name: 'constant.numeric.moeplan', match: `${NUMBER}${NUMBER_END}` },
      { ...word(['by'], 'keyword.operator.range') },
      {
        ...word(
          properties.flatMap((property) => applicationsOf(property.type)),
          'support.function',
        ),
      },
      { ...word(['true', 'false'], 'constant.language.boolean') },
      { ...word(choices, 'constant.language') },
      { name: 'variable.other.property.moeplan', match: `${NAME}(?=${comparison})` },
      { name: 'variable.other.moeplan', match: NAME },
      { name: 'keyword.operator.arrow.moeplan', match: '->' },
      { name: 'keyword.operator.range.moeplan', match: '\\.\\.' },
      { name: 'keyword.operator.tolerance.moeplan', match: '\\+-|±' },
      { name: 'keyword.operator.comparison.moeplan', match: '>=|<=' },
      { name: 'keyword.operator.assignment.moeplan', match: '=' },
      { name: 'keyword.operator.arithmetic.moeplan', match: '[-+*/]' },
      { name: 'punctuation.separator.moeplan', match: ',' },
      { name: 'punctuation.section.block.moeplan', match: '[{}]' },
      { name: 'punctuation.section.brackets.moeplan', match: '[\\[\\]]' },
      { name: 'punctuation.section.parens.moeplan', match: '[()]' },
    ],
  };
}

/** What Markdown's own grammar does for the languages that it knows: the lines of a fence marked `moeplan` are a plan. */
function markdownGrammar(): Grammar {
  return {
    $schema: 'https://raw.githubusercontent.com/martinring/tmlanguage/master/tmlanguage.json',
    information_for_contributors: ['Generated: run `node scripts/generate-grammar.ts`, do not edit.'],
    name: 'moeplan in Markdown',
    scopeName: 'markdown.moeplan.codeblock',
    injectionSelector: 'L:text.html.markdown',
    patterns: [
      {
        name: 'markup.fenced_code.block.markdown',
        begin: '(^|\\G)(\\s*)(`{3,}|~{3,})\\s*(?i:(moeplan)((\\s+|:|,|\\{|\\?)[^`]*)?$)',
        end: '(^|\\G)(\\2|\\s{0,3})(\\3)\\s*$',
        beginCaptures: {
          3: { name: 'punctuation.definition.markdown' },
          4: { name: 'fenced_code.block.language.markdown' },
          5: { name: 'fenced_code.block.language.attributes.markdown' },
        },
        endCaptures: { 3: { name: 'punctuation.definition.markdown' } },
        patterns: [
          {
            comment: 'The end of the fence ends whatever is open in the plan.',
            begin: '(^|\\G)(\\s*)(.*)',
            while: '(^|\\G)(?!\\s*([`~]{3,})\\s*$)',
            contentName: 'meta.embedded.block.moeplan',
            patterns: [{ include: 'source.moeplan' }],
          },
        ],
      },
    ],
  };
}

/** Every grammar by its file. */
export const GRAMMARS: ReadonlyMap<string, () => Grammar> = new Map([
  ['syntaxes/moeplan.tmLanguage.json', grammar],
  ['syntaxes/moeplan-markdown.tmLanguage.json', markdownGrammar],
]);

if (import.meta.main) {
  for (const [file, make] of GRAMMARS)
    writeFileSync(join(import.meta.dirname, '..', file), `${JSON.stringify(make(), null, 2)}\n`);
}
