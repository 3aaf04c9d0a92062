import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Writes the registry of architectures from the files below `families/`, so that a new one is a new file and nothing else:
 * `node scripts/generate-families.ts`.
 */

const FOLDER = join(import.meta.dirname, '../server/src/plan/huggingFace/families');

/** The text of the registry for the files that declare families, by name. */
export function registryText(folder = FOLDER): string {
  const names = readdirSync(folder)
    .filter((file) => file.endsWith('.ts') && file !== 'index.ts')
    .map((file) => file.slice(0, -'.ts'.length))
    .sort();
  return `// Written by scripts/generate-families.ts from the files of this folder.
import type { Families } from '../family.ts';
${names.map((name) => `import { families as ${name} } from './${name}.ts';`).join('\n')}

/** What each file declares. No two declare the same \`model_type\`: a test holds that. */
export const DECLARED: readonly Families[] = [
${names.map((name) => `  ${name},`).join('\n')}
];

/** Every architecture that is read, by its \`model_type\`. */
export const FAMILIES: Families = Object.fromEntries(DECLARED.flatMap((families) => Object.entries(families)));
`;
}

if (import.meta.main) writeFileSync(join(FOLDER, 'index.ts'), registryText());
