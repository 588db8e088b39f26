#!/usr/bin/env node
/**
 * What the packages that Fovea needs may be, checked by `npm run check`:
 *
 * - each has a licence that is compatible with Apache-2.0, and `docs/licences.md` lists those that users get
 * - the lock file names no registry, so that it is the same behind a mirror
 * - none but those in the README runs a script when it is installed
 *
 * `node scripts/dependencies.mjs --write` writes the list anew.
 *
 * @module
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const LIST = 'docs/licences.md';

/** Licences that ask for nothing but to be named. */
const PERMISSIVE = new Set([
  'MIT',
  'Apache-2.0',
  'ISC',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
  'BlueOak-1.0.0',
  'Unlicense',
]);
/** Changed files of theirs would have to be published; packages are used as they are. */
const UNCHANGED = new Set(['MPL-2.0']);
/** Weak copyleft, for what is a library of its own that users can replace. */
const REPLACEABLE = new Map([
  ['LGPL-3.0-or-later', /^@img\/sharp-/],
  // Fonts of the page, as files of their own.
  ['OFL-1.1', /^@fontsource-variable\//],
  // Not shipped: users who want it install it themselves, and our tests do.
  ['LGPL-3.0', /^libheif-js$/],
  // Permissive, but only as Python's own licence; not shipped: of LangChain, in our tests.
  ['PSF-2.0', /^argparse$/],
]);

/** Packages that run a script when they are installed; the README says that neither needs to. */
const WITH_SCRIPTS = ['exifreader', 'onnxruntime-node'];

const read = (path) => readFileSync(root + path, 'utf8');

/** The packages of the lock file: `{ name, version, licence, development, script, resolved, place }`. */
function packages() {
  const { packages: entries } = JSON.parse(read('package-lock.json'));
  return (
    Object.entries(entries)
      // Our own: the package itself, and the workspace of the page with the link to it.
      .filter(([place, entry]) => place !== '' && place !== 'web' && entry.link !== true)
      .map(([place, entry]) => ({
        place,
        name: place.replace(/^.*node_modules\//, ''),
        version: entry.version,
        licence: entry.license ?? 'none',
        development: entry.dev === true || entry.devOptional === true,
        script: entry.hasInstallScript === true,
        resolved: entry.resolved,
      }))
  );
}

/** Whether an SPDX expression lets us use a package; AND needs all of it, OR one. */
function isAllowed(licence, name) {
  const expression = licence.replace(/^\((.*)\)$/, '$1');
  if (expression.includes(' OR ')) return expression.split(' OR ').some((one) => isAllowed(one, name));
  return expression.split(' AND ').every((one) => {
    if (PERMISSIVE.has(one) || UNCHANGED.has(one)) return true;
    return REPLACEABLE.get(one)?.test(name) ?? false;
  });
}

function list(all) {
  const rows = all
    .filter(({ development }) => !development)
    .map(({ name, version, licence }) => `- ${name} ${version}: ${licence}`);
  return [
    '# Licences of the packages that come with Fovea',
    '',
    'Written by `node scripts/dependencies.mjs --write`, checked by `npm run check`. Packages of other systems (`sharp`) are',
    'listed too. `@img/sharp-libvips-*` holds libvips and its libraries, mostly LGPL, as files of their own that can be replaced.',
    'What the web page is bundled from, with its licences, is in `dist/ui/licences.md` of the package, written by the build.',
    '',
    ...[...new Set(rows)].toSorted(),
    '',
  ].join('\n');
}

/** Faults in licences, a line each. */
export function licences() {
  const all = packages();
  const faults = all
    .filter((one) => !isAllowed(one.licence, one.name))
    .map(({ place, licence }) => `${place}: licence "${licence}" is in no list of scripts/dependencies.mjs`);
  for (const { place, licence } of all) {
    if (!existsSync(`${root}${place}/package.json`)) continue;
    const { license: installed } = JSON.parse(read(`${place}/package.json`));
    if (typeof installed === 'string' && installed !== licence)
      faults.push(`${place}: the lock file says "${licence}", the package "${installed}"`);
  }
  if (!existsSync(root + LIST) || read(LIST) !== list(all))
    faults.push(`${LIST} is not of today: node scripts/dependencies.mjs --write`);
  return { ok: faults.length === 0, output: faults.join('\n'), note: `${all.length} packages` };
}

/** Faults in the lock file and in what runs at an install, a line each. */
export function installs() {
  const all = packages();
  const faults = all
    .filter(({ resolved }) => resolved !== undefined)
    .map(({ place }) => `package-lock.json: "${place}" names a registry`);
  if (!/^omit-lockfile-registry-resolved=true$/m.test(read('.npmrc')))
    faults.push('.npmrc: omit-lockfile-registry-resolved is not set');
  const found = new Set(all.filter(({ script }) => script).map(({ name }) => name));
  for (const { place, name } of all) {
    if (!existsSync(`${root}${place}/package.json`)) continue;
    const { scripts = {} } = JSON.parse(read(`${place}/package.json`));
    if (
      ['preinstall', 'install', 'postinstall'].some((one) => one in scripts) ||
      existsSync(`${root}${place}/binding.gyp`)
    )
      found.add(name);
  }
  for (const name of found)
    if (!WITH_SCRIPTS.includes(name))
      faults.push(
        `${name} runs a script when it is installed: name it in the README and in scripts/dependencies.mjs, or do without it`,
      );
  const readme = read('README.md');
  for (const name of WITH_SCRIPTS) {
    if (!found.has(name)) faults.push(`${name} runs no script any more: take it out of scripts/dependencies.mjs`);
    if (!readme.includes(`\`${name}\``))
      faults.push(`README.md does not name ${name}, which runs a script when it is installed`);
  }
  return { ok: faults.length === 0, output: faults.join('\n'), note: `${found.size} with scripts` };
}

if (process.argv[1] === fileURLToPath(import.meta.url) && process.argv.includes('--write'))
  writeFileSync(root + LIST, list(packages()));
