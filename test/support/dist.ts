import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** The bundles as they ship. Tests of them are about the sources only while nothing is newer than the bundle. */
export const projectRoot = join(import.meta.dirname, '../..');

/** The path of a bundle below `dist/`; throws where it is missing or older than what it was made from. */
export function bundle(name: 'moeplan.mjs' | 'server.cjs'): string {
  const path = join(projectRoot, 'dist', name);
  if (!existsSync(path)) throw new Error(`dist/${name} is missing: run \`npm run build\` first`);
  const built = statSync(path).mtimeMs;
  const sources = join(projectRoot, 'server/src');
  const newer = readdirSync(sources, { recursive: true, withFileTypes: true }).find(
    (entry) => entry.isFile() && statSync(join(entry.parentPath, entry.name)).mtimeMs > built,
  );
  if (newer) throw new Error(`dist/${name} is stale: ${newer.name} is newer, run \`npm run build\``);
  return path;
}
