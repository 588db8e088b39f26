/**
 * Short forms of replies, for the tables of routes.
 *
 * @module
 */
import type { z } from 'zod';
import type { Reply } from './route.ts';

export const nothing = { kind: 'nothing' } as const satisfies Reply;
export const json = <S extends z.ZodType>(schema: S) => ({ kind: 'json', schema }) as const satisfies Reply;
export const lines = <S extends z.ZodType>(schema: S) => ({ kind: 'lines', schema }) as const satisfies Reply;
export const events = <S extends z.ZodType>(schema: S) => ({ kind: 'events', schema }) as const satisfies Reply;
