/**
 * A question in words: a language model writes one SELECT, the door runs it, the model says what the rows mean.
 *
 * What a model writes is text of strangers: it may repeat what somebody wrote into a picture's name. Show it as plain text;
 * as HTML or Markdown it could load pictures of the web.
 *
 * @module
 */
import { z } from 'zod';
import { Hit, SqlResult } from './search.ts';

export const AskRequest = z.strictObject({
  question: z.string().trim().min(1).max(2000),
  /** Most rows that are read. */
  limit: z.int().min(1).max(1000).default(100),
});
export type AskRequest = z.output<typeof AskRequest>;
export type AskInput = z.input<typeof AskRequest>;

/** A statement that did not run, and why. */
export const RefusedSql = z.object({ sql: z.string(), code: z.string(), message: z.string() });
export type RefusedSql = z.infer<typeof RefusedSql>;

/** A content that the rows name. */
export const AskedContent = Hit.omit({ score: true, similarity: true, ord: true, region: true, explanation: true });
export type AskedContent = z.infer<typeof AskedContent>;

/** What happens to a question, in this order; `sql` and `refused` come twice at most. The last has `finished: true`. */
export const AskStep = z.discriminatedUnion('step', [
  /** The model was asked for a statement. */
  z.object({ step: z.literal('asked'), model: z.string(), finished: z.literal(false) }),
  /** What it wrote, and what is run now. */
  z.object({ step: z.literal('sql'), sql: z.string(), finished: z.literal(false) }),
  /** The door or the database refused it; the model is asked once more, once. */
  RefusedSql.extend({ step: z.literal('refused'), finished: z.literal(false) }),
  /** Contents that the rows name by their ids: the first 50. */
  z.object({
    step: z.literal('rows'),
    result: SqlResult,
    contents: z.array(AskedContent),
    finished: z.literal(false),
  }),
  z.object({
    step: z.literal('answer'),
    /** Plain text; null where the model gave none for the rows, and `notes` say why. */
    answer: z.string().nullable(),
    notes: z.array(z.string()),
    finished: z.literal(true),
  }),
]);
export type AskStep = z.infer<typeof AskStep>;

/** An answer with everything that led to it. */
export const AskReply = z.object({
  question: z.string(),
  /** The model that was asked. */
  model: z.string(),
  /** The statement that ran. */
  sql: z.string(),
  /** What was tried before it. */
  refused: z.array(RefusedSql),
  result: SqlResult,
  contents: z.array(AskedContent),
  answer: z.string().nullable(),
  notes: z.array(z.string()),
});
export type AskReply = z.infer<typeof AskReply>;
