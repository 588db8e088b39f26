import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Tests of whole programs take minutes: begun last, one of them keeps everybody waiting at the end. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification): boolean => moduleId.includes('/test/');
    const sorted = await super.sort(files);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

/** Tests of functions share a process: that a module is loaded once and not for each file saves minutes. */
const FUNCTIONS = ['src/**/*.test.ts', 'web/src/**/*.test.ts'];
/** It replaces modules of Node by `vi.mock`, which those that are loaded already would not notice. */
const ALONE = ['src/ingest/add-path.test.ts'];

export default defineConfig({
  // As in `web/vite.config.ts`.
  resolve: { alias: { 'fovea/client': fileURLToPath(new URL('src/client/index.ts', import.meta.url)) } },
  test: {
    projects: [
      { extends: true, test: { name: 'functions', include: FUNCTIONS, exclude: ALONE, isolate: false } },
      { extends: true, test: { name: 'programs', include: ['test/**/*.test.ts', 'examples/**/*.test.ts', ...ALONE] } },
    ],
    /** What a file leaves behind must not reach the next one. */
    setupFiles: ['test/clean-up.ts'],
    /** PGlite's cancellation goes through the inspector, which hangs inside somebody else's worker thread. */
    pool: 'forks',
    // Twice the cores of CI: most of what is tested are other processes, which wait for each other.
    maxWorkers: 4,
    sequence: { sequencer: LongestFirst },
    /** Against what hangs; how long things take is for `bench/` to say. */
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 30_000 } },
    /** Child processes (database host, workers) run compiled code, so `npm test` builds before it tests. */
    reporters: ['default'],
  },
});
