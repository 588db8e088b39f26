#!/usr/bin/env node
/**
 * Writes src/evaluate/fixtures/trec-eval.json: what NIST's `trec_eval` says of rankings made by chance, graded and with
 * several relevant contents, some rankings empty.
 *
 *     node scripts/trec-eval-parity.mjs <path of trec_eval>      https://github.com/usnistgov/trec_eval
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const [program = 'trec_eval'] = process.argv.slice(2);
const NAMES = {
  recall_1: 'recall@1',
  recall_5: 'recall@5',
  recall_10: 'recall@10',
  ndcg_cut_10: 'nDCG@10',
  recip_rank: 'MRR',
};

/** Park and Miller's generator: enough to make examples. */
let state = 20_061_121;
const below = (limit) => (state = (state * 48_271) % 2_147_483_647) % limit;

const cases = Array.from({ length: 60 }, (_, index) => {
  const relevance = Object.fromEntries(Array.from({ length: 1 + below(12) }, () => [`d${below(40)}`, below(4)]));
  if (!Object.values(relevance).some((grade) => grade > 0)) relevance.d1 = 1;
  const ranking = [];
  const length = index % 10 === 0 ? 1 : 5 + below(30);
  while (ranking.length < length) {
    const next = `d${below(40)}`;
    if (!ranking.includes(next)) ranking.push(next);
  }
  return { relevance, ranking, values: {} };
});

const folder = mkdtempSync(join(tmpdir(), 'fovea-trec-'));
try {
  const qrels = cases.flatMap(({ relevance }, query) =>
    Object.entries(relevance).map(([id, grade]) => `q${query} 0 ${id} ${grade}`),
  );
  const run = cases.flatMap(({ ranking }, query) =>
    ranking.map((id, index) => `q${query} Q0 ${id} ${index + 1} ${ranking.length - index} parity`),
  );
  writeFileSync(join(folder, 'qrels'), `${qrels.join('\n')}\n`);
  writeFileSync(join(folder, 'run'), `${run.join('\n')}\n`);
  const measures = ['recall.1,5,10', 'ndcg_cut.10', 'recip_rank'].flatMap((measure) => ['-m', measure]);
  const printed = execFileSync(program, ['-q', ...measures, join(folder, 'qrels'), join(folder, 'run')], {
    encoding: 'utf8',
  });
  for (const line of printed.trim().split('\n')) {
    const [measure, query, value] = line.trim().split(/\s+/);
    if (query !== 'all') cases[Number(query.slice(1))].values[NAMES[measure]] = Number(value);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
const lines = cases.map((each) => JSON.stringify(each));
writeFileSync(new URL('../src/evaluate/fixtures/trec-eval.json', import.meta.url), `[\n${lines.join(',\n')}\n]\n`);
