import { describe, expect, test } from 'vitest';
import { locationOfTarget } from '../../server/src/language/analysis.ts';
import { Cache } from '../../server/src/language/cache.ts';
import type { Entity, Value } from '../../server/src/language/entity.ts';
import { analyse, languageDiagnostics, type Program } from '../../server/src/language/program.ts';
import { parseFixture, WORKSPACE } from '../support/annotations.ts';
import { memorySources, TEST_CATALOG } from '../support/sources.ts';

const ROOT = `${WORKSPACE}main.moeplan`;

/** A program of files written as one text, free of errors unless `faulty` says so. */
function program(text: string, { faulty = false, cache = new Cache() } = {}): Program {
  const analysed = analyse(ROOT, memorySources(parseFixture(text)), cache);
  const errors = [...analysed.analyses.values()]
    .flatMap(languageDiagnostics)
    .filter((diagnostic) => diagnostic.severity === 'error');
  if (!faulty) expect(errors).toEqual([]);
  return analysed;
}

function own(analysed: Program, name: string): Entity {
  const found = analysed.own.find((entity) => entity.name === name);
  if (!found) throw new Error(`no ${name}`);
  return found;
}

function show(value: Value | undefined): string {
  switch (value?.kind) {
    case 'quantity':
      return `${value.value} ${value.dimension}`;
    case 'range':
      return `${value.from}..${value.to} by ${value.by}`;
    case 'word':
      return value.text;
    case 'text':
      return JSON.stringify(value.text);
    case 'list':
      return `[${value.items.map(show).join(', ')}]`;
    case 'application':
      return `${value.word} ${show(value.argument)}`;
    case undefined:
      return 'nothing';
  }
}

function value(entity: Entity | undefined, property: string): string {
  return show(entity?.properties.get(property)?.value);
}

function child(entity: Entity, keyword: string, name?: string): Entity {
  const found = entity.children.find((candidate) => candidate.keyword === keyword && candidate.name === name);
  if (!found) throw new Error(`no ${keyword} ${name ?? ''}`);
  return found;
}

describe('constants', () => {
  function constant(text: string, faulty = false): string {
    return show(program(text, { faulty }).lets.find((candidate) => candidate.name === 'x')?.value);
  }

  test.each([
    ['let x = 10_000', '10000 number'],
    ['let x = 80 GiB', `${80 * 2 ** 30} bytes`],
    ['let x = 80 GB', '80000000000 bytes'],
    ['let x = 400 Gb/s', '50000000000 bytes/s'],
    ['let x = 50%', '0.5 fraction'],
    ['let x = 2 * 3 GiB - 1 GiB', `${5 * 2 ** 30} bytes`],
    ['let x = 2 GB / 10 ms', '200000000000 bytes/s'],
    ['let x = 4 GB / 2 GB/s', '2 seconds'],
    ['let x = 4 GB/s * 2 s', '8000000000 bytes'],
    ['let x = 100 tokens / 2 s', '50 tokens/s'],
    ['let x = 50 requests/s * 2 s', '100 number'],
    ['let x = 4 GB / 2 GB', '2 number'],
    ['let x = 50% * 8', '4 number'],
    ['let x = 50% + 1', '1.5 number'],
    ['let x = -(2 - 5)', '3 number'],
    ['let x = y + 1\nlet y = z * 2\nlet z = 3', '7 number'],
    ['let x = 0..7', '0..7 by 1'],
    ['let n = 8\nlet x = 0..n - 1 by 2', '0..7 by 2'],
    ['let x = [1, 2 GiB, "a"]', `[1 number, ${2 ** 31} bytes, "a"]`],
    ['let x = true', 'true'],
    ['let x = zipf 1.1', 'zipf 1.1 number'],
    ['let one = 1 + 2\nlet x = one', '3 number'],
  ])('%s', (text, expected) => {
    expect(constant(text)).toBe(expected);
  });

  test('a constant without a value says nothing more where it is used', () => {
    const analysed = program('let x = 1 GiB + 1 s\nlet y = x * 2\ngpu g extends H100-SXM { memory = y }', {
      faulty: true,
    });
    expect(analysed.diagnostics.map((diagnostic) => diagnostic.rule)).toEqual(['wrong-unit']);
    expect(own(analysed, 'g').incomplete).toBe(true);
  });
});

describe('values', () => {
  test('have the declared type', () => {
    const analysed = program(`
let n = 4
model m {
  hidden = 1024 * n, tied = true, weights = nvfp4, pattern = "ME*"
  vision = 1.5 GiB
  experts { count = 16, top-k = 2, ffn = 0.1 * 30, popularity = zipf 1.5 }
}
layer l { operator o { kind = norm, input = [batch, n, 4096], output = n } }
cluster c { node = DGX-H100, count = n }
workload w { input = 1000 tokens, output = 10 tokens, prefix-share = 0.25, request-rate = 3 requests/s }
deployment d {
  model = m, cluster = c, workload = w, gpus = [0..3, 8, n..6]
  parallel { recompute = selective }
  engine { memory-fraction = 90%, name = trt-llm }
  expect { throughput >= 100 tokens/s +- 5%, latency = 8 ms +- 1 ms }
}`);
    const m = own(analysed, 'm');
    expect(['hidden', 'tied', 'weights', 'pattern', 'vision'].map((name) => value(m, name))).toEqual([
      '4096 number',
      'true',
      'nvfp4',
      '"ME*"',
      '1610612736 bytes',
    ]);
    expect(value(child(m, 'experts'), 'ffn')).toBe('3 number');
    expect(value(child(m, 'experts'), 'popularity')).toBe('zipf 1.5 number');
    const o = child(own(analysed, 'l'), 'operator', 'o');
    expect([value(o, 'input'), value(o, 'output')]).toEqual(['[batch, 4 number, 4096 number]', '[4 number]']);
    const d = own(analysed, 'd');
    expect(value(d, 'gpus')).toBe('[0..3 by 1, 8 number, 4..6 by 1]');
    expect(value(child(d, 'parallel'), 'recompute')).toBe('[selective]');
    expect(value(child(d, 'engine'), 'memory-fraction')).toBe('0.9 fraction');
    expect(value(own(analysed, 'w'), 'prefix-share')).toBe('0.25 fraction');
    expect(d.properties.get('model')?.target).toBe(m);
    const claims = child(d, 'expect').properties;
    expect([claims.get('throughput')?.operator, show(claims.get('throughput')?.tolerance)]).toEqual([
      '>=',
      '0.05 fraction',
    ]);
    expect(show(claims.get('latency')?.tolerance)).toBe('0.001 seconds');
    expect(analysed.own.every((entity) => entity.incomplete === undefined)).toBe(true);
  });

  test('placements, entries and comparisons', () => {
    const analysed = program(`
model m {
  hidden = 8
  layers { 0..2 = dense, 3..5 by 2 = [full, moe], 4 = drawn }
  attention full { heads = 2 }
}
layer drawn { operator o { kind = norm, input = [8], output = [8] }
  input -> o -> output }
cluster c { node = DGX-H100, count = 1 }
workload w { sequences = 1, length = 8 tokens }
deployment a { model = m, cluster = c, workload = w
  expert 0..3 of layer 2 on gpu 5
  stage s { expert 1 on gpu 0..1 } }
deployment b extends a { }
compare a, b { speedup >= 3.75 }`);
    const layers = child(own(analysed, 'm'), 'layers');
    expect(layers.entries.map((entry) => `${show(entry.range)} = ${show(entry.value)}`)).toEqual([
      '0..2 by 1 = dense',
      '3..5 by 2 = [full, moe]',
      '4 number = drawn',
    ]);
    const [placement] = own(analysed, 'a').placements;
    expect([placement?.experts, placement?.layers, placement?.gpus].map(show)).toEqual([
      '0..3 by 1',
      '2 number',
      '5 number',
    ]);
    expect(own(analysed, 'b').placements).toHaveLength(1);
    const [compare] = analysed.compares;
    expect(compare?.deployments.map((entity) => entity.name)).toEqual(['a', 'b']);
    expect(compare?.properties.map((property) => `${property.operator} ${show(property.value)}`)).toEqual([
      '>= 3.75 number',
    ]);
  });
});

describe('extends', () => {
  const text = `
import "./base.moeplan"
deployment derived extends base {
  workload = w2
  parallel { tp = 4 }
  stage back { gpus = 4..5 }
  stage third { layers = 4 }
  front -> back
  back -> third
}
workload w2 { sequences = 2, length = 8 tokens }
gpu H100-SXM extends H100-SXM { memory = 96 GiB }
//# file: base.moeplan
model m { hidden = 8 }
cluster c { node = DGX-H100, count = 1 }
workload w { sequences = 1, length = 8 tokens }
deployment base {
  model = m, cluster = c, workload = w
  parallel { tp = 8, pp = 2 }
  stage front { layers = 0..1, gpus = 0..3 }
  stage back { layers = 2..3, gpus = 4..7 }
  front -> back
  expect { gpus-used = 8 }
}`;

  test("own properties and children go over inherited ones, in the base's order", () => {
    const derived = own(program(text), 'derived');
    expect(derived.base?.name).toBe('base');
    expect(derived.properties.get('workload')?.target?.name).toBe('w2');
    expect(derived.properties.get('model')?.uri).toBe(`${WORKSPACE}base.moeplan`);
    expect(derived.children.map((entity) => `${entity.keyword} ${entity.name ?? ''}`.trim())).toEqual([
      'parallel',
      'stage front',
      'stage back',
      'expect',
      'stage third',
    ]);
    const parallel = child(derived, 'parallel');
    expect([value(parallel, 'tp'), value(parallel, 'pp')]).toEqual(['4 number', '2 number']);
    const back = child(derived, 'stage', 'back');
    expect([value(back, 'layers'), value(back, 'gpus')]).toEqual(['2..3 by 1', '4..5 by 1']);
    expect(derived.children.map((entity) => entity.parent)).toEqual(derived.children.map(() => derived));
    expect(
      derived.edges.map((edge) => [edge.path.map((word) => word.text).join(), edge.uri.slice(WORKSPACE.length)]),
    ).toEqual([
      ['front,back', 'base.moeplan'],
      ['back,third', 'main.moeplan'],
    ]);
  });

  test('a file overrides the catalogue by extending the name that it hides', () => {
    const analysed = program(text);
    const gpu = analysed.lookup('gpu', 'H100-SXM');
    expect(gpu?.uri).toBe(ROOT);
    expect([value(gpu, 'memory'), value(gpu, 'bf16')]).toEqual([`${96 * 2 ** 30} bytes`, '989000000000000 FLOP/s']);
    expect(analysed.entities.filter((entity) => entity.name === 'H100-SXM')).toEqual([gpu]);
  });
});

describe('names', () => {
  const text = `
import "./models.moeplan"
let n = width / 2
model m extends far { hidden = n }
cluster c { node = DGX-H100, count = n }
//# file: models.moeplan
import "./constants.moeplan"
let width = whole
model far { hidden = width }
//# file: constants.moeplan
let whole = 8
model unseen { hidden = 1 }`;

  test("own ones, imported ones and the catalogue's are visible; what imports import is not", () => {
    const analysed = program(text);
    expect(analysed.entities.map((entity) => entity.name)).toEqual(
      expect.arrayContaining(['m', 'c', 'far', 'DGX-H100', 'H100-SXM']),
    );
    expect(analysed.lookup('model', 'unseen')).toBeUndefined();
    expect(analysed.lookup('model', 'far')?.name).toBe('far');
    expect(analysed.lookup('cluster', 'far')).toBeUndefined();
    expect(analysed.lets.map((constant) => constant.name)).toEqual(['n', 'width']);
    expect(value(own(analysed, 'c'), 'count')).toBe('4 number');
  });

  test('every use is a reference that leads to its definition', () => {
    const analysed = program(text);
    const texts = new Map([...analysed.files].map(([uri, source]) => [uri, source.text]));
    const shown = analysed.references.map(({ uri, span, target }) => {
      const to = locationOfTarget(target);
      return `${uri.split('/').at(-1)} ${texts.get(uri)?.slice(span.start, span.end)} -> ${to.uri.split('/').at(-1)} ${texts.get(to.uri)?.slice(to.span.start, to.span.end)}`;
    });
    expect(shown.sort()).toEqual([
      'hardware.moeplan H100-SXM -> hardware.moeplan H100-SXM',
      'main.moeplan DGX-H100 -> hardware.moeplan DGX-H100',
      'main.moeplan far -> models.moeplan far',
      'main.moeplan n -> main.moeplan n',
      'main.moeplan n -> main.moeplan n',
      'main.moeplan width -> models.moeplan width',
      'models.moeplan whole -> constants.moeplan whole',
      'models.moeplan width -> models.moeplan width',
    ]);
  });

  test('configs are read through the sources', () => {
    const analysed = program(
      'model m from "./config.json" { layers = 3 }\nmodel n extends m { }\n//# file: config.json\n{"hidden_size": 64, "__proto__": {"x": 1}}',
    );
    expect(own(analysed, 'm').config).toEqual({
      uri: `${WORKSPACE}config.json`,
      json: JSON.parse('{"hidden_size": 64, "__proto__": {"x": 1}}'),
    });
    expect(own(analysed, 'n').config).toBe(own(analysed, 'm').config);
    expect(analysed.analyses.get(ROOT)?.configs.map((config) => config.target)).toEqual([`${WORKSPACE}config.json`]);
  });
});

describe('the cache', () => {
  const files = (main: string, imported = 'model m { hidden = 8 }') =>
    `${main}\n//# file: other.moeplan\n${imported}\n//# file: config.json\n{}`;

  test("a keystroke in one file leaves the others' trees and entities as they were", () => {
    const cache = new Cache();
    const before = program(files('import "./other.moeplan"\nmodel a extends m { layers = 1 }'), { cache });
    const after = program(files('import "./other.moeplan"\nmodel a extends m { layers = 12 }'), { cache });
    expect(after.root).not.toBe(before.root);
    expect(after.lookup('model', 'm')).toBe(before.lookup('model', 'm'));
    for (const uri of TEST_CATALOG.keys()) expect(after.analyses.get(uri)).toBe(before.analyses.get(uri));
    expect(after.references.filter((reference) => reference.name === 'm')).toHaveLength(1);
  });

  test('a change in an import reaches the files that import it', () => {
    const cache = new Cache();
    const main = 'import "./other.moeplan"\nmodel a extends m { layers = 1 }';
    program(files(main), { cache });
    const after = program(files(main, 'model m { hidden = 16 }'), { cache });
    expect(value(own(after, 'a'), 'hidden')).toBe('16 number');
  });

  test('a change in a config, and its coming into being, reach the model', () => {
    const cache = new Cache();
    const main = 'model a from "config.json"\n';
    expect(own(program(main, { cache, faulty: true }), 'a').config).toBeUndefined();
    expect(own(program(`${main}//# file: config.json\n{}`, { cache }), 'a').config?.json).toEqual({});
    expect(own(program(`${main}//# file: config.json\n{"a":1}`, { cache }), 'a').config?.json).toEqual({ a: 1 });
  });

  test('equal texts give the very same analysis', () => {
    const cache = new Cache();
    const text = files('import "./other.moeplan"\nmodel a extends m { layers = 1 }');
    expect(program(text, { cache }).analyses.get(ROOT)).toBe(program(text, { cache }).analyses.get(ROOT));
  });
});

describe('files that import each other', () => {
  test('are resolved all the same', () => {
    const analysed = program(
      'import "./b.moeplan"\nlet x = 1\nmodel a { hidden = y }\n//# file: b.moeplan\nimport "./main.moeplan"\nlet y = x + 1\nmodel b extends a { layers = 2 }',
    );
    expect(value(own(analysed, 'a'), 'hidden')).toBe('2 number');
    expect(value(analysed.lookup('model', 'b'), 'hidden')).toBe('2 number');
  });

  test('a circle of constants or bases over files is reported once, wherever the analysis starts', () => {
    const text =
      'import "./b.moeplan"\nlet x = y\nmodel a extends b { }\n//# file: b.moeplan\nimport "./main.moeplan"\nlet y = x\nmodel b extends a { }';
    const files = parseFixture(text);
    const cache = new Cache();
    const found = [...files.keys()].map((root) =>
      [...analyse(root, memorySources(files), cache).analyses.values()]
        .flatMap(languageDiagnostics)
        .filter((diagnostic) => diagnostic.severity === 'error')
        .map((diagnostic) => `${diagnostic.uri} ${diagnostic.rule}`)
        .sort(),
    );
    expect(found[0]).toEqual([`${WORKSPACE}b.moeplan extends-cycle`, `${WORKSPACE}b.moeplan let-cycle`]);
    expect(found[1]).toEqual(found[0]);
  });
});
