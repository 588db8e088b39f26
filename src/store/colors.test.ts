import { expect, test } from 'vitest';
import { describeEachDatabase } from '../../test/databases.ts';
import { addContents, addPolicies, NAMESPACE, newPolicy, prepareStore } from '../../test/store.ts';
import type { FeatureRow, OutputSpec } from '../contract/index.ts';
import { colorPolicies } from './colors.ts';
import { getContent, listContents } from './content-list.ts';
import { writeFeatures } from './features.ts';
import { hydrate } from './hydrate.ts';
import { dropPolicy, policiesOf } from './policies.ts';
import type { PolicyRecord } from './records.ts';

const COLORS: OutputSpec = { columns: { color: { type: 'text' } }, vectors: {} };
const colorRow = (color: string, ord: number): FeatureRow => ({ columns: { color }, vectors: {}, ord });

describeEachDatabase('colours of contents', (open) => {
  test('hydrate(), getContent() and listContents() show the first that any policy found, and null where none did', async () => {
    const db = await prepareStore(await open());
    const [rome = '', paris = '', none = ''] = await addContents(db, 'rome.jpg', 'paris.jpg', 'none.jpg');
    const made = await addPolicies(
      db,
      newPolicy('colors', COLORS, { extractor: 'image/colors' }),
      newPolicy('rest', COLORS, { extractor: 'image/colors' }),
      newPolicy('words', COLORS, { extractor: 'test/words' }),
      newPolicy('parts', COLORS, { extractor: 'image/colors', contentSource: 'colors' }),
    );
    const [colors, rest, words, parts] = made as [PolicyRecord, PolicyRecord, PolicyRecord, PolicyRecord];
    await db.transaction(async (tx) => {
      const rows = [colorRow('#102030', 0), colorRow('#ffffff', 1)];
      await writeFeatures(tx, NAMESPACE, colors, [{ contentId: rome, rows }]);
      await writeFeatures(tx, NAMESPACE, rest, [{ contentId: paris, rows: [colorRow('#405060', 0)] }]);
      for (const other of [words, parts])
        await writeFeatures(tx, NAMESPACE, other, [{ contentId: none, rows: [colorRow('#999999', 0)] }]);
    });
    const known = colorPolicies(await policiesOf(db, NAMESPACE));
    const shown = async (): Promise<(string | null)[][]> => {
      const ids = [rome, paris, none];
      const hits = await hydrate(
        db,
        NAMESPACE,
        ids.map((contentId) => ({ contentId, ord: null })),
        { colors: known },
      );
      const contents = await Promise.all(ids.map((id) => getContent(db, NAMESPACE, id, known)));
      const page = await listContents(db, NAMESPACE, { limit: 10, label: [], colors: known });
      const listed = ids.map((id) => page.contents.find(({ contentId }) => contentId === id));
      return [hits, contents, listed].map((each) => each.map((content) => content?.color ?? null));
    };
    const colored = ['#102030', '#405060', null];
    expect(await shown()).toEqual([colored, colored, colored]);

    // Whoever has looked the policies up before does not fail because one has gone.
    await db.transaction((tx) => dropPolicy(tx, NAMESPACE, 'photos', 'rest'));
    expect(await shown()).toEqual(Array.from({ length: 3 }, () => [null, null, null]));
    expect(colorPolicies(await policiesOf(db, NAMESPACE))).toHaveLength(1);
  });
});
