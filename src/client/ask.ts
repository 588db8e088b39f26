/**
 * Questions in words.
 *
 * @module
 */
import { api, type AskInput, type AskReply, type AskStep, UnavailableError } from '../contract/index.ts';
import type { Connection, RequestOptions } from './connection.ts';
import { follow } from './follow.ts';

export interface AskOptions extends Omit<AskInput, 'question'>, RequestOptions {
  /** Hears each step as it happens: the statement before it runs, the rows before the answer. */
  readonly onStep?: (step: AskStep) => void;
}

/** Asks a question and collects what happens to it; aborting the signal ends the work for it. */
export async function ask(
  connection: Connection,
  question: string,
  { onStep, signal, ...limits }: AskOptions = {},
): Promise<AskReply> {
  const ended = 'Cannot follow the answer: the connection ended; ask again';
  const reply = {
    question,
    model: '',
    sql: '',
    refused: [] as AskReply['refused'],
    contents: [] as AskReply['contents'],
  };
  let result: AskReply['result'] | undefined;
  for await (const step of follow(connection, api.ask, { body: { question, ...limits }, signal }, ended)) {
    onStep?.(step);
    if (step.step === 'asked') reply.model = step.model;
    else if (step.step === 'sql') reply.sql = step.sql;
    else if (step.step === 'refused') reply.refused.push({ sql: step.sql, code: step.code, message: step.message });
    else if (step.step === 'rows') [result, reply.contents] = [step.result, step.contents];
    else if (result !== undefined) return { ...reply, result, answer: step.answer, notes: step.notes };
  }
  throw new UnavailableError(ended);
}
