/**
 * A language model that is asked in words. One question is one request, but where a model takes no temperature; nothing is
 * tried again.
 *
 * @module
 */
import { exchange, modelServer, refusal, replyOf } from './exchange.ts';
import type { Answer, ModelServerOptions } from './exchange.ts';

export type LanguageModelOptions = ModelServerOptions;

export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

export interface LanguageModel {
  readonly name: string;
  /**
   * What the model answers, never empty.
   *
   * @throws UnavailableError, TimeoutError or LimitError for what its server does or doesn't do; the signal's reason.
   */
  complete(messages: readonly ChatMessage[], signal: AbortSignal): Promise<string>;
}

/** @throws InvalidInputError for options that can't be used; asks nobody. */
export function createLanguageModel(options: LanguageModelOptions): LanguageModel {
  const server = modelServer(options, 'language model', 'FOVEA_LLM');
  const { model } = server;
  // Some models refuse the temperature that others need to write the same SQL each time.
  let takesTemperature = true;
  return {
    name: model,
    async complete(messages, signal) {
      const ask = (): Promise<Answer> =>
        exchange(server, { model, messages, stream: false, ...(takesTemperature ? { temperature: 0 } : {}) }, signal);
      let answer = await ask();
      if (takesTemperature && answer.status === 400 && /temperature/i.test(answer.text)) {
        takesTemperature = false;
        answer = await ask();
      }
      if (answer.status !== 200) throw refusal(server, answer);
      return replyOf(server, answer.text).words;
    },
  };
}
