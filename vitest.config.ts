import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/vscode/**', 'test/page/**'],
    setupFiles: ['test/support/seed.ts'],
    // Line breaks and plain output: the summary is read by people and by CI.
    reporters: ['default'],
    // Only what hangs takes as long: a machine may be many times busier than a person's.
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
