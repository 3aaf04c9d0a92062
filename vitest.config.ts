import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/vscode/**', 'test/page/**'],
    // Line breaks and plain output: the summary is read by people and by CI.
    reporters: ['default'],
    testTimeout: 30_000,
  },
});
