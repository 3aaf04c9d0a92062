import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The folder of the shipped catalogue. */
export const CATALOG = join(import.meta.dirname, '..', '..', 'server', 'src', 'catalog');

/** Names of every model that the catalogue has, in whichever file. */
export function catalogueModels(): ReadonlySet<string> {
  const names = new Set<string>();
  for (const file of readdirSync(CATALOG).filter((name) => name.endsWith('.moeplan'))) {
    for (const [, name = ''] of readFileSync(join(CATALOG, file), 'utf8').matchAll(/^model\s+(\S+)/gm)) names.add(name);
  }
  return names;
}
