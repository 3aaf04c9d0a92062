import { expect, test } from 'vitest';
import { exampleHeader, exampleValue } from '../../server/src/language/vocabulary/describe.ts';
import { VOCABULARY } from '../../server/src/language/vocabulary/vocabulary.ts';
import { analysisOf } from './editor/support.ts';

const { program } = analysisOf('');

/** Whether a reader knows at once whose name it is: one that every plan can name, or one to replace. */
function isNeutral(keyword: string, name: string): boolean {
  return name.startsWith('my-') || program.lookup(keyword, name) !== undefined;
}

test('examples in hints name what exists everywhere, or what is plainly the own', () => {
  const named = VOCABULARY.flatMap((block) => [
    ...block.properties.flatMap((property) =>
      property.type.kind === 'reference' ? [[property.type.to, exampleValue(property)] as const] : [],
    ),
    ...(block.parents.includes('file') && block.naming === 'required'
      ? [[block.keyword, exampleHeader(block).split(' ')[1] ?? ''] as const]
      : []),
  ]);
  expect(named.length).toBeGreaterThan(8);
  expect(named.filter(([keyword, name]) => !isNeutral(keyword, name))).toEqual([]);
});
