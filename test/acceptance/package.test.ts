import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { root } from './library.ts';

const run = promisify(execFile);

test(
  'npm pack makes a package that installs into an empty folder, with its program and its library',
  { timeout: 300_000 },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'fovea-package-'));
    try {
      const { stdout } = await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
        cwd: root,
        maxBuffer: 64e6,
      });
      const [{ filename = '' } = {}] = JSON.parse(stdout) as { filename?: string }[];
      writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'empty', private: true, type: 'module' }));
      // The README's advice for machines that can't fetch the GPU files of ONNX Runtime.
      const env = { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip' };
      await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', `./${filename}`], {
        cwd: folder,
        env,
        maxBuffer: 64e6,
      });
      const version = await run('npx', ['--no-install', 'fovea', '--version'], { cwd: folder });
      expect(version.stdout.trim()).toMatch(/^\d+\.\d+\.\d+$/);
      const script = `
      import { open, connect } from 'fovea';
      import { FoveaClient } from 'fovea/client';
      import { defineExtractor } from 'fovea/extractor';
      import { SearchRequest } from 'fovea/contract';
      import { foveaTools } from 'fovea/ai';
      import { evaluate, parseQueries, resolveQueries } from 'fovea/evaluate';
      const fovea = await open({ home: './home', hub: { offline: true }, workers: 0 });
      console.log([open, connect, FoveaClient, defineExtractor].map((value) => typeof value).join(), typeof SearchRequest.parse, (await fovea.health()).status);
      const tiny = (await fovea.models.list()).find(({ name }) => name === 'fovea-tiny');
      console.log(tiny.state, tiny.folder.endsWith('fovea-tiny'));
      console.log(Object.keys(foveaTools(fovea)).length, await import('fovea/langchain').catch(({ code }) => code));
      const pixel = Buffer.from('R0lGODlhAQABAIAAAAAAAP///ywAAAAAAQABAAACAUwAOw==', 'base64');
      for (const name of ['dog.gif', 'cat.gif']) await fovea.upload(Buffer.concat([pixel, Buffer.from(name)]), { name });
      const asked = parseQueries('{"query": "a dog", "relevant": ["dog.gif"]}', 'queries.jsonl');
      const { queries } = await resolveQueries(fovea, asked);
      const { configurations } = await evaluate(fovea, { queries, configurations: [{ name: 'words', request: { indexes: ['content.name'] } }] });
      console.log(configurations[0].runs[0].rank, configurations[0].summary.metrics['recall@1'].mean);
      await fovea.close();`;
      writeFileSync(join(folder, 'try.js'), script);
      const tried = await run(process.execPath, ['try.js'], { cwd: folder });
      expect(tried.stdout.trim()).toBe(
        'function,function,function,function function ok\nshipped true\n5 ERR_MODULE_NOT_FOUND\n1 1',
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
);
