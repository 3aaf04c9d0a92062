import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import MarkdownIt from 'markdown-it';
import { expect, test } from 'vitest';
import { projectRoot } from '../support/dist.ts';
import { folderWith } from '../support/folders.ts';
import { readPng } from '../support/png.ts';
import { parseXml } from '../support/xml.ts';
import { CLEAN_PLAN, moeplan } from './moeplan.ts';

/** The parser of VS Code's own Markdown preview, which lets HTML through: what it takes for markup would be markup. */
const parser = new MarkdownIt({ html: true });

interface Read {
  readonly pictures: readonly string[];
  readonly headings: readonly number[];
  readonly tables: number;
  readonly html: readonly string[];
  /** Cells of each row of each table. */
  readonly rows: readonly number[];
}

function read(markdown: string): Read {
  const blocks = parser.parse(markdown, {});
  const all = blocks.flatMap((token) => [token, ...(token.children ?? [])]);
  const of = (type: string) => all.filter((token) => token.type === type);
  const rows: number[] = [];
  for (const { type } of all) {
    if (type === 'tr_open') rows.push(0);
    if (type === 'td_open' || type === 'th_open') rows.push((rows.pop() ?? 0) + 1);
  }
  return {
    pictures: of('image').map((token) => String(token.attrGet('src'))),
    headings: of('heading_open').map(({ tag }) => Number(tag.slice(1))),
    tables: of('table_open').length,
    html: [...of('html_block'), ...of('html_inline')].map(({ content }) => content),
    rows,
  };
}

/** What both VS Code and GitHub show: a file beside the report, by its relative name. */
function expectShown(folder: string, report: string, pictures: readonly string[]): void {
  for (const source of pictures) {
    expect(source).not.toMatch(/^(?:data|https?|file|vscode):|^\//);
    const bytes = readFileSync(join(folder, dirname(report), decodeURIComponent(source)));
    if (source.endsWith('.png')) expect(readPng(bytes).width).toBeGreaterThan(100);
    else expect(parseXml(bytes.toString('utf8')).name).toBe('svg');
  }
}

const examples = readdirSync(join(projectRoot, 'examples')).filter((name) => name.endsWith('.moeplan'));

test.each(examples)('the report of %s is Markdown with its pictures', (name) => {
  const folder = folderWith({});
  const { code, err } = moeplan(['report', join(projectRoot, 'examples', name), '-o', 'report.md'], folder);
  expect([code, err]).toEqual([0, '']);
  const text = readFileSync(join(folder, 'report.md'), 'utf8');
  const found = read(text);
  // A picture of each deployment, from a file beside the report.
  const sections = [...text.matchAll(/^## \d+\. /gm)].length;
  expect(sections).toBeGreaterThan(0);
  expect(found.pictures).toHaveLength(sections);
  expectShown(folder, 'report.md', found.pictures);
  // Headings in order, and no markup that a name could have brought.
  expect(found.html).toEqual([]);
  const [first, ...rest] = found.headings;
  expect(first).toBe(1);
  expect(rest.filter((level) => level === 1)).toEqual([]);
  for (const [index, level] of rest.entries()) expect(level).toBeLessThanOrEqual((found.headings[index] ?? 0) + 1);
  // Whole tables. A bar in a cell would cut it: the parser drops what is behind the last column.
  const rule = /^\|(?: :?-+:? \|)+$/;
  const lines = text.split('\n').filter((line) => line.startsWith('|'));
  expect(found.tables).toBe(lines.filter((line) => rule.test(line)).length);
  const cells = lines
    .filter((line) => !rule.test(line))
    .map((line) => line.replaceAll('\\|', '').split('|').length - 2);
  expect(found.rows).toEqual(cells);
});

test.each(['my (first report.md', "it's 100% [done] #1.md", 'bericht_ä*.md', 'sub/below.md'])(
  'a report called %j finds its pictures in either form',
  (name) => {
    for (const format of ['svg', 'png']) {
      const folder = folderWith({ 'plan.moeplan': CLEAN_PLAN, 'sub/note.txt': '' });
      const { code, err } = moeplan(['report', 'plan.moeplan', '-o', name, '--pictures', format], folder);
      expect([code, err]).toEqual([0, '']);
      const { pictures } = read(readFileSync(join(folder, name), 'utf8'));
      expect(pictures).toHaveLength(1);
      expectShown(folder, name, pictures);
    }
  },
);

test('a plan without a deployment that can be computed gives a report that says why', () => {
  const folder = folderWith({
    'empty.moeplan': '// nothing yet\n',
    'broken.moeplan': CLEAN_PLAN.replace('ep = 8', 'ep = 7').replace('hidden = 1024,', 'hidden = <b>,'),
  });
  for (const plan of ['empty', 'broken']) {
    const { code, err } = moeplan(['report', `${plan}.moeplan`, '-o', `${plan}.md`], folder);
    expect([code, err]).toEqual([0, '']);
    const { html, headings, pictures } = read(readFileSync(join(folder, `${plan}.md`), 'utf8'));
    expect([html, pictures, headings[0]]).toEqual([[], [], 1]);
  }
  expect(readFileSync(join(folder, 'broken.md'), 'utf8')).toContain('Deployment `plan` is left out');
});
