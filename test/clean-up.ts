/**
 * Ends what a test replaced for itself, before the next one begins: clocks, functions, globals.
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
