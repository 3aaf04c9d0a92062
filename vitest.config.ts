import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { propertyRuns } from './test/support/propertyRuns.ts';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/vscode/**', 'test/page/**'],
    // All cores: while the tests run nothing else is done, and of two cores one alone would take twice as long.
    maxWorkers: availableParallelism(),
    setupFiles: ['test/support/seed.ts'],
    // Line breaks and plain output: the summary is read by people and by CI.
    reporters: ['default'],
    // Only what hangs takes as long: a machine may be many times busier than a person's, and a hunt tries many times as much.
    testTimeout: propertyRuns(300_000),
    hookTimeout: 300_000,
  },
});
