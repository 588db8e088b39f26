#!/usr/bin/env node
/**
 * Compiles `src/` to `dist/` when something changed since the last build (tsc's own incremental state decides), and bundles
 * the page of `web/` to `dist/ui/` where one of its files is newer than what is there.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isUiStale } from './prepare.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
run('node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json');
const program = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
if (existsSync(program)) chmodSync(program, 0o755);
if (isUiStale()) run('node_modules/vite/bin/vite.js', 'build', 'web', '--logLevel', 'warn');

function run(...command) {
  const { status } = spawnSync(process.execPath, command, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
