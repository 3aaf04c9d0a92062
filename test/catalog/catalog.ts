import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Sources } from '../../server/src/language/source.ts';

const folder = join(import.meta.dirname, '../../server/src/catalog');

/** The shipped catalogue by URI. */
export const CATALOG: ReadonlyMap<string, string> = new Map(
  readdirSync(folder)
    .filter((name) => name.endsWith('.moeplan'))
    .map((name) => [pathToFileURL(join(folder, name)).href, readFileSync(join(folder, name), 'utf8')]),
);

/** The shipped catalogue with texts beside it. */
export function catalogSources(files: ReadonlyMap<string, string> = new Map()): Sources {
  return {
    read: (uri) => files.get(uri) ?? CATALOG.get(uri),
    resolve: (fromUri, path) => ({ uri: new URL(path, fromUri).href }),
    unread: () => undefined,
    catalog: () => [...CATALOG.keys()],
  };
}
