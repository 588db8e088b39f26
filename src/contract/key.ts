/**
 * API keys: who may ask a server, for what. A key looks like
 *
 *     fovea_<id>_<secret>        id: 12 hex digits, which lists name it by; secret: 64, of which only a hash is kept
 *
 * @module
 */
import { z } from 'zod';
import { NamespaceName } from './names.ts';

/** A key that Fovea made; its id is the first group. */
export const MADE_KEY = /^fovea_([0-9a-f]{12})_[0-9a-f]{64}$/;

export const ApiKeyId = z
  .string()
  .regex(/^[0-9a-f]{12}$/, 'must be the 12 hex digits by which "fovea key list" names it');

export const KeyAccess = z.enum(['read', 'write']);
export type KeyAccess = z.infer<typeof KeyAccess>;

export const ApiKey = z.object({
  id: z.string(),
  /** What it is for, in the words of who made it; may be empty. */
  name: z.string(),
  /** The only namespace that it sees; null: the whole server. */
  namespace: z.string().nullable(),
  /** `write` reads too. */
  access: KeyAccess,
  createdAt: z.string(),
});
export type ApiKey = z.infer<typeof ApiKey>;

export const ApiKeyList = z.object({ keys: z.array(ApiKey) });

export const CreateKeyRequest = z.strictObject({
  /** Must exist; null: the whole server. */
  namespace: NamespaceName.nullable().default(null),
  access: KeyAccess,
  name: z
    .string()
    .max(200)
    .regex(/^\P{Cc}*$/u, 'must hold no control characters')
    .default(''),
});
export type CreateKeyRequest = z.infer<typeof CreateKeyRequest>;

/** The only reply that holds the key itself. */
export const CreatedKey = ApiKey.extend({ key: z.string() });
export type CreatedKey = z.infer<typeof CreatedKey>;
