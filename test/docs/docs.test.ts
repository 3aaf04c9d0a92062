import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { anchor, fill } from '../../scripts/docs/markdown.ts';
import { docComment, type RuleDoc, readRules } from '../../scripts/docs/rules.ts';
import { generateDocs, projectRoot, stalePages } from '../../scripts/generate-docs.ts';
import { parse } from '../../server/src/language/parser.ts';
import { VOCABULARY } from '../../server/src/language/vocabulary/vocabulary.ts';
import { fencesOf, headingsOf, linksOf } from './fences.ts';

const read = (path: string) => readFileSync(join(projectRoot, path), 'utf8');

/** Every page that a reader may meet; templates are not read by readers. */
const pages = ['*.md', 'docs/*.md', 'docs/diagnostics/*.md', 'examples/*.md'].flatMap((pattern) =>
  globSync(pattern, { cwd: projectRoot }),
);

let generated: ReadonlyMap<string, string> = new Map();
let rules: readonly RuleDoc[] = [];
beforeAll(async () => {
  generated = await generateDocs();
  rules = await readRules(projectRoot);
});

describe('generated pages', () => {
  test('are what the code makes of them (otherwise: npm run generate)', () => {
    const outdated = [...generated].filter(
      ([path, text]) => !existsSync(join(projectRoot, path)) || read(path) !== text,
    );
    expect(outdated.map(([path]) => path)).toEqual([]);
    expect(stalePages(projectRoot, generated)).toEqual([]);
  });

  test('there is one for every rule, in the index and on its own', () => {
    expect(rules.length).toBeGreaterThan(20);
    const index = generated.get('docs/diagnostics/README.md') ?? '';
    for (const { name, text } of rules) {
      expect(index).toContain(`[${name}](${name}.md)`);
      expect(generated.get(`docs/diagnostics/${name}.md`)).toContain(text);
    }
  });

  test('every rule says what is wrong and how to fix it', () => {
    for (const { name, text, summary } of rules) {
      expect(summary, name).toMatch(/\.$/);
      expect(text, name).toMatch(/^## How to fix it$/m);
    }
  });

  test('the reference names every block and property', () => {
    const reference = generated.get('docs/language.md') ?? '';
    for (const block of VOCABULARY) {
      expect(reference).toContain(block.doc);
      for (const property of block.properties) expect(reference).toContain(`| \`${property.name}\` |`);
    }
  });

  test('a template with a place that nothing fills, or without one, is refused', () => {
    expect(() => fill('<!-- insert: gone -->', {})).toThrow('gone');
    expect(() => fill('', { extra: 'x' })).toThrow('extra');
    expect(fill('a <!-- insert: b --> c', { b: 'B' })).toBe('a B c');
  });

  test('a doc comment is the one directly above its rule', () => {
    const source =
      '/** Not this. */\nconst a = 1;\n\n/**\n * This one.\n *\n * - and its list\n */\nexport const rule = 2;';
    expect(docComment(source, 'rule')).toBe('This one.\n\n- and its list');
    expect(docComment('/** Far. */\nconst a = 1;\nexport const rule = 2;', 'rule')).toBeUndefined();
  });
});

describe.each(pages)('%s', (page) => {
  const markdown = read(page);

  test('links lead somewhere', () => {
    for (const link of linksOf(markdown)) {
      if (/^(?:https?|mailto):/.test(link)) continue;
      const [path = '', fragment] = link.split('#');
      const target = path === '' ? page : join(dirname(page), decodeURIComponent(path));
      expect(existsSync(join(projectRoot, target)), `${link} in ${page}`).toBe(true);
      if (fragment === undefined || !target.endsWith('.md')) continue;
      expect(headingsOf(read(target)).map(anchor), `${link} in ${page}`).toContain(fragment);
    }
  });

  test('examples are the language', () => {
    for (const { heading, language, text, line } of fencesOf(markdown)) {
      if (language !== 'moeplan' || heading === 'Not so') continue;
      // A page may show a part of a block; whole files and single parts parse, the rest is a mistake.
      const errors = [text, `deployment x {\n${text}\n}`].map((whole) => parse(whole).errors);
      const fewest = errors.reduce((best, next) => (next.length < best.length ? next : best));
      expect(fewest, `${page}, line ${line}`).toEqual([]);
    }
  });
});
