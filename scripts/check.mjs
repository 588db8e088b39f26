#!/usr/bin/env node
/** `npm run check`: all static checks, each to its end; prints what failed. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { installs, licences } from './dependencies.mjs';
import { build, install } from './prepare.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
/** A checker of layers that sees no modules finds no faults. */
const LEAST_MODULES = 50;

/** Runs a package's program; `program` is below node_modules. */
function call(program, args) {
  const { status, stdout, stderr, error } = spawnSync(process.execPath, [`node_modules/${program}`, ...args], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
    env: { ...process.env, FORCE_COLOR: '0' },
  });
  return { ok: status === 0, stdout: stdout ?? '', output: `${stdout ?? ''}${stderr ?? ''}${error?.message ?? ''}` };
}

function layers() {
  const { stdout, output } = call('dependency-cruiser/bin/dependency-cruise.mjs', [
    'src',
    '--config',
    '.dependency-cruiser.cjs',
    '--output-type',
    'json',
  ]);
  let summary;
  try {
    ({ summary } = JSON.parse(stdout));
  } catch {
    return { ok: false, output };
  }
  const faults = summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`);
  if (summary.totalCruised <= LEAST_MODULES) {
    faults.push(`only ${summary.totalCruised} modules were cruised, more than ${LEAST_MODULES} are expected`);
  }
  return { ok: faults.length === 0, output: faults.join('\n'), note: `${summary.totalCruised} modules cruised` };
}

const CHECKS = {
  types: () => call('typescript/bin/tsc', ['--noEmit', '-p', 'tsconfig.json']),
  'types of web': () => call('typescript/bin/tsc', ['--noEmit', '-p', 'web/tsconfig.json']),
  lint: () => call('oxlint/bin/oxlint', []),
  format: () => call('oxfmt/bin/oxfmt', ['--check', '.']),
  layers,
  unused: () => call('knip/bin/knip.js', ['--no-progress']),
  licences,
  installs,
};

install();
// Benches and examples import the package by its name: its compiled types must be there.
build();
let failed = 0;
for (const [name, check] of Object.entries(CHECKS)) {
  const { ok, output, note } = check();
  console.log(`${ok ? 'ok    ' : 'FAILED'} ${name}${note === undefined ? '' : ` (${note})`}`);
  if (!ok) {
    failed += 1;
    console.log(`${output.trimEnd()}\n`);
  }
}
if (failed > 0) console.log(`${failed} of ${Object.keys(CHECKS).length} checks failed`);
process.exitCode = failed > 0 ? 1 : 0;
