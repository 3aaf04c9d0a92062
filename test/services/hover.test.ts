import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { VOCABULARY } from '../../server/src/language/vocabulary/vocabulary.ts';
import { hover } from '../../server/src/services/hover/hover.ts';
import { analysed } from '../support/analysed.ts';
import { projectRoot } from '../support/dist.ts';
import { expectHover } from './expect.ts';

const example = readFileSync(join(projectRoot, 'examples/deployment-analysis.moeplan'), 'utf8');
/** The example with the cursor before a piece of it that occurs once. */
const at = (piece: string, cursor: string) => {
  if (example.split(piece).length !== 2) throw new Error(`${piece} occurs ${example.split(piece).length - 1} times`);
  return example.replace(piece, cursor);
};

describe('the vocabulary speaks', () => {
  /** The text around a block: its first possible parent, that one's, and so on up to the file. */
  const nested = (keyword: string, inside: string): string => {
    const parent = VOCABULARY.find((each) => each.keyword === keyword)?.parents[0] ?? 'file';
    return parent === 'file' ? inside : nested(parent, `${parent} x {\n${inside}\n}`);
  };
  const blocks = VOCABULARY.filter(
    ({ keyword }, index) => VOCABULARY.findIndex((each) => each.keyword === keyword) === index,
  );

  test.each(blocks.map((block) => [block.keyword, block] as const))('%s and its properties', (keyword, block) => {
    const said = (text: string, piece: string) => hover(analysed(text), text.lastIndexOf(piece) + 1)?.markdown;
    expect(said(nested(keyword, `${keyword} { }`), `${keyword} {`)).toContain(block.doc);
    for (const { name, doc } of block.properties) {
      const text = nested(keyword, `${keyword} x { ${name} = 1 }`);
      expect(said(text, `${name} = 1`), `${keyword}.${name}`).toContain(doc);
    }
  });
});

describe('what was computed', () => {
  test.each([
    ['tp = 8, pp = 2, ep = 8', '«t$0p» = 8, pp = 2, ep = 8', ['32 heads / 8 = 4 heads per GPU', '512 columns']],
    [
      'pp = 2, ep = 8',
      '«p$0p» = 2, ep = 8',
      ['4 layers in 2 stages', '| front | 0..1 | GPUs 0..7 |', '| back | 2..3 | GPUs 8..15 |'],
    ],
    ['ep = 16', '«e$0p» = 16', ['16 experts per layer / ep 16', '| all | 1 per layer, 4 over 4 MoE layers | 2 GiB |']],
    [
      'etp = 8',
      '«e$0tp» = 8',
      ['FFN 32768 / 8 = 4096 columns, 64 MiB of 512 MiB', '| front | 16 per layer, 32 over 2 MoE layers | 2 GiB |'],
    ],
    ['model moe-4l', 'model «mo$0e-4l»', ['17.4', 'moe-4l']],
    ['deployment proposed', 'deployment «pro$0posed»', ['GPU', '79.2 GiB']],
    ['experts   {', '«exp$0erts»   {', ['512 MiB']],
  ])('%s', (piece, cursor, says) => expectHover(at(piece, cursor), ...says));
});

describe('names, units and choices', () => {
  test.each([
    ['a quantity, from its number', 'gpu g { memory = «8$00 GiB» }', ['85,899,345,920']],
    ['a quantity, from its unit', 'gpu g { memory = «80 G$0iB» }', ['85,899,345,920']],
    ['a choice', 'model m { weights = «b$0f16» }', ['bf16']],
    ['a name of the catalogue', 'cluster c { node = «DGX$0-H100» }', ['DGX-H100', 'gpu']],
    ['a constant', 'let n = 8\ncluster c { count = «$0n» }', ['8']],
  ])('%s', (_, source, says) => expectHover(source, ...says));
});

describe('nothing to say', () => {
  test.each([
    ['a comment', '// lay$0ers\nmodel m { layers = 2 }'],
    ['between blocks', 'model m {}\n\n$0\n\nmodel n {}'],
    ['an unknown property', 'model m { lay$0rs = 2 }'],
    ['an empty file', '$0'],
  ])('%s', (_, source) => expectHover(source));
});

test('no place of a broken file makes a hover throw, and each lies around its offset', () => {
  const text = readFileSync(join(projectRoot, 'examples/broken.moeplan'), 'utf8');
  const analysis = analysed(text);
  let said = 0;
  for (let offset = 0; offset <= text.length; offset += 3) {
    const found = hover(analysis, offset);
    if (!found) continue;
    said++;
    expect(found.span.start <= offset && offset <= found.span.end).toBe(true);
  }
  expect(said).toBeGreaterThan(300);
});
