#!/usr/bin/env node
/**
 * `npm test`: installs what is missing, builds what changed, starts a throw-away PostgreSQL where there is one with
 * pgvector, and runs the suite; arguments after `--` are vitest's. The last line counts what vitest reported:
 *
 *     412 passed, 0 failed
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, install } from './prepare.mjs';
import { findPostgres, runCommand, startCluster } from './test-postgres.mjs';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
install();
build();

process.exitCode = await main(process.argv.slice(2));

async function main(args) {
  const folder = mkdtempSync(join(tmpdir(), 'fovea-test-'));
  const report = join(folder, 'report.json');
  const cluster = startPostgres();
  try {
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
    const command = [process.execPath, 'node_modules/vitest/vitest.mjs', 'run', ...reporters, ...args];
    const code = await runCommand(command, cluster === undefined ? {} : { FOVEA_TEST_POSTGRES_URL: cluster.url });
    const { passed, failed, skipped } = count(report, code);
    if (skipped > 0) console.log(`${skipped} skipped`);
    console.log(`${passed} passed, ${failed} failed`);
    return failed > 0 ? code || 1 : code;
  } finally {
    cluster?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** None where a server is named already, or where there is none: the suites that need it say so, or fail. */
function startPostgres() {
  if (process.env.FOVEA_TEST_POSTGRES_URL !== undefined) return undefined;
  const bin = findPostgres();
  if (bin === undefined) {
    console.error('No PostgreSQL with pgvector here: its tests are skipped (scripts/install-postgres.sh installs it)');
    return undefined;
  }
  return startCluster(bin);
}

/** Counts tests; a file that could not be run at all, and errors outside of tests, are failures too. */
function count(report, code) {
  let files;
  try {
    files = JSON.parse(readFileSync(report, 'utf8')).testResults;
  } catch {
    console.error('vitest wrote no report');
    return { passed: 0, failed: 1, skipped: 0 };
  }
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const file of files) {
    const before = counts.failed;
    for (const test of file.assertionResults) counts[test.status in counts ? test.status : 'skipped'] += 1;
    if (file.status === 'failed' && counts.failed === before) {
      console.error(`Failed as a whole: ${file.name}: ${file.message}`);
      counts.failed += 1;
    }
  }
  if (counts.failed === 0 && code !== 0) {
    console.error(`No test failed, but vitest ended with ${code}: see above`);
    counts.failed = 1;
  }
  return counts;
}
