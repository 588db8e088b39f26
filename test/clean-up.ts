/**
 * Ends what a file of tests replaced for itself, before the next file begins in the same process: clocks, functions, globals.
 *
 * @module
 */
import { afterAll, vi } from 'vitest';

afterAll(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
});
