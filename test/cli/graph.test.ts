import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Graphviz } from '@hpcc-js/wasm-graphviz';
import { describe, expect, test } from 'vitest';
import { projectRoot } from '../support/dist.ts';
import { folderWith } from '../support/folders.ts';
import { shippedReader } from '../support/schemas.ts';
import { elementsOf, parseXml } from '../support/xml.ts';
import { CLEAN_PLAN, EXAMPLE, moeplan } from './moeplan.ts';

interface ReadGraph {
  readonly deployment: string;
  readonly facts: { readonly nodes: number; readonly edges: number };
  readonly nodes: readonly { readonly id: string }[];
  readonly edges: readonly { readonly from: string; readonly to: string }[];
}

const readGraph = shippedReader<ReadGraph>('graph');
const FORMATS = ['dot', 'svg', 'json', 'mermaid'];
const plans = [
  [EXAMPLE, 'baseline-whole'],
  [EXAMPLE, 'baseline-split'],
  [EXAMPLE, 'proposed'],
  ['examples/deepseek-v3-h800.moeplan', 'deepseek-v3-32'],
  ['examples/hand-drawn-layers.moeplan', 'hand-drawn'],
] as const;

function drawn(file: string, deployment: string, format: string, more: readonly string[] = []): string {
  const { code, out, err } = moeplan(['graph', file, '--deployment', deployment, '--format', format, ...more]);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return out;
}

describe.each(plans)('%s %s', (file, deployment) => {
  const json = readGraph(drawn(file, deployment, 'json', ['--fold']));

  test('json obeys its schema, and edges join nodes that are there', () => {
    expect(json.deployment).toBe(deployment);
    expect(json.facts).toMatchObject({ nodes: json.nodes.length, edges: json.edges.length });
    const ids = new Set(json.nodes.map(({ id }) => id));
    expect(ids.size).toBe(json.nodes.length);
    for (const { from, to } of json.edges) expect(ids.has(from) && ids.has(to)).toBe(true);
    expect(readGraph(drawn(file, deployment, 'json')).nodes.length).toBeGreaterThan(json.nodes.length);
  });

  test('dot is read by Graphviz, with every node and edge', async () => {
    const graphviz = await Graphviz.load();
    const plain = graphviz.layout(drawn(file, deployment, 'dot', ['--fold']), 'plain', 'dot').split('\n');
    expect(plain.filter((line) => line.startsWith('node '))).toHaveLength(json.nodes.length);
    expect(plain.filter((line) => line.startsWith('edge '))).toHaveLength(json.edges.length);
  });

  test('svg is well-formed, sized, titled, with each label of the DAG', () => {
    const svg = parseXml(drawn(file, deployment, 'svg', ['--fold']));
    expect(svg.name).toBe('svg');
    expect(svg.attributes.get('xmlns')).toBe('http://www.w3.org/2000/svg');
    const [x, y, width, height] = (svg.attributes.get('viewBox') ?? '').split(' ').map(Number);
    expect([x, y, String(width), String(height)]).toEqual([
      0,
      0,
      svg.attributes.get('width'),
      svg.attributes.get('height'),
    ]);
    const ids = new Set(elementsOf(svg).flatMap(({ attributes }) => attributes.get('id') ?? []));
    for (const id of (svg.attributes.get('aria-labelledby') ?? '').split(' ')) expect(ids).toContain(id);
    expect(elementsOf(svg).filter(({ name }) => name === 'script' || name === 'foreignObject')).toEqual([]);
  });

  test('mermaid has a line for each node and edge', () => {
    const lines = drawn(file, deployment, 'mermaid', ['--fold']).split('\n');
    expect(lines.slice(0, 4)).toEqual(['---', `title: "${deployment}"`, '---', 'flowchart LR']);
    expect(lines.filter((line) => /^ {2}n\d+[[(]/.test(line))).toHaveLength(json.nodes.length);
    expect(lines.filter((line) => /^ {2}n\d+ (?:-->|-\.->) n\d+$/.test(line))).toHaveLength(json.edges.length);
  });

  test.each(FORMATS)('equal text gives equal bytes (%s)', (format) => {
    expect(drawn(file, deployment, format)).toBe(drawn(file, deployment, format));
  });
});

test('rectangles compute, ellipses communicate, parallelograms route, dashed edges choose experts', () => {
  const dot = drawn(EXAMPLE, 'baseline-whole', 'dot', ['--fold']);
  for (const part of ['shape = "box"', 'shape = "ellipse"', 'shape = "parallelogram"', 'style = "dashed"'])
    expect(dot).toContain(part);
});

describe('output', () => {
  const only = { 'plan.moeplan': CLEAN_PLAN };

  test('the name may be left out where the file has one deployment', () => {
    const folder = folderWith(only);
    const without = moeplan(['graph', 'plan.moeplan', '--format', 'dot'], folder);
    expect(without.code).toBe(0);
    expect(without.out).toBe(moeplan(['graph', 'plan.moeplan', '--deployment', 'plan', '--format', 'dot'], folder).out);
  });

  test.each([[['graph']], [['report', '--no-pictures']]])(
    '%j -o writes the same bytes to a file and nothing to standard output',
    (command) => {
      const folder = folderWith(only);
      const { out } = moeplan([...command, 'plan.moeplan'], folder);
      expect(moeplan([...command, 'plan.moeplan', '-o', 'out.txt'], folder)).toEqual({ code: 0, out: '', err: '' });
      expect(readFileSync(join(folder, 'out.txt'), 'utf8')).toBe(out);
    },
  );

  test.each<readonly [string, readonly string[], string]>([
    ['several deployments and no name', ['graph', EXAMPLE], 'choose one of baseline-whole, baseline-split, proposed'],
    ['a name with a slip', ['graph', EXAMPLE, '--deployment', 'propsed'], 'did you mean `proposed`?'],
    ['a name like none', ['graph', EXAMPLE, '--deployment', 'xyz'], 'it has baseline-whole, baseline-split, proposed'],
    ['an unknown form', ['graph', EXAMPLE, '--format', 'pdf'], 'Allowed choices are dot, svg, json, mermaid'],
    ['a place that is not there', ['report', EXAMPLE, '-o', 'no/where.md'], 'cannot write no/where.md'],
    ['a missing file', ['graph', 'nowhere.moeplan'], 'there is no such file'],
    ['compare of an unknown name', ['compare', EXAMPLE, 'proposd'], 'did you mean `proposed`?'],
  ])('%s exits with 2 and says so', (_, args, reason) => {
    const { code, out, err } = moeplan(args);
    expect(err).toContain(reason);
    expect({ code, out }).toEqual({ code: 2, out: '' });
  });

  test('of many deployments some are named, and the rest counted', () => {
    const [head = '', deployment = ''] = CLEAN_PLAN.split(/(?=deployment plan)/);
    const many = Array.from({ length: 400 }, (_, index) => deployment.replace('plan', `plan-${index}`));
    const folder = folderWith({ 'plan.moeplan': head + many.join('') });
    const { code, err } = moeplan(['graph', 'plan.moeplan'], folder);
    expect(code).toBe(2);
    expect(err).toContain('plan-0, plan-1, ');
    expect(err).toContain(' and 388 more with --deployment');
    expect(err.length).toBeLessThan(300);
    const report = moeplan(['report', 'plan.moeplan', '-o', 'r.md'], folder);
    expect(report).toEqual({ code: 0, out: '', err: '' });
    expect(readdirSync(folder)).toHaveLength(402);
  });

  test('a file whose deployment could not be read leads to its errors', () => {
    for (const text of [
      CLEAN_PLAN.replace('deployment plan', 'deploymnt plan'),
      '\0\u0001\ufffd{{{',
      CLEAN_PLAN.slice(0, 200),
    ]) {
      const { code, out, err } = moeplan(['graph', 'plan.moeplan'], folderWith({ 'plan.moeplan': text }));
      expect([code, out]).toEqual([2, '']);
      expect(err).toContain('errors that may be why: run `moeplan check plan.moeplan`');
    }
  });

  test('two deployments of one name, which is an error, do not share a picture', () => {
    const [, deployment = ''] = CLEAN_PLAN.split(/(?=deployment plan)/);
    const folder = folderWith({ 'plan.moeplan': CLEAN_PLAN + deployment.replace('ep = 8', 'tp = 8') });
    moeplan(['report', 'plan.moeplan', '-o', 'r.md'], folder);
    expect(readFileSync(join(folder, 'r.md'), 'utf8').match(/!\[/g)).toHaveLength(1);
    expect(readFileSync(join(folder, 'r-plan.svg'), 'utf8')).toContain('attention tp 1 x');
  });

  test('a file without a deployment says what to write', () => {
    const folder = folderWith({ 'plan.moeplan': 'cluster one { node = DGX-H100, count = 1 }\n' });
    expect(moeplan(['graph', 'plan.moeplan'], folder).err).toContain('write one with `deployment name { … }`');
    expect(moeplan(['compare', 'plan.moeplan'], folder).code).toBe(2);
  });
});

describe('a plan of 100,000 GPUs', () => {
  const plan = `cluster huge { node = DGX-H100, count = 12_500 }
workload chat { input = 4_000 tokens, output = 1_000 tokens, concurrency = 400_000 }
deployment plan {
  model = DeepSeek-V3, cluster = huge, workload = chat
  types { weights = fp8-block }
  parallel { dp = 100_000, ep = 32 }
}
`;

  test.each([...FORMATS, 'png'])('is drawn as %s, folded as far as it takes', (format) => {
    const folder = folderWith({ 'plan.moeplan': plan });
    const ran = moeplan(['graph', 'plan.moeplan', '--format', format, '-o', 'out'], folder);
    expect(ran).toEqual({ code: 0, out: '', err: '' });
    const bytes = readFileSync(join(folder, 'out'));
    expect(bytes.length).toBeGreaterThan(1_000);
    if (format === 'json') {
      const read = readGraph(bytes.toString('utf8'));
      expect(read.nodes.length).toBeLessThan(100);
    } else expect(bytes.length).toBeLessThan(1_000_000);
  });
});

describe('mermaid', () => {
  test.each([
    [EXAMPLE, 'baseline-split'],
    ['examples/deepseek-v3-h800.moeplan', 'deepseek-v3-32'],
    ['test/fixtures/plans/deepseek-v3-176.moeplan', 'deepseek-v3-176'],
    ['test/fixtures/plans/training.moeplan', 'train-2048'],
  ])('of %s %s is what Mermaid draws without being allowed more: 500 edges, 50,000 characters', (file, deployment) => {
    const text = drawn(file, deployment, 'mermaid');
    const edges = text.split('\n').filter((line) => /^ {2}n\d+ (?:-->|-\.->) n\d+$/.test(line));
    expect(edges.length).toBeLessThanOrEqual(500);
    expect(edges.length).toBeGreaterThan(20);
    expect(text.length).toBeLessThanOrEqual(50_000);
    // Quotes, tags and backticks inside a text would end it, or be read as markup.
    for (const [, label = ''] of text.matchAll(/"([^\n]*)"/g))
      expect(label.replaceAll('<br>', '')).not.toMatch(/["<>`]/);
  });
});

describe('report and compare', () => {
  test('the report has the six validation results of every deployment, all holding', () => {
    const { out, code } = moeplan(['report', EXAMPLE]);
    expect(code).toBe(0);
    const sections = out.split(/^### Validation$/m).slice(1);
    expect(sections).toHaveLength(3);
    for (const section of sections) {
      const rows = [...(section.split(/^#/m)[0] ?? '').matchAll(/^\| ([A-Z][^|]*) \| (yes|\*\*NO\*\*) \|/gm)];
      expect(rows.map(([, title, holds]) => [title, holds])).toEqual(
        [
          'No cycles',
          'One source and one sink',
          'All nodes connected',
          'Experts placed',
          'Dimensions preserved',
          'Paths complete',
        ].map((title) => [title, 'yes']),
      );
    }
  });

  test('every table of the report has as many cells in each row as in its head', () => {
    const { out } = moeplan(['report', EXAMPLE]);
    const cells = (row: string) => row.replaceAll('\\|', '').split('|').length;
    let head: number | undefined;
    let tables = 0;
    for (const line of out.split('\n')) {
      if (!line.startsWith('|')) head = undefined;
      else if (head === undefined) {
        head = cells(line);
        tables++;
      } else expect(cells(line), line).toBe(head);
    }
    expect(tables).toBeGreaterThan(15);
  });

  test('compare puts the chosen deployments side by side in the order asked for', () => {
    const { out, code } = moeplan(['compare', EXAMPLE, 'proposed', 'baseline-whole']);
    expect(code).toBe(0);
    const [head = '', ...rows] = out.split('\n');
    expect(head.trim().split(/\s+/)).toEqual(['proposed', 'baseline-whole']);
    expect(rows.find((row) => row.startsWith('Improvement'))).toMatch(/^Improvement +1x +0\.\d+x$/);
    expect(rows.find((row) => row.startsWith('Throughput '))).toMatch(/tokens\/s \* +[\d,]+ tokens\/s$/);
    expect(out).not.toContain('baseline-split');
  });

  test('compare of all gives the same figures as inspect', () => {
    const { out } = moeplan(['compare', EXAMPLE]);
    expect(out.split('\n')[0]?.trim().split(/\s+/)).toEqual(['baseline-whole', 'baseline-split', 'proposed']);
    expect(out).toMatch(/^Expert memory per GPU +2 GiB +2 GiB +2 GiB$/m);
  });

  test('the documentation of the command line names every command and option', () => {
    const page = readFileSync(join(projectRoot, 'docs/cli.md'), 'utf8');
    const help = moeplan(['--help']).out;
    for (const [, command = ''] of help.matchAll(/^ {2}([a-z]+) .*(?:\[options\]|<)/gm)) {
      expect(page).toContain(`## ${command}`);
      const options = moeplan([command, '--help']).out.matchAll(/^ {2}(?:-\w, )?(--[a-z]+)/gm);
      for (const [, option = ''] of options)
        expect(page.includes(option) || option === '--help' || option === '--output', `${command} ${option}`).toBe(
          true,
        );
    }
  });
});

test('--version prints the version of the package', () => {
  const manifest: { version: string } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8'));
  expect(moeplan(['--version'])).toEqual({ code: 0, out: `${manifest.version}\n`, err: '' });
});
