import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'examples/**/*.test.ts'],
    /** PGlite's cancellation goes through the inspector, which hangs inside somebody else's worker thread. */
    pool: 'forks',
    maxWorkers: 2,
    /** Against what hangs; how long things take is for `bench/` to say. */
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 30_000 } },
    /** Child processes (database host, workers) run compiled code, so `npm test` builds before it tests. */
    reporters: ['default'],
  },
});
