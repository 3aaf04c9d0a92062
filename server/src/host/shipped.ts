import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Host } from './host.ts';
import { NodeSources } from './nodeSources.ts';

/** The files that lie beside the running bundle: the catalogue, and the pages of the diagnostics. */
export interface Shipped {
  readonly catalogFolder: string;
  /** The page of a rule as a file URI; undefined if there are no pages. */
  pageOf(rule: string): string | undefined;
  /** The path of the language's reference, if that is there. */
  readonly languagePage?: string;
}

/** The host of a server that runs on Node. */
export function nodeHost(shipped: Shipped): Host {
  return {
    sources: (openText) => new NodeSources(shipped.catalogFolder, openText),
    pageOf: (rule) => shipped.pageOf(rule),
  };
}

/** Finds what ships. `script` is the started file: `dist/server.cjs`, `dist/moeplan.mjs` or a link to it. */
export function shippedBeside(script: string): Shipped {
  const folder = dirname(realpathSync(script));
  const pages = join(folder, '..', 'docs', 'diagnostics');
  const hasPages = existsSync(pages);
  const languagePage = join(folder, '..', 'docs', 'language.md');
  return {
    catalogFolder: join(folder, 'catalog'),
    ...(existsSync(languagePage) && { languagePage }),
    pageOf: (rule) => (hasPages ? pathToFileURL(join(pages, `${rule}.md`)).href : undefined),
  };
}
