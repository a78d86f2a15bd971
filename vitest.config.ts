// How the tests run: one copy of graphql, Node's own SQLite, room for the real feeds.
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: {
    alias: [{ find: /^graphql$/, replacement: fileURLToPath(import.meta.resolve('graphql/index.js')) }],
  },
  test: {
    include: ['test/**/*.test.ts'],
    // Ten times what the longest takes on an idle machine.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 60_000 } },
    pool: 'forks',
    maxWorkers: 2,
    // Files share what they import: most of a short file's time would be loading it anew. So none
    // replaces a module or a global, and what several files import registers hooks only where it is called.
    isolate: false,
    setupFiles: ['test/support/setup.ts'],
  },
});
