import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's root: the extension under development lives there. */
export const projectRoot = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Where editors are installed on demand. Ignored by git, safe to delete: the next run installs again. */
export const editorCache = join(projectRoot, '.vscode-test');
