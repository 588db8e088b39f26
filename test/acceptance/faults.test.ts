/**
 * What may go wrong around Fovea: nothing that was acknowledged is lost, what is wrong is said, the rest
 * goes on, and work resumes by itself.
 *
 * @module
 */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { FoveaClient } from '../../src/client/index.ts';
import type { EngineOptions } from '../../src/engine/index.ts';
import { open } from '../../src/engine/index.ts';
import { describeLibrary, type Library } from './library.ts';
import { makePictures } from './pictures.ts';

/** Pictures that a worker decodes at a time. */
const DECODED_AT_ONCE = 4;

const troubled = fileURLToPath(new URL('../fixtures/troubled-extractor.mjs', import.meta.url));

describeLibrary('faults', (newLibrary) => {
  describe.each(['decode', 'run'] as const)('a picture that ends its worker in its %s', (at) => {
    test.each(['die', 'hang'] as const)(
      'or makes it %s, fails after two tries; its neighbours lose nothing',
      async (how) => {
        const library = await newLibrary();
        const notes: string[] = [];
        const options = {
          extractors: [troubled],
          workers: 1,
          hangMs: 3000,
          onNote: (note: string) => notes.push(note),
        };
        await using(library, options, async (fovea) => {
          await fovea.graphs.apply(
            `name: g\nextraction_policies: [{ extractor: test/troubled, name: widths, input_params: { at: ${at} } }]\n`,
          );
          // Behind a whole batch, so that it is prepared while that one is inferred.
          const folder = await makePictures(join(library.folder, 'photos'), 40, { 20: `trouble:${how}` });
          for await (const { failed } of fovea.addPath(folder)) expect(failed).toBe(0);
          const status = await fovea.waitUntilIndexed({ timeoutMs: 240_000 });
          expect(status).toMatchObject({ contents: 40, failedContents: 1 });
          const { rows } = await fovea.sql('select count(*) as pictures, count(distinct width) as widths from g');
          expect(rows).toEqual([{ pictures: 39, widths: 39 }]);
          const alone = await fovea.sql('select count(*) as pictures from g where together = 1');
          // Of those that were decoded at that moment each is tried alone, or of those that were inferred; of no others.
          const [fewest, most] = at === 'decode' ? [0, DECODED_AT_ONCE] : [DECODED_AT_ONCE, 32];
          expect(alone.rows[0]?.pictures).toBeGreaterThanOrEqual(fewest);
          expect(alone.rows[0]?.pictures).toBeLessThanOrEqual(most);
          const { tasks } = await fovea.tasks({ limit: 1000 });
          const failed = tasks.filter(({ state }) => state === 'failed');
          expect(new Set(failed.map(({ name }) => name))).toEqual(new Set(['20.png']));
          const reason = how === 'die' ? 'ended with SIGSEGV' : 'got no further for 3 s and was ended';
          for (const { error } of failed)
            expect(error).toBe(
              `Cannot extract: its worker process ${reason}, and it happened again with this picture alone`,
            );
          const others = tasks.filter(({ name }) => name !== '20.png');
          expect(others.map(({ state, attempts }) => `${state} ${attempts}`)).toEqual(others.map(() => 'done 1'));
          expect(notes.filter((note) => note.includes(reason))).toHaveLength(2);
        });
      },
    );
  });
});

/** Opens the engine of a library in this process, and closes it behind `work`. */
async function using(
  { home, environment }: Library,
  options: EngineOptions,
  work: (fovea: FoveaClient) => Promise<void>,
): Promise<void> {
  const { FOVEA_DATABASE_URL: database } = environment;
  const fovea = await open({
    home,
    hub: { offline: true },
    ...(database === undefined ? {} : { database }),
    ...options,
  });
  try {
    await work(fovea);
  } finally {
    await fovea.close();
  }
}
