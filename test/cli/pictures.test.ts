import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { PALETTES } from '../../server/src/graph/palette.ts';
import { projectRoot } from '../support/dist.ts';
import { folderWith } from '../support/folders.ts';
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

  test('as PNG is refused with how to get one; a theme is for SVG only', () => {
    const png = moeplan([...folded, '--format', 'png']);
    expect([png.code, png.out]).toEqual([2, '']);
    expect(png.err).toMatch(/Export, PNG in the preview.*--theme light/);
    const dot = moeplan([...folded, '--format', 'dot', '--theme', 'light']);
    expect([dot.code, dot.out]).toEqual([2, '']);
    expect(dot.err).toContain('--theme is for SVG');
  });
});
