import { describe, expect, test } from 'vitest';
import { SEMANTIC_TOKEN_TYPES, semanticTokens } from '../../server/src/services/annotations/semanticTokens.ts';
import { complete } from '../../server/src/services/completion/completion.ts';
import { applyEdits } from '../../server/src/services/edits.ts';
import { definition } from '../../server/src/services/navigation/definition.ts';
import { foldingRanges } from '../../server/src/services/navigation/folding.ts';
import { references } from '../../server/src/services/navigation/references.ts';
import { documentSymbols } from '../../server/src/services/navigation/symbols.ts';
import { linkedRanges } from '../../server/src/services/refactor/linkedEditing.ts';
import { rename } from '../../server/src/services/refactor/rename.ts';
import { analysisAt, analysisOf, formatted, MAIN } from '../services/editor/support.ts';

const BASE = `cluster c { node = DGX-H200, count = 4 }
workload w { input = 4_000 tokens, output = 500 tokens, concurrency = 256 }
deployment d {
  model = Qwen3-235B-A22B, cluster = c, workload = w
  engine { name = sglang }
  pool prefill { gpus = 0..7, parallel { tp = 8 } }
  pool decode { gpus = 8..15, parallel { tp = 8 } }
  prefill -> decode
}
`;
const SEARCH = `search s {
  base = d
  vary decode { tp = all, node = [DGX-H200, DGX-B200] }
  require { ttft <= 2 s }
}
`;
const TEXT = BASE + SEARCH;

function offered(marked: string): readonly string[] {
  const { analysis, offset } = analysisAt(BASE + marked);
  return complete(analysis, offset).map(({ label }) => label);
}

function inserted(marked: string, label: string): string | undefined {
  const { analysis, offset } = analysisAt(BASE + marked);
  return complete(analysis, offset).find((item) => item.label === label)?.insert;
}

/** The text at a place that a feature answers with. */
const textAt = (place: { readonly uri: string; readonly span: { start: number; end: number } } | undefined) =>
  place && `${place.uri === MAIN ? '' : place.uri} ${TEXT.slice(place.span.start, place.span.end)}`.trim();

describe('completion in a search', () => {
  test('behind `vary` has the pools of the base', () => {
    expect(offered('search s {\n  base = d\n  vary $0\n}')).toEqual(['prefill', 'decode']);
    expect(offered('search s {\n  base = d\n  vary de$0 { tp = all }\n}')).toEqual(['prefill', 'decode']);
    expect(offered('search s {\n  vary $0\n}')).toEqual([]);
  });

  test('has `all` in place of a list, and in the list only what may stand there', () => {
    const kv = (value: string) => offered(`search s {\n  base = d\n  vary { kv = ${value} }\n}`);
    expect(kv('$0')).toContain('all');
    expect(kv('[$0]')).toContain('fp8');
    expect(kv('[$0]')).not.toContain('all');
    expect(kv('[bf16, $0]')).not.toContain('bf16');
    expect(offered('search s {\n  base = d\n  vary { tp = $0 }\n}')).toEqual(['all']);
    expect(offered('search s {\n  base = d\n  vary { tp = [$0] }\n}')).toEqual([]);
    expect(offered('search s {\n  base = d\n  vary { two-batch-overlap = [$0] }\n}')).toEqual(['true', 'false']);
  });

  test('has machines where these are tried, each only once', () => {
    expect(offered('search s {\n  base = d\n  vary { node = [$0] }\n}')).toContain('DGX-B200');
    const others = offered('search s {\n  base = d\n  vary { node = [DGX-H200, $0] }\n}');
    expect(others).toContain('DGX-B200');
    expect(others).not.toContain('DGX-H200');
  });

  test('requires bounds, first on the side on which a figure is worse, and never an equality', () => {
    const require = (label: string) => inserted('search s {\n  base = d\n  require {\n$0\n}\n}', label);
    expect(require('ttft')).toBe('ttft ${1|<=,>=|} ${2:2} s');
    expect(require('throughput')).toBe('throughput ${1|>=,<=|} ${2:10_000} tokens/s');
    expect(require('memory-margin')).toBe('memory-margin ${1|>=,<=|} ${2:5}%');
  });

  test('has the deployments as bases, and each objective once', () => {
    expect(offered('search s { base = $0 }')).toEqual(['d']);
    const second = offered('search s {\n  base = d\n  objective = [ttft, $0]\n}');
    expect(second).toContain('throughput');
    expect(second).not.toContain('ttft');
  });
});

describe('names in a search', () => {
  const analysis = analysisOf(TEXT);
  const at = (words: string, add = 0) => TEXT.lastIndexOf(words) + add;

  test('lead to the base, to the pool that is varied and to machines', () => {
    expect(textAt(definition(analysis, at('base = d', 7)))).toBe('d');
    expect(definition(analysis, at('base = d', 7))?.span.start).toBe(TEXT.indexOf('deployment d') + 11);
    expect(definition(analysis, at('vary decode', 6))?.span.start).toBe(TEXT.indexOf('pool decode') + 5);
    expect(definition(analysis, at('DGX-B200', 2))?.uri).toMatch(/nodes\.moeplan$/);
    expect(definition(analysis, at('DGX-H200, DGX', 2))?.uri).toMatch(/nodes\.moeplan$/);
  });

  test('are uses of what they name', () => {
    const decode = references(analysis, TEXT.indexOf('pool decode') + 6, false).map(textAt);
    expect(decode).toEqual(['decode', 'decode']);
    expect(references(analysis, TEXT.indexOf('deployment d') + 11, false).map(textAt)).toEqual(['d']);
  });

  test.each([
    ['the base', 'deployment d', 11, 'base = d', 7, /base = other\n/],
    ['a pool', 'pool decode', 6, 'vary decode', 6, /vary other \{/],
  ])('are renamed with %s, from both ends', (_, first, add, last, addLast, expected) => {
    for (const offset of [TEXT.indexOf(first) + add, TEXT.lastIndexOf(last) + addLast]) {
      const result = rename(analysis, offset, 'other');
      if (!('edits' in result)) throw new Error(result.refused);
      const renamed = applyEdits(TEXT, result.edits);
      expect(renamed).toMatch(expected);
      expect(analysisOf(renamed).program.diagnostics).toEqual([]);
      expect(renamed).not.toMatch(first === 'pool decode' ? /decode/ : /deployment d|base = d/);
    }
  });

  test('of a pool change while it is typed', () => {
    expect(linkedRanges(analysis, TEXT.indexOf('pool decode') + 6)).toHaveLength(3);
  });

  test('of a pool that the base inherits are found, too', () => {
    const text = `${BASE}deployment heir extends d {}\nsearch s { base = heir, vary decode { tp = all } }\n`;
    const place = definition(analysisOf(text), text.lastIndexOf('vary decode') + 6);
    expect(place?.span.start).toBe(text.indexOf('pool decode') + 5);
  });
});

test('a search has its symbols, folds and is coloured', () => {
  const analysis = analysisOf(TEXT);
  const symbol = documentSymbols(analysis).find(({ name }) => name === 's');
  expect(symbol?.children?.map(({ name }) => name)).toEqual(expect.arrayContaining(['decode']));
  const folded = foldingRanges(analysis).map((range) => JSON.stringify(range));
  expect(folded.length).toBeGreaterThan(foldingRanges(analysisOf(BASE)).length);
  const coloured = semanticTokens(analysis).map(({ start, end, type }) => `${TEXT.slice(start, end)}: ${type}`);
  expect(SEMANTIC_TOKEN_TYPES.length).toBeGreaterThan(0);
  for (const word of ['search', 'vary', 'require']) expect(coloured).toContain(`${word}: keyword`);
  expect(coloured.filter((token) => token.startsWith('d:')).length).toBe(2);
});

test('a search is written in the usual form', () => {
  expect(formatted('search s{base=d\nvary decode{tp=all,ep=[1,8]}\nrequire{ttft<=2 s,tpot<=50 ms}}\n')).toBe(
    'search s {\n  base = d\n  vary decode { tp = all, ep = [1, 8] }\n  require { ttft <= 2 s, tpot <= 50 ms }\n}\n',
  );
  expect(formatted(SEARCH)).toBe(SEARCH);
});
