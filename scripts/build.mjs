#!/usr/bin/env node
/** Compiles `src/` to `dist/` when something changed since the last build (tsc's own incremental state decides). */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const tsc = fileURLToPath(new URL('../node_modules/typescript/bin/tsc', import.meta.url));
const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' });
if (status !== 0) process.exit(status ?? 1);
const program = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
if (existsSync(program)) chmodSync(program, 0o755);
