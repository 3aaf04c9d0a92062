import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { type Mutant, mutated } from './mutants.ts';

const root = join(import.meta.dirname, '../..');

/** What the parent process hands over: written by `main.ts` alone. */
function isMutant(value: unknown): value is Mutant {
  return typeof value === 'object' && value !== null && 'file' in value && 'start' in value && 'end' in value;
}

const mutant: unknown = JSON.parse(process.env.MOEPLAN_MUTANT ?? 'null');

/** The project's tests over a source that is changed while it is loaded: no file of the checkout is touched. */
export default defineConfig({
  root,
  plugins: isMutant(mutant)
    ? [
        {
          name: 'mutant',
          enforce: 'pre',
          load: (id) => (id === join(root, mutant.file) ? mutated(readFileSync(id, 'utf8'), mutant) : undefined),
        },
      ]
    : [],
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/support/seed.ts'],
    reporters: ['dot'],
    testTimeout: 60_000,
  },
});
