import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Analysis, analyseDocument } from '../../server/src/services/analysis.ts';
import {
  differencesBetween,
  differencesToFile,
  differencesToTexts,
} from '../../server/src/services/differences/answer.ts';
import type { Differences, DifferencesAnswer } from '../../server/src/services/preview/differencesProtocol.ts';
import { isToPage } from '../../server/src/services/preview/messages.ts';
import { catalogSources } from '../catalog/catalog.ts';
import { projectRoot } from '../support/dist.ts';

const MAIN = 'file:///workspace/main.moeplan';
const LIBRARY = 'file:///workspace/library.moeplan';
const ANALYSIS = readFileSync(join(projectRoot, 'examples', 'deployment-analysis.moeplan'), 'utf8');
const DEEPSEEK = readFileSync(join(projectRoot, 'examples', 'deepseek-v3-h800.moeplan'), 'utf8');

function analysed(
  text: string,
  library?: string,
): { readonly analysis: Analysis; readonly sources: ReturnType<typeof catalogSources> } {
  const sources = catalogSources(
    new Map([[MAIN, text], ...(library === undefined ? [] : [[LIBRARY, library] as const])]),
  );
  return { analysis: analyseDocument(MAIN, sources), sources };
}

/** What differs between a deployment in an old text and in the one of now. */
function against(old: string, now: string, deployment: string): DifferencesAnswer {
  const { analysis, sources } = analysed(now);
  return differencesToTexts(analysis, deployment, new Map([[MAIN, old]]), sources);
}

function found(answer: DifferencesAnswer): Differences {
  if ('unavailable' in answer) throw new Error(answer.unavailable);
  return answer.differences;
}

function marked({ picture }: Differences, mark: string): readonly string[] {
  return picture.nodes.flatMap((node) => (node.mark === mark ? [node.id] : []));
}

describe('between two deployments', () => {
  const { analysis } = analysed(ANALYSIS);
  const whole = found(differencesBetween(analysis, 'baseline-whole', 'proposed'));

  test('is a message that the page accepts', () => {
    const answer = differencesBetween(analysis, 'baseline-whole', 'proposed');
    expect(isToPage(JSON.parse(JSON.stringify({ type: 'differences', sequence: 1, answer })))).toBe(true);
  });

  test('stages that only one has are added and removed, and their edges with them', () => {
    const [added, removed] = [marked(whole, 'added'), marked(whole, 'removed')];
    expect(added.length).toBeGreaterThan(5);
    expect(added.every((id) => id.startsWith('all/'))).toBe(true);
    expect(removed.some((id) => id.startsWith('front/')) && removed.some((id) => id.startsWith('back/'))).toBe(true);
    expect(marked(whole, 'changed').toSorted()).toEqual(['sink', 'source']);
    for (const { from, to, mark } of whole.picture.edges) {
      if (removed.includes(from) || removed.includes(to)) expect(mark).toBe('removed');
      if (added.includes(from) || added.includes(to)) expect(mark).toBe('added');
    }
  });

  test('values are those written and those that follow', () => {
    const of = (where: string, name: string) => {
      const row = whole.properties.find((each) => each.where === where && each.name === name);
      return row && [row.before, row.after];
    };
    expect(of('parallel', 'tp')).toEqual(['8', '1 (derived)']);
    expect(of('parallel', 'ep')).toEqual(['8', '16']);
    expect(of('parallel', 'dp')).toEqual(['1 (derived)', '16 (derived)']);
    expect(of('stage front', 'gpus')).toEqual(['0..7', undefined]);
    // Both use the same model, and claims are no part of a deployment.
    expect(whole.properties.some(({ where }) => /model|expect|cluster/.test(where))).toBe(false);
  });

  test('figures are those of the comparison', () => {
    const throughput = whole.figures.find(({ label }) => label === 'Throughput');
    expect(throughput).toMatchObject({ verdict: 'better', change: '+176 %' });
    expect(whole.memory.at(-1)).toMatchObject({ label: 'in all', verdict: 'better' });
  });

  test('split experts lie elsewhere than whole ones', () => {
    const split = found(differencesBetween(analysis, 'baseline-whole', 'baseline-split'));
    expect(split.experts).toMatchObject({ count: 64, of: 64 });
    expect(split.experts.moved[0]).toMatchObject({
      layers: '0..1',
      experts: '0..1',
      before: 'GPU 0',
      after: 'GPUs 0..7',
    });
  });

  test('with itself nothing differs', () => {
    const same = found(differencesBetween(analysis, 'proposed', 'proposed'));
    expect(same.picture.nodes.every(({ mark }) => mark === 'same')).toBe(true);
    expect(same.picture.edges.every(({ mark }) => mark === 'same')).toBe(true);
    expect([same.properties, same.experts.moved, same.experts.count]).toEqual([[], [], 0]);
    expect(same.figures.every(({ verdict, change }) => verdict === 'same' && change === '')).toBe(true);
  });

  test('there and back: what is added one way is removed the other', () => {
    const back = found(differencesBetween(analysis, 'proposed', 'baseline-whole'));
    expect(marked(back, 'added').toSorted()).toEqual(marked(whole, 'removed').toSorted());
    expect(marked(back, 'removed').toSorted()).toEqual(marked(whole, 'added').toSorted());
  });
});

describe('against another text', () => {
  test('a longer prompt changes nodes, and no node comes or goes', () => {
    const now = DEEPSEEK.replace('input        = 4_000', 'input        = 5_000');
    const differences = found(against(DEEPSEEK, now, 'deepseek-v3-32'));
    expect([marked(differences, 'added'), marked(differences, 'removed')]).toEqual([[], []]);
    expect(marked(differences, 'changed').length).toBeGreaterThan(3);
    expect(differences.properties).toEqual([
      { where: 'workload', name: 'input', before: '4,000 tokens', after: '5,000 tokens' },
    ]);
    expect([differences.before, differences.after]).toEqual(['deepseek-v3-32 as committed', 'deepseek-v3-32 now']);
  });

  test('an all-reduce that went stands where it stood', () => {
    const now = DEEPSEEK.replace('parallel { tp = 4, dp = 4, ep = 16 }', 'parallel { dp = 16, ep = 16 }');
    const { picture } = found(against(DEEPSEEK, now, 'deepseek-v3-32'));
    const reduce = picture.nodes.find(({ id }) => id.startsWith('prefill') && id.endsWith('attention-all-reduce'));
    const behind = picture.nodes.find(({ id }) => id.startsWith('prefill/all/l0-2') && id.endsWith('post-norm'));
    expect(reduce?.mark).toBe('removed');
    const order = (node: typeof reduce) => (node ? node.y * 10_000 + node.x : Number.NaN);
    expect(order(reduce)).toBeLessThan(order(behind));
  });

  test('a constant counts, a comment does not', () => {
    const text = `let size = 64\n${ANALYSIS.replace('sequences = 128', 'sequences = size')}`;
    const changed = found(against(text, text.replace('size = 64', 'size = 96'), 'proposed'));
    expect(changed.properties).toEqual([{ where: 'workload', name: 'sequences', before: '64', after: '96' }]);
    const commented = found(against(text, `// more words\n${text}`, 'proposed'));
    expect([commented.properties, marked(commented, 'changed')]).toEqual([[], []]);
  });

  test('experts moved by hand are named with where they were', () => {
    const placed = (gpus: readonly [number, number]) =>
      ANALYSIS.replace(
        'parallel { ep = 16 }',
        `parallel { ep = 16 }\n  expert 0 on gpu ${gpus[0]}\n  expert 1 on gpu ${gpus[1]}\n${Array.from({ length: 14 }, (_, index) => `  expert ${index + 2} on gpu ${index + 2}\n`).join('')}`,
      );
    const { experts } = found(against(placed([0, 1]), placed([1, 0]), 'proposed'));
    expect(experts).toMatchObject({ count: 8, of: 64 });
    expect(experts.moved).toEqual([
      { pool: '', layers: '0..3', experts: '0', before: 'GPU 0', after: 'GPU 1' },
      { pool: '', layers: '0..3', experts: '1', before: 'GPU 1', after: 'GPU 0' },
    ]);
  });

  test('a model of another file is read as it was', () => {
    const library = ANALYSIS.slice(ANALYSIS.indexOf('model moe-4l'), ANALYSIS.indexOf('// From the catalogue'));
    const text = `import "./library.moeplan"\n${ANALYSIS.replace(library, '')}`;
    const { analysis, sources } = analysed(text, library.replace('hidden  = 4096', 'hidden  = 8192'));
    const { properties } = found(differencesToTexts(analysis, 'proposed', new Map([[LIBRARY, library]]), sources));
    expect(properties).toEqual([{ where: 'model', name: 'hidden', before: '4,096', after: '8,192' }]);
  });

  test('a commit that has a name is called by it', () => {
    const { analysis, sources } = analysed(ANALYSIS);
    const texts = new Map([[MAIN, ANALYSIS.replace('10_000', '5_000')]]);
    expect(found(differencesToTexts(analysis, 'proposed', texts, sources, 'main')).before).toBe('proposed in main');
    const gone = differencesToTexts(analysis, 'proposed', new Map([[MAIN, undefined]]), sources, 'main');
    expect(gone).toEqual({ unavailable: 'This file is not in main: there is nothing to compare with.' });
  });

  test('another file is compared by the name of the deployment, or with the only one that it has', () => {
    const small = ANALYSIS.replace('10_000', '5_000');
    const renamed = DEEPSEEK.replaceAll('deepseek-v3-32', 'larger');
    const { analysis, sources } = analysed(ANALYSIS, small);
    expect(found(differencesToFile(analysis, 'proposed', LIBRARY, sources))).toMatchObject({
      before: 'proposed in library.moeplan',
      properties: [{ name: 'length', before: '5,000 tokens', after: '10,000 tokens' }],
    });
    const other = analysed(DEEPSEEK, renamed);
    expect(found(differencesToFile(other.analysis, 'deepseek-v3-32', LIBRARY, other.sources)).before).toBe(
      'larger in library.moeplan',
    );
    const none = differencesToFile(other.analysis, 'deepseek-v3-32', 'file:///workspace/none.moeplan', other.sources);
    expect(none).toEqual({ unavailable: 'none.moeplan cannot be read: it is not there.' });
    const mixed = analysed(DEEPSEEK, small);
    const answer = differencesToFile(mixed.analysis, 'deepseek-v3-32', LIBRARY, mixed.sources);
    expect('unavailable' in answer && answer.unavailable).toMatch(/no deployment deepseek-v3-32, but baseline-whole, /);
  });

  test('the picture holds what changed and what is next to it, and counts the rest', () => {
    const { picture } = found(
      against(DEEPSEEK.replace('graph-batch        = 64 ', 'graph-batch        = 32 '), DEEPSEEK, 'deepseek-v3-32'),
    );
    expect(picture.nodes).toEqual([]);
    expect(picture.same).toBeGreaterThan(20);
  });

  test.each([
    ['the file was not there', new Map<string, string | undefined>([[MAIN, undefined]]), /not in the last commit/],
    [
      'it had no such deployment',
      new Map([[MAIN, ANALYSIS.replaceAll('proposed', 'other')]]),
      /no deployment proposed/,
    ],
    ['it could not be computed', new Map([[MAIN, ANALYSIS.replace('ep = 16', 'ep = 15')]]), /cannot be computed/],
  ])('where %s it says so', (_, texts, reason) => {
    const { analysis, sources } = analysed(ANALYSIS);
    const answer = differencesToTexts(analysis, 'proposed', texts, sources);
    expect('unavailable' in answer && answer.unavailable).toMatch(reason);
  });
});

const SMALL = `model m { layers = 4, hidden = 4_096, attention { heads = 32 }, experts { count = 16, top-k = 2, ffn = 2_048 } }
gpu card extends H100-SXM { memory = 80 GiB }
node box extends DGX-H100 { gpu = card, scale-up = 450 GB/s, scale-out-latency = 5 us }
cluster c { node = box, count = 8 }
workload w { sequences = 8, length = 1_000 tokens }
deployment d {
  model = m, cluster = c, workload = w
  parallel { ep = 16, edp = 4 }
}
`;

describe('what says the same differs in nothing', () => {
  test.each([
    [
      'comments, blanks and another order',
      (text: string) => text.replace('model = m, cluster = c,', '// why\n cluster = c, /* so */ model=m,'),
    ],
    [
      'other units',
      (text: string) =>
        text.replace('80 GiB', '81_920 MiB').replace('450 GB/s', '3.6 Tb/s').replace('5 us', '0.005 ms'),
    ],
    ['a constant', (text: string) => `let ring = 2 * 8\n${text.replace('ep = 16', 'ep = ring')}`],
    [
      'what is inherited',
      (text: string) =>
        text.replace('deployment d {', 'deployment before {').concat('deployment d extends before { }\n'),
    ],
    [
      'a block that is not used',
      (text: string) =>
        text.replace('deployment d', 'workload other { sequences = 1, length = 1 tokens }\ndeployment d'),
    ],
  ])('%s', (_, edit) => {
    const now = edit(SMALL);
    expect(now).not.toBe(SMALL);
    const { properties, figures, memory, experts, picture } = found(against(SMALL, now, 'd'));
    expect(properties).toEqual([]);
    expect(experts.count).toBe(0);
    expect([...figures, ...memory].filter(({ verdict }) => verdict !== 'same')).toEqual([]);
    expect(picture.nodes.filter(({ mark }) => mark !== 'same')).toEqual([]);
  });

  test('arrows in a row and one by one', () => {
    const stages =
      'stage a { layers = 0, gpus = 0..3 }\n  stage b { layers = 1..2, gpus = 4..7 }\n  stage e { layers = 3, gpus = 8..11 }\n';
    const [row, single] = ['a -> b -> e', 'b -> e\n  a -> b'].map((arrows) =>
      SMALL.replace('parallel { ep = 16, edp = 4 }', `${stages}  ${arrows}`),
    );
    expect(found(against(row ?? '', single ?? '', 'd')).properties).toEqual([]);
    const back = found(against(row ?? '', (row ?? '').replace('a -> b -> e', 'a -> e -> b'), 'd')).properties;
    expect(back).toEqual([{ where: 'deployment', name: 'arrows', before: 'a -> b -> e', after: 'a -> e -> b' }]);
  });
});

describe('what says something else is told', () => {
  test('also where both would be rounded to the same', () => {
    expect(found(against(SMALL, SMALL.replace('80 GiB', '80.001 GiB'), 'd')).properties).toEqual([
      { where: 'gpu', name: 'memory', before: '85899345920 bytes', after: '85900419661.8 bytes' },
    ]);
  });

  test('of every group of a cluster', () => {
    const mixed = SMALL.replace(
      'cluster c { node = box, count = 8 }',
      'cluster c {\n  group first { node = box, count = 4 }\n  group second { node = DGX-H100, count = 4 }\n}',
    );
    expect(found(against(mixed, mixed.replace('450 GB/s', '400 GB/s'), 'd')).properties).toEqual([
      { where: 'cluster, group first, node', name: 'scale-up', before: '450 GB/s', after: '400 GB/s' },
    ]);
  });

  test('an expert on many GPUs that leaves the last of them', () => {
    const order = (last: number) =>
      SMALL.replace(
        'parallel { ep = 16, edp = 4 }',
        `gpus = [0, 2, 4, 6, 8, 10, 12, ${last}]\n  parallel { ep = 1, edp = 8 }`,
      );
    const { experts } = found(against(order(14), order(16), 'd'));
    expect(experts.count).toBe(64);
    expect(experts.moved[0]).toMatchObject({
      before: 'GPUs 0, 2, 4, 6, 8, 10, 12, 14',
      after: 'GPUs 0, 2, 4, 6, 8, 10, 12, 16',
    });
  });

  test('a file that is read and has other contents', () => {
    const text = SMALL.replace('ffn = 2_048', 'ffn = 2_048, popularity = "loads.csv"');
    const loads = 'file:///workspace/loads.csv';
    const counts = (first: number) => [first, ...new Array<number>(15).fill(1)].join('\n');
    const sources = catalogSources(
      new Map([
        [MAIN, text],
        [loads, counts(9)],
      ]),
    );
    const analysis = analyseDocument(MAIN, sources);
    const { properties } = found(differencesToTexts(analysis, 'd', new Map([[loads, counts(1)]]), sources));
    const [before, after] = ['"loads.csv" as it was', '"loads.csv" with other contents'];
    expect(properties).toEqual([{ where: 'model, experts', name: 'popularity', before, after }]);
  });
});
