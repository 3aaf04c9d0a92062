import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { PALETTES } from '../../server/src/graph/palette.ts';
import { bundle, projectRoot } from '../support/dist.ts';
import { folderWith } from '../support/folders.ts';
import { readPng } from '../support/png.ts';
import { elementsOf, parseXml } from '../support/xml.ts';
import { CLEAN_PLAN, EXAMPLE, moeplan } from './moeplan.ts';

describe('a report with pictures', () => {
  test('links to a picture of each deployment beside it, and equal plans give equal bytes', () => {
    const written = ['first', 'second'].map(() => {
      const folder = folderWith({});
      const { code, err } = moeplan(['report', join(projectRoot, EXAMPLE), '-o', 'my report.md'], folder);
      expect({ code, err }).toEqual({ code: 0, err: '' });
      return new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
    });
    const [first = new Map<string, string>(), second] = written;
    expect(second).toEqual(first);
    const links = [...(first.get('my report.md') ?? '').matchAll(/!\[[^\]]+\]\(([^)]+)\)/g)].map(([, to = '']) =>
      decodeURIComponent(to),
    );
    expect(links).toEqual(['baseline-whole', 'baseline-split', 'proposed'].map((name) => `my report-${name}.svg`));
    for (const link of links) expect(parseXml(first.get(link) ?? '').name).toBe('svg');
    // Markdown viewers take no address with blanks in it.
    expect(first.get('my report.md')).not.toMatch(/\]\([^)]* /);
  });

  test('without pictures, or to standard output, there are no links', () => {
    const folder = folderWith({ 'plan.moeplan': CLEAN_PLAN });
    moeplan(['report', 'plan.moeplan', '-o', 'plain.md', '--no-pictures'], folder);
    expect(readdirSync(folder).toSorted()).toEqual(['plain.md', 'plan.moeplan']);
    const { out } = moeplan(['report', 'plan.moeplan'], folder);
    expect(out).toBe(readFileSync(join(folder, 'plain.md'), 'utf8'));
    expect(out).not.toContain('![');
  });
});

describe('a graph', () => {
  const folded = ['graph', EXAMPLE, '--deployment', 'proposed', '--fold'];

  test.each(['light', 'dark', 'hc-light', 'hc-dark'] as const)(
    'in the %s theme has its colours and no variables',
    (theme) => {
      const { out } = moeplan([...folded, '--theme', theme]);
      expect(out).not.toMatch(/var\(|@media/);
      expect(out).toContain(PALETTES[theme].nodes.compute.stroke);
      // Nothing but colours differs from the SVG that follows its reader.
      const shapes = (svg: string) => elementsOf(parseXml(svg)).filter(({ name }) => name !== 'style');
      expect(shapes(out)).toEqual(shapes(moeplan(folded).out));
    },
  );

  test('has no theme as DOT', () => {
    const dot = moeplan([...folded, '--format', 'dot', '--theme', 'light']);
    expect([dot.code, dot.out]).toEqual([2, '']);
    expect(dot.err).toContain('--theme is for SVG and PNG');
  });
});

describe('a graph as PNG', () => {
  const folded = ['graph', join(projectRoot, EXAMPLE), '--deployment', 'proposed', '--fold'];

  /** The bytes of `graph ... -o`, which says nothing. */
  function png(...more: readonly string[]): Buffer {
    const folder = folderWith({});
    const ran = moeplan([...folded, '--format', 'png', '-o', 'graph.png', ...more], folder);
    expect(ran).toEqual({ code: 0, out: '', err: '' });
    return readFileSync(join(folder, 'graph.png'));
  }

  test('has twice the size of the SVG, equal bytes for equal plans, and goes to standard output as well', () => {
    const [first, second] = [png(), png()];
    expect(first.equals(second)).toBe(true);
    const { attributes } = parseXml(moeplan(folded).out);
    const { width, height } = readPng(first);
    expect([width, height]).toEqual([2 * Number(attributes.get('width')), 2 * Number(attributes.get('height'))]);
    const { stdout } = spawnSync(process.execPath, [bundle('moeplan.mjs'), ...folded, '--format', 'png']);
    expect(stdout.equals(first)).toBe(true);
  });

  test.each([
    ['light', []],
    ['dark', ['--theme', 'dark']],
  ] as const)('is in the %s theme with options %j, its title written in the colour of the theme', (theme, options) => {
    const pixels = readPng(png(...options));
    const { background, text } = PALETTES[theme];
    expect(pixels.at(0, 0)).toBe(background);
    // The title stands at 24, 38 with 20 units, and has nothing but the background around it.
    const seen = new Set<string>();
    for (let y = 40; y < 84; y++) for (let x = 40; x < 200; x++) seen.add(pixels.at(x, y));
    expect([...seen]).toEqual(expect.arrayContaining([background, text]));
  });

  test('is refused where it could not be read, with the way to a smaller one', () => {
    // A lane for each of 8 GPUs, and 22 layers beside each other.
    const long = CLEAN_PLAN.replace('layers = 2,', 'layers = 22,');
    const folder = folderWith({ 'long.moeplan': long });
    const { code, err } = moeplan(['graph', 'long.moeplan', '--format', 'png', '-o', 'graph.png'], folder);
    expect([code, readdirSync(folder)]).toEqual([2, ['long.moeplan']]);
    expect(err).toMatch(/\d{5} x \d+.*write SVG.*--fold/);
    expect(moeplan(['graph', 'long.moeplan', '--fold', '--format', 'png', '-o', 'graph.png'], folder).code).toBe(0);
  });

  test('is refused by a command line without the packages that draw, with other ways; SVG is not', () => {
    const folder = folderWith({ 'plan.moeplan': CLEAN_PLAN });
    // As in the extension, which is packed without what is beside the bundles.
    cpSync(dirname(bundle('moeplan.mjs')), join(folder, 'dist'), { recursive: true });
    const run = (format: string) => {
      const args = ['dist/moeplan.mjs', 'graph', 'plan.moeplan', '--format', format];
      return spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
    };
    const { status, stdout, stderr } = run('png');
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(
      /^moeplan: PNG needs .*@resvg\/resvg-wasm.*Export, PNG in the preview.*npm ci.*--theme light/,
    );
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(run('svg').status).toBe(0);
  });
});
