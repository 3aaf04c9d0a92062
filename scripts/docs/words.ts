import { VOCABULARY } from '../../server/src/language/vocabulary/vocabulary.ts';
import { DIALECT_NAMES, DIALECTS, type ForeignRow } from '../../server/src/language/vocabulary/words/foreign.ts';
import { FOREIGN_WORDS } from '../../server/src/language/vocabulary/words/index.ts';
import { code, table } from './markdown.ts';

/** The table of foreign words by the block in which their thing is said, and what a plan has no place for. */
export function wordsTables(): string {
  const blocks = [...new Set(VOCABULARY.map(({ keyword }) => keyword))];
  const sections = blocks.flatMap((keyword) => {
    const rows = FOREIGN_WORDS.filter(({ homes }) => homes[0]?.block === keyword);
    if (rows.length === 0) return [];
    const header = ['here', ...DIALECTS.map((dialect) => DIALECT_NAMES[dialect]), 'difference'];
    return [
      `In ${code(`${keyword} { }`)}:`,
      table(
        header,
        rows.map((row) => [oursOf(row), ...wordsOf(row), row.note ?? '']),
      ),
    ];
  });
  const without = FOREIGN_WORDS.filter(({ homes }) => homes.length === 0);
  const said = (row: ForeignRow) =>
    [...new Set(DIALECTS.flatMap((dialect) => row.words[dialect] ?? []))].map(code).join(', ');
  return [
    ...sections,
    'What a plan has no place for:',
    table(
      ['words', 'why'],
      without.map((row) => [said(row), row.note ?? '']),
    ),
  ].join('\n\n');
}

function oursOf({ homes, value }: ForeignRow): string {
  const names = [...new Set(homes.map(({ property }) => property))].map(code).join(' or ');
  if (value === 'opposite') return `${names}, the opposite`;
  return typeof value === 'object' ? `${names} = ${value.on}` : names;
}

function wordsOf({ words }: ForeignRow): readonly string[] {
  return DIALECTS.map((dialect) => (words[dialect] ?? []).map(code).join(', '));
}
