import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Diagnostic, Fix } from '../../../server/src/language/diagnostic.ts';
import { analyseDocument } from '../../../server/src/services/analysis.ts';
import { applyEdits } from '../../../server/src/services/edits.ts';
import { diagnose } from '../../../server/src/services/findings/diagnostics.ts';
import { fixAllOf } from '../../../server/src/services/findings/fixes.ts';
import { wideFixes } from '../../../server/src/services/findings/wideFixes.ts';
import { fixturesBelow, parseFixture, WORKSPACE } from '../../support/annotations.ts';
import { memorySources } from '../../support/sources.ts';
import { analysisOf, CATALOG, MAIN, SMALL_PLAN } from './support.ts';

type Files = ReadonlyMap<string, string>;

function found(files: Files, uri: string) {
  const analysis = analyseDocument(uri, memorySources(files, CATALOG));
  const known = { filesWith: (extension: string) => [...files.keys()].filter((each) => each.endsWith(extension)) };
  return diagnose(analysis).map((diagnostic) => ({
    diagnostic,
    fixes: [...(diagnostic.fixes ?? []), ...wideFixes(analysis, diagnostic, known)],
  }));
}

function apply(files: Files, fix: Fix): Files {
  const changed = new Map(files);
  for (const uri of new Set(fix.edits.map((edit) => edit.uri)))
    changed.set(
      uri,
      applyEdits(
        files.get(uri) ?? '',
        fix.edits.filter((edit) => edit.uri === uri),
      ),
    );
  return changed;
}

describe('every quick fix of every fixture takes its finding away', () => {
  const folder = join(import.meta.dirname, '../../fixtures/rules');
  test.each(fixturesBelow(folder))('%s', (name) => {
    const files = parseFixture(readFileSync(join(folder, name), 'utf8'));
    const [root = ''] = files.keys();
    const before = found(files, root);
    const like = ({ rule, message }: Diagnostic, all: ReturnType<typeof found>) =>
      all.filter(({ diagnostic }) => diagnostic.rule === rule && diagnostic.message === message).length;
    for (const { diagnostic, fixes } of before) {
      for (const fix of fixes) {
        const after = found(apply(files, fix), root);
        expect(like(diagnostic, after), `${diagnostic.rule}: ${fix.title}`).toBeLessThan(like(diagnostic, before));
      }
    }
  });
});

/** Titles of the fixes for the findings of one rule. */
function titles(rule: string, files: Readonly<Record<string, string>>): readonly string[] {
  const texts = new Map(Object.entries(files).map(([name, text]) => [WORKSPACE + name, text]));
  return found(texts, MAIN)
    .filter(({ diagnostic }) => diagnostic.rule === rule)
    .flatMap(({ fixes }) => fixes.map(({ title }) => title));
}

describe('fixes that know other files', () => {
  test.each<readonly [string, Readonly<Record<string, string>>, readonly string[]]>([
    [
      'a slip in the path',
      { 'main.moeplan': 'import "./modles.moeplan"', 'models.moeplan': '' },
      ['Change to `./models.moeplan`'],
    ],
    [
      'a file that lies elsewhere',
      { 'main.moeplan': 'import "./models.moeplan"', 'lib/models.moeplan': '', 'lib/gpus.moeplan': '' },
      ['Change to `./lib/models.moeplan`'],
    ],
    [
      'a config is no import',
      { 'main.moeplan': 'import "./mixtral/config.json"', 'mixtral/config.json': '{}' },
      ['Write `model mixtral from "./mixtral/config.json"`'],
    ],
    ['no file that could be meant', { 'main.moeplan': 'import "./models.moeplan"', 'gpus.moeplan': '' }, []],
  ])('%s', (_, files, expected) => {
    expect(titles('import-not-found', files)).toEqual(expected);
  });
});

describe('fixes that know what is predicted', () => {
  const plan = (claims: string) =>
    `${SMALL_PLAN}deployment d {\n  model = small, cluster = two-nodes, workload = batch\n  parallel { ep = 16 }\n  expect { ${claims} }\n}\n`;

  test('an exact figure is claimed exactly', () => {
    expect(titles('claim-not-met', { 'main.moeplan': plan('experts-per-gpu = 8') })).toEqual([
      'Claim what is computed: `experts-per-gpu = 4`',
    ]);
  });

  test('a prediction is claimed with three digits, on the side on which the claim holds', () => {
    const [title = ''] = titles('claim-not-met', { 'main.moeplan': plan('step <= 1 ms') });
    const analysis = analysisOf(plan(/`(.*)`/.exec(title)?.[1] ?? ''));
    expect(title).toMatch(/`step <= [\d.]{3,4} m?s`$/);
    expect(diagnose(analysis).map(({ rule }) => rule)).not.toContain('claim-not-met');
  });

  test('what cannot be computed is left out', () => {
    expect(titles('claim-not-computed', { 'main.moeplan': plan('ttft = 5 ms, experts-per-gpu = 4') })).toEqual([
      'Remove the claim',
    ]);
  });
});

test('an engine that nobody named is named by one fix each, of the kind that the workload needs', () => {
  const plan = (workload: string, rest = '') =>
    `${SMALL_PLAN}workload w { ${workload} }\ndeployment d {\n  model = small, cluster = two-nodes, workload = w${rest}\n}\n`;
  const serving = { 'main.moeplan': plan('input = 100 tokens, output = 10 tokens, concurrency = 4') };
  expect(titles('engine-not-named', serving)).toEqual(
    ['vllm', 'sglang', 'trt-llm', 'ideal'].map((name) => `Write \`engine { name = ${name} }\``),
  );
  const training = { 'main.moeplan': plan('length = 128 tokens, global-batch = 64') };
  expect(titles('engine-not-named', training)).toEqual(
    ['megatron', 'megatron-bridge', 'torchtitan', 'ideal'].map((name) => `Write \`engine { name = ${name} }\``),
  );
  for (const named of ['ideal', 'vllm'])
    expect(
      titles('engine-not-named', {
        'main.moeplan': plan('input = 100 tokens, output = 10 tokens, concurrency = 4', `, engine { name = ${named} }`),
      }),
    ).toEqual([]);
});

describe('a deployment that does not fit', () => {
  const plan = (model: string, inside: string, cluster = 'cluster c { node = DGX-H100, count = 1 }') =>
    `${cluster}\nworkload w { input = 2_000 tokens, output = 500 tokens, concurrency = 16 }\ndeployment d {\n  model = ${model}, cluster = c, workload = w\n  ${inside}\n}\n`;
  const ENGINE = 'engine { name = vllm, max-context = 4_096 tokens }';
  const of = (text: string) =>
    found(new Map([[MAIN, text]]), MAIN).filter(({ diagnostic }) => diagnostic.rule === 'memory-over-capacity');

  test.each([
    [
      'experts that are spread over all GPUs need more nodes',
      plan('DeepSeek-V3', `parallel { tp = 8, ep = 8 }, ${ENGINE}`),
      ['`count = 2` and `ep = 16`', '`types { weights = int4 }`'],
      'use more nodes and with them a larger `ep`',
    ],
    [
      'copies of experts are given up',
      plan('Qwen3-235B-A22B', 'parallel { tp = 4 }, engine { name = ideal }'),
      ['`ep = 8`', '`types { weights = fp8 }`'],
      'use a larger `ep`, `etp` or `pp`',
    ],
    [
      'heads are split further, up to the node',
      plan('Llama-3.1-70B', `parallel { tp = 1 }, ${ENGINE}`),
      ['`tp = 4`', '`types { weights = fp8 }`'],
      'use a larger `tp` or `pp`',
    ],
    [
      'tensors that a node cannot split further are laid in stages',
      plan('Llama-3.1-405B', `parallel { tp = 8 }, ${ENGINE}`),
      ['`count = 2` and `pp = 2`', '`types { weights = fp8 }`'],
      'use more nodes and with them a larger `pp`',
    ],
    [
      'where nothing is written, degrees are',
      plan('DeepSeek-V3', ENGINE),
      ['`count = 2` and `tp = 2`'],
      'use more nodes and with them a larger `ep`',
    ],
    [
      'GPUs that are named are not added to',
      plan('DeepSeek-V3', `gpus = 0..7, parallel { tp = 8, ep = 8 }, ${ENGINE}`),
      ['`types { weights = int4 }`'],
      'use more nodes',
    ],
  ])('%s', (_, text, wanted, advice) => {
    const [only, ...others] = of(text);
    expect(others).toEqual([]);
    expect(only?.diagnostic.message).toContain(`; ${advice}`);
    const offered = only?.fixes ?? [];
    expect(offered.map(({ title }) => title.replace(/^Write (.*): [\d.]+ of 79\.2 GiB$/, '$1'))).toEqual(wanted);
    for (const fix of offered) {
      const after = found(apply(new Map([[MAIN, text]]), fix), MAIN).map(({ diagnostic }) => diagnostic);
      expect(
        after.filter(({ severity }) => severity === 'error').map(({ message }) => message),
        fix.title,
      ).toEqual([]);
    }
  });

  test.each([
    ['its own', '', 'pool all { types { kv = fp8 }, parallel { tp = 8, ep = 8 } }', 'kv = fp8, weights = int4'],
    ['none anywhere', '', 'pool all { parallel { tp = 8, ep = 8 } }', 'types { weights = int4 }'],
    ['those of the deployment', 'types { kv = fp8 }, ', 'pool all { parallel { tp = 8, ep = 8 } }', undefined],
  ])('a pool with %s types', (_, types, pool, wanted) => {
    const text = plan('DeepSeek-V3', `${types}${ENGINE}, ${pool}`);
    const fix = of(text)[0]?.fixes.find(({ title }) => title.includes('types'));
    const after = fix && apply(new Map([[MAIN, text]]), fix).get(MAIN);
    if (wanted === undefined) expect(after).toBeUndefined();
    else expect(after).toContain(wanted);
    if (after !== undefined) expect(of(after)).toEqual([]);
  });

  test('types are narrowed in the pool that does not fit, whoever shares its degrees', () => {
    const pools = 'pool prefill { gpus = 0..3 }, pool decode { gpus = 4..7 }';
    const text = plan('Qwen3-235B-A22B', `parallel { tp = 4, ep = 4, etp = 1 }, ${ENGINE}, ${pools}`);
    const findings = of(text);
    expect(findings).toHaveLength(2);
    for (const { diagnostic, fixes } of findings) {
      const fix = fixes.find(({ title }) => title.includes('types'));
      const after = fix && apply(new Map([[MAIN, text]]), fix).get(MAIN);
      expect(after).toBeDefined();
      // The finding is gone, and that of the other pool is there still.
      const left = of(after ?? '');
      expect(left).toHaveLength(1);
      expect(left[0]?.diagnostic.message).not.toBe(diagnostic.message);
    }
  });

  test('nodes are not added to a cluster whose groups say their own', () => {
    const cluster = 'cluster c { group a { node = DGX-H100, count = 1 } }';
    const text = plan('DeepSeek-V3', `parallel { tp = 8, ep = 8 }, ${ENGINE}`, cluster);
    const titles = of(text).flatMap(({ fixes }) => fixes.map(({ title }) => title));
    expect(titles.filter((title) => title.includes('count'))).toEqual([]);
  });

  test('degrees of a pool are written in it', () => {
    const text = plan('Qwen3-235B-A22B', 'engine { name = ideal }, pool all { parallel { tp = 4 } }');
    const [fix] = of(text)[0]?.fixes ?? [];
    const after = fix && apply(new Map([[MAIN, text]]), fix).get(MAIN);
    expect(after).toContain('pool all { parallel { tp = 4, ep = 8 } }');
  });

  test('a cluster that another deployment uses stays as it is', () => {
    const text = `${plan('DeepSeek-V3', `parallel { tp = 8, ep = 8 }, ${ENGINE}`)}deployment e { model = Qwen3-8B, cluster = c, workload = w, ${ENGINE} }\n`;
    const [fix] = of(text)[0]?.fixes ?? [];
    const after = fix && apply(new Map([[MAIN, text]]), fix).get(MAIN);
    expect(after).toContain('cluster c { node = DGX-H100, count = 1 }');
    expect(after).toContain('cluster d-cluster extends c {\n  count = 2\n}');
  });
});

describe('a cache that holds fewer requests than there are', () => {
  const plan = (engine: string) =>
    `cluster c { node = DGX-H100, count = 1 }\nworkload w { input = 2_000 tokens, output = 500 tokens, concurrency = 64 }\ndeployment d {\n  model = Qwen3-32B, cluster = c, workload = w\n  gpus = 0..0\n  engine { ${engine} }\n}\n`;
  const of = (text: string) =>
    found(new Map([[MAIN, text]]), MAIN).filter(({ diagnostic }) => diagnostic.rule === 'kv-cache-too-small');

  test('gets room by what an engine need not keep for steps, or by a narrower type, and each was tried', () => {
    const text = plan('name = vllm, version = "0.22.0"');
    const [finding] = of(text);
    const titles = finding?.fixes.map(({ title }) => title) ?? [];
    expect(titles.some((title) => /^Write `types \{ .* = \w+ \}`: [\d,]+ requests at once$/.test(title))).toBe(true);
    for (const fix of finding?.fixes ?? []) {
      const after = apply(new Map([[MAIN, text]]), fix);
      expect(of(after.get(MAIN) ?? ''), fix.title).toEqual([]);
    }
  });
});

describe('all findings of one rule at once', () => {
  const fixedAll = (rule: string, text: string) => {
    const fix = fixAllOf(rule, MAIN, diagnose(analysisOf(text)));
    return fix && [fix.title, applyEdits(text, fix.edits)];
  };

  test('are fixed where each has one fix', () => {
    expect(
      fixedAll('unknown-property', 'gpu a { memroy = 80 GiB }\ngpu b { memory = 40 GiB, bandwith = 3 TB/s }\n'),
    ).toEqual([
      'Fix all 2 of `unknown-property`',
      'gpu a { memory = 80 GiB }\ngpu b { memory = 40 GiB, bandwidth = 3 TB/s }\n',
    ]);
  });

  test('are left to a person where there are several ways', () => {
    expect(fixedAll('missing-unit', 'gpu a { memory = 80 }\ngpu b { memory = 40 }\n')).toBeUndefined();
  });

  test('are left to their own fix where there is only one', () => {
    expect(fixedAll('unknown-property', 'gpu a { memroy = 80 GiB }\n')).toBeUndefined();
  });
});

describe('what a finding of degrees or links says is offered, tried on the plan', () => {
  const MODEL = `model small {
  layers = 4, hidden = 1024
  attention { heads = 32, head-size = 64 }
  experts { count = 16, top-k = 2, ffn = 1024 }
}
workload w { input = 1_000 tokens, output = 100 tokens, concurrency = 4 }
`;
  const fixesOf = (rule: string, rest: string) => {
    const files = new Map([[MAIN, MODEL + rest]]);
    const fixes = found(files, MAIN).flatMap((each) => (each.diagnostic.rule === rule ? each.fixes : []));
    return fixes.map((fix) => ({
      title: fix.title,
      errors: found(apply(files, fix), MAIN).filter(({ diagnostic }) => diagnostic.severity === 'error').length,
      text: apply(files, fix).get(MAIN)?.slice(MODEL.length),
    }));
  };
  const plan = (cluster: string, parallel: string) =>
    `cluster c { ${cluster} }\ndeployment d {\n  model = small, cluster = c, workload = w\n  parallel { ${parallel} }\n}\n`;

  test('a degree is left out', () => {
    const fixes = fixesOf('parallel-mismatch', plan('node = DGX-H100', 'tp = 4, dp = 4, ep = 8'));
    expect(fixes.map(({ text }) => text).toSorted()).toEqual(
      [plan('node = DGX-H100', 'dp = 4, ep = 8'), plan('node = DGX-H100', 'tp = 4, ep = 8')].toSorted(),
    );
    for (const { title, errors } of fixes) {
      expect(title).toMatch(/^Leave `(?:tp|dp)` out: [\d.]+ MiB of 79.2 GiB, .*tokens\/s$/);
      expect(errors).toBe(0);
    }
  });

  test('what leads to another error is not offered', () => {
    expect(fixesOf('parallel-mismatch', plan('node = DGX-H100', 'tp = 16, cp = 3, dp = 2'))).toEqual([]);
  });

  test('loose GPUs are put into machines that hold all of them', () => {
    const fixes = fixesOf('gpus-not-linked', plan('gpu = H100-SXM, count = 8', 'tp = 4'));
    expect(fixes[0]?.title).toMatch(/^Write `node = DGX-H100` into cluster c: [\d.]+ MiB of 79.2 GiB, .*tokens\/s$/);
    expect(fixes[0]?.text).toBe(plan('node = DGX-H100, count = 1', 'tp = 4'));
    expect(fixes.find(({ title }) => title.startsWith('Leave `tp` out'))?.text).toMatch(/parallel \{ +\}/);
    for (const { errors } of fixes) expect(errors).toBe(0);
  });

  test('two GPUs, which no machine of the catalogue holds, need no link where nothing is split', () => {
    const fixes = fixesOf('gpus-not-linked', plan('gpu = H100-SXM, count = 2', 'tp = 2'));
    expect(fixes.map(({ title }) => title.replace(/:.*/, ''))).toEqual(['Leave `tp` out']);
    for (const { errors } of fixes) expect(errors).toBe(0);
  });
});
