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
  // Every finding that is shown names its page.
  const addresses = new Map<string, string>();
  const addressOf = (rule: string) => {
    const cachedAddress = addresses.get(rule);
    if (cachedAddress !== undefined) return cachedAddress;
    const address = pathToFileURL(join(pages, `${rule}.md`)).href;
    addresses.set(rule, address);
    return address;
  };
  const languagePage = join(folder, '..', 'docs', 'language.md');
  return {
    catalogFolder: join(folder, 'catalog'),
    ...(existsSync(languagePage) && { languagePage }),
    pageOf: (rule) => (hasPages ? addressOf(rule) : undefined),
  };
}
