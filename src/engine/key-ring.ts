/**
 * API keys of an engine: made, listed, removed, and looked up at each request.
 *
 * All are kept in memory, so that a guessed key costs no statement. The embedded database has one owner, who forgets them
 * at each change; on PostgreSQL, where another server may remove a key, they are read again after two seconds.
 *
 * @module
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { ApiKey, CreatedKey, CreateKeyRequest } from '../contract/index.ts';
import { LimitError, MADE_KEY } from '../contract/index.ts';
import { deleteApiKey, insertApiKey, listApiKeys } from '../store/index.ts';
import type { ApiKeyRecord, Database } from '../store/index.ts';

export interface KeyRing {
  /** The key that this text is, or undefined. Takes as long for a wrong secret as for the right one. */
  find(text: string): Promise<ApiKey | undefined>;
  list(): Promise<ApiKey[]>;
  /** @throws NotFoundError for a namespace that is not there; LimitError. */
  create(request: CreateKeyRequest): Promise<CreatedKey>;
  /** @throws NotFoundError. */
  remove(id: string): Promise<void>;
  /** To be called where keys changed by other ways than these: with a namespace, by a restore. */
  forget(): void;
}

/** How long another server's change may stay unnoticed. */
const SHARED_FOR_MS = 2000;
/** All are held in memory. */
const MAX_KEYS = 10_000;
const ID_BYTES = 6;
const SECRET_BYTES = 32;

interface Held {
  readonly keys: Promise<ReadonlyMap<string, ApiKeyRecord>>;
  readonly until: number;
}

/** `now` is milliseconds, and never goes back: a removed key must not live on because the system's clock does. */
export function createKeyRing(database: Database, now: () => number = () => performance.now()): KeyRing {
  const lifetimeMs = database.dialect.name === 'pglite' ? Infinity : SHARED_FOR_MS;
  let held: Held | undefined;

  const read = async (): Promise<ReadonlyMap<string, ApiKeyRecord>> =>
    new Map((await listApiKeys(database)).map((key) => [key.id, key]));
  const keys = (): Held['keys'] => {
    if (held === undefined || held.until <= now()) {
      const reading: Held = { keys: read(), until: now() + lifetimeMs };
      held = reading;
      // What could not be read is asked for again by the next.
      reading.keys.catch(() => {
        if (held === reading) held = undefined;
      });
    }
    return held.keys;
  };
  const forget = (): void => void (held = undefined);

  return {
    async find(text) {
      const id = MADE_KEY.exec(text)?.[1];
      const record = id === undefined ? undefined : (await keys()).get(id);
      return record !== undefined && isSame(sha256(text), Buffer.from(record.sha256, 'hex')) ? told(record) : undefined;
    },
    list: async () => (await listApiKeys(database)).map(told),
    async create({ namespace, access, name }) {
      if ((await keys()).size >= MAX_KEYS)
        throw new LimitError(`Cannot create another API key: there are ${MAX_KEYS}, the most there may be`);
      const id = randomBytes(ID_BYTES).toString('hex');
      const key = `fovea_${id}_${randomBytes(SECRET_BYTES).toString('hex')}`;
      try {
        const stored = await insertApiKey(database, {
          id,
          name,
          namespace,
          access,
          sha256: sha256(key).toString('hex'),
        });
        return { ...stored, key };
      } finally {
        forget();
      }
    },
    async remove(id) {
      try {
        await deleteApiKey(database, id);
      } finally {
        forget();
      }
    },
    forget,
  };
}

function told({ sha256: _sha256, ...key }: ApiKeyRecord): ApiKey {
  return key;
}

/** A hash that was restored from a foreign file may have any length. */
function isSame(given: Buffer, expected: Buffer): boolean {
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
