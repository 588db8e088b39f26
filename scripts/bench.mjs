#!/usr/bin/env node
/** `npm run bench -- <name> [options]`: builds, compiles `bench/<name>.ts`, runs it. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const [name, ...options] = process.argv.slice(2);
const names = readdirSync(`${root}/bench`).filter((file) => file.endsWith('.ts') && !file.startsWith('lib-'));
if (name === undefined || !existsSync(`${root}/bench/${name}.ts`)) {
  console.error(`Usage: npm run bench -- <${names.map((file) => file.slice(0, -3)).join(' | ')}>`);
  process.exit(2);
}
const run = (...command) => {
  const { status } = spawnSync(process.execPath, command, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
};
run('scripts/build.mjs');
run('node_modules/typescript/bin/tsc', '-p', 'bench/tsconfig.json');
run(`.cache/bench/bench/${name}.js`, ...options);
