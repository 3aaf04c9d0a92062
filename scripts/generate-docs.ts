import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { architecturesPage } from './docs/architectures.ts';
import { costModelParts } from './docs/costModel.ts';
import { languageParts } from './docs/language.ts';
import { fill, generatedFrom } from './docs/markdown.ts';
import { withQuantities } from './docs/quantities.ts';
import { readRules, rulePage, rulesIndex } from './docs/rules.ts';

/**
 * `npm run generate`: the pages of `docs/` that repeat what code says are made from that code, so that the two cannot
 * drift. A test fails when a page is not what this makes.
 */
export const projectRoot = dirname(dirname(fileURLToPath(import.meta.url)));

/** Every generated page: its path from the project's root, and its text. */
export async function generateDocs(root = projectRoot): Promise<ReadonlyMap<string, string>> {
  const template = (name: string) => readFileSync(join(root, 'docs/templates', name), 'utf8');
  const rules = await readRules(root);
  const pages = new Map<string, string>();
  pages.set(
    'docs/language.md',
    generatedFrom(['docs/templates/language.md', 'server/src/language/vocabulary']) +
      fill(template('language.md'), languageParts()),
  );
  pages.set(
    'docs/cost-model.md',
    generatedFrom(['docs/templates/cost-model.md', 'server/src/cost']) +
      fill(template('cost-model.md'), costModelParts()),
  );
  pages.set('docs/preview.md', withQuantities(readFileSync(join(root, 'docs/preview.md'), 'utf8')));
  pages.set('docs/architectures.md', architecturesPage());
  pages.set('docs/diagnostics/README.md', rulesIndex(rules));
  for (const rule of rules) pages.set(`docs/diagnostics/${rule.name}.md`, rulePage(rule));
  return pages;
}

/** Pages of rules that no longer exist. */
export function stalePages(root: string, pages: ReadonlyMap<string, string>): readonly string[] {
  const folder = 'docs/diagnostics';
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder))
    .map((name) => `${folder}/${name}`)
    .filter((path) => !pages.has(path));
}

async function write(root: string): Promise<void> {
  const pages = await generateDocs(root);
  let changed = 0;
  for (const [path, text] of pages) {
    const file = join(root, path);
    if (existsSync(file) && readFileSync(file, 'utf8') === text) continue;
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    changed++;
  }
  const stale = stalePages(root, pages);
  for (const path of stale) rmSync(join(root, path));
  console.log(`docs: ${pages.size} pages, ${changed} written, ${stale.length} removed`);
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) await write(projectRoot);
