import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { DEFAULT_NAMESPACE, type SqlResult, type Status } from '../../src/contract/index.ts';
import { VERSION } from '../../src/engine/index.ts';
import { SCHEMA_VERSION, type Database } from '../../src/store/index.ts';
import { loadSchema, NAMESPACE } from '../store.ts';
import { describeLibraries, openLibraryDatabase, type Library } from './library.ts';

/** The oldest release whose homes are opened. */
const OLDEST_SCHEMA = 1;

describeLibraries('a home of another release', (newLibrary) => {
  const engineFile = (library: Library): string => join(library.home, 'engine.json');
  const change = async (library: Library, work: (db: Database) => Promise<unknown>) => {
    const db = await openLibraryDatabase(library);
    await work(db);
    await db.close();
  };

  test('an older one is brought to the schema of today, and keeps what it holds', async () => {
    const library = await newLibrary();
    await change(library, (db) => loadSchema(db, OLDEST_SCHEMA));
    const said = { id: '6f0c3f0e-8a34-4a7e-9d3b-2f8f5b8f0a11', version: '0.0.1' };
    writeEngineFile(library, said);

    const status = await library.fovea('status', '-n', NAMESPACE, '--json');
    expect(status.code, status.stderr).toBe(0);
    expect(status.json<Status>().contents).toBe(2);
    const found = await library.fovea('sql', '-n', NAMESPACE, 'select name, object_name from ingestion', '--json');
    expect(found.code, found.stderr).toBe(0);
    expect(found.json<SqlResult>().rows).toEqual([{ name: 'dog.jpg', object_name: 'dog' }]);
    expect(JSON.parse(readFileSync(engineFile(library), 'utf8'))).toMatchObject({ ...said, version: VERSION });
  });

  test('a newer one is refused with a sentence, and nothing in it is changed', async () => {
    const library = await newLibrary();
    expect((await library.fovea('status')).code).toBe(0);
    const setVersion = (version: number) => (db: Database) =>
      db.query(`update fovea.setting set value = $1::jsonb where key = 'schema_version'`, [String(version)]);
    await change(library, setVersion(SCHEMA_VERSION + 1));
    const { id } = JSON.parse(readFileSync(engineFile(library), 'utf8')) as { id: string };
    const said = { id, version: '99.0.0' };
    writeEngineFile(library, said);

    const sentence = `Cannot open the database: its schema is version ${SCHEMA_VERSION + 1} and this Fovea knows versions up to ${SCHEMA_VERSION}; install the Fovea that wrote it, or a newer one`;
    for (const command of [['status'], ['server', '--port', '0']]) {
      const { code, stderr } = await library.fovea(...command);
      expect([command, code, stderr.trim()]).toEqual([command, 1, sentence]);
    }
    expect(JSON.parse(readFileSync(engineFile(library), 'utf8'))).toEqual(said);
    await change(library, setVersion(SCHEMA_VERSION));
    expect((await library.fovea('status', '-n', DEFAULT_NAMESPACE)).code).toBe(0);
  });
});

function writeEngineFile(library: Library, content: object): void {
  mkdirSync(library.home, { recursive: true });
  writeFileSync(join(library.home, 'engine.json'), JSON.stringify(content));
}
