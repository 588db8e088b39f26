/**
 * What `npm start` and `npm test` need first: packages installed as the lock file says, and `src/` compiled. Both look at
 * times of files only, so that there is nothing to wait for where nothing changed.
 *
 * @module
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
/** Its time is the start of the last build that succeeded. */
const STAMP = `${root}dist/.built`;
const BUILD_INPUTS = ['src', 'web', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json', 'scripts/build.mjs'];
/** What the page is made of: its own files, and the client that it talks through. */
const UI_INPUTS = ['web', 'src/client', 'src/contract', 'package-lock.json'];

/**
 * Installs packages where there are none, or where the lock file is newer than they are: those that it names, and it stays
 * as it is. (`npm ci` would refuse a lock file that lacks optional packages for other systems, npm/cli#4828.)
 */
export function install() {
  if (time('node_modules/.package-lock.json') >= time('package-lock.json')) return;
  console.error('Installing packages …');
  run('npm', ['install', '--no-save'], { shell: process.platform === 'win32' });
}

/** Compiles where a source is newer than the last build. */
export function build() {
  if (newest(BUILD_INPUTS) < time('dist/.built')) return;
  console.error('Building …');
  const started = new Date();
  run(process.execPath, ['scripts/build.mjs']);
  writeFileSync(STAMP, '');
  utimesSync(STAMP, started, started);
}

/** Whether the page was not bundled yet, or something that it is made of is newer. */
export function isUiStale() {
  return newest(UI_INPUTS) >= time('dist/ui/index.html');
}

function run(program, args, options = {}) {
  // What they print is for people; standard output belongs to the program that is started.
  const { status, error } = spawnSync(program, args, { cwd: root, stdio: ['ignore', 2, 2], ...options });
  if (error !== undefined) console.error(`Cannot run "${program}": ${error.message}`);
  if (status !== 0) process.exit(status ?? 1);
}

/** Milliseconds; -1 where there is no such file. */
function time(path) {
  return statSync(root + path, { throwIfNoEntry: false })?.mtimeMs ?? -1;
}

function newest(paths) {
  let latest = 0;
  for (const path of paths) {
    latest = Math.max(latest, time(path));
    if (statSync(root + path).isDirectory())
      latest = Math.max(
        latest,
        newest(readdirSync(root + path).flatMap((name) => (name === 'node_modules' ? [] : `${path}/${name}`))),
      );
  }
  return latest;
}
