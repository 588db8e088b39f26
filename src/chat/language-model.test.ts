import { describe, expect, test } from 'vitest';
import { scriptedModel, type Turn } from '../../test/scripted-model.ts';
import { InvalidInputError, LimitError, TimeoutError, UnavailableError } from '../contract/index.ts';
import { createLanguageModel, type LanguageModelOptions } from './language-model.ts';

const KEY = 'sk-test-0123456789';
const MESSAGES = [{ role: 'user', content: 'Hello' }] as const;

const server = scriptedModel();

function modelOf(options: Partial<LanguageModelOptions> = {}) {
  return createLanguageModel({ url: server.url, model: 'parrot', key: KEY, ...options });
}

/** What a model says to `Hello` when its server takes these turns. */
function complete(
  turns: readonly Turn[],
  options: Partial<LanguageModelOptions> = {},
  signal = new AbortController().signal,
) {
  server.script(...turns);
  return modelOf(options).complete(MESSAGES, signal);
}

const saying = (content: unknown) => ({ status: 200, body: JSON.stringify({ choices: [{ message: { content } }] }) });

describe('createLanguageModel()', () => {
  test('asks once, with the key, and takes words or parts of them', async () => {
    expect(await complete(['Good day'])).toBe('Good day');
    expect(server.asked).toMatchObject([
      {
        path: '/v1/chat/completions',
        headers: { authorization: `Bearer ${KEY}` },
        body: { model: 'parrot', messages: MESSAGES, temperature: 0, stream: false },
      },
    ]);
    expect(
      await complete([
        saying([
          { type: 'text', text: 'Good ' },
          { type: 'text', text: 'day' },
        ]),
      ]),
    ).toBe('Good day');
  });

  test.each(['', '/', '/chat/completions'])('takes the address with "%s" at its end', async (end) => {
    expect(await complete(['yes'], { url: `${server.url}${end}` })).toBe('yes');
    expect(server.asked[0]?.path).toBe('/v1/chat/completions');
  });

  test('sends no key where there is none', async () => {
    server.script('yes');
    await createLanguageModel({ url: server.url, model: 'parrot' }).complete(MESSAGES, new AbortController().signal);
    expect(server.asked[0]?.headers.authorization).toBeUndefined();
  });

  test('leaves the temperature out from then on where a model takes none', async () => {
    const refusal = { status: 400, body: '{"error":{"message":"Unsupported value: temperature"}}' };
    server.script(refusal, 'first', 'second');
    const model = modelOf();
    const { signal } = new AbortController();
    expect([await model.complete(MESSAGES, signal), await model.complete(MESSAGES, signal)]).toEqual([
      'first',
      'second',
    ]);
    expect(server.asked.map(({ body }) => body.temperature)).toEqual([0, undefined, undefined]);
  });

  test('leaves the temperature out once, whatever the server goes on to say', async () => {
    const refusal = { status: 400, body: '{"error":{"message":"temperature"}}' };
    server.script(refusal, refusal, 'third');
    const model = modelOf();
    const { signal } = new AbortController();
    await expect(model.complete(MESSAGES, signal)).rejects.toThrow('status 400');
    expect(server.asked).toHaveLength(2);
    await expect(complete([{ ...refusal, status: 500 }, 'second'])).rejects.toThrow('status 500');
    server.script(refusal, 'second');
    await expect(model.complete(MESSAGES, signal)).rejects.toThrow('status 400');
    expect(server.asked).toHaveLength(1);
  });

  test.each<[string, Turn, RegExp]>([
    [
      'refuses the key',
      { status: 401, body: `{"error":{"message":"wrong key ${KEY}"}}` },
      /refuses the key \(401\); look at FOVEA_LLM_KEY \(wrong key …\)$/,
    ],
    ['has had too many questions', { status: 429, headers: { 'retry-after': '7' } }, /\(429\); ask again in 7 s$/],
    [
      'has had too many and says nothing',
      { status: 429, headers: { 'retry-after': 'a\tb' } },
      /\(429\); ask again later$/,
    ],
    ['fails', { status: 500, body: '<html>' }, /answers with status 500$/],
    [
      'refuses otherwise',
      { status: 400, body: '{"error":"no such field"}' },
      /answers with status 400 \(no such field\)$/,
    ],
    [
      'does not know the model',
      { status: 404, body: '{"error":{"message":"model parrot not found"}}' },
      /no such model or address \(404\) \(model parrot not found\)$/,
    ],
    ['redirects', { status: 307, headers: { location: '/stolen' } }, /redirects \(307\), which is not followed/],
    ['breaks off', 'break!', /does not answer \(/],
    ['says nothing', saying(''), /answered without a word/],
    ['says null', saying(null), /answered without a word/],
    ['sends no JSON', { status: 200, body: 'ok' }, /did not answer as the chat API/],
    ['sends other JSON', { status: 200, body: '{"choices":[]}' }, /did not answer as the chat API/],
  ])('tells that its server %s, asks it once, and never shows the key', async (_what, turn, message) => {
    const error = await complete([turn, 'a second try']).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(UnavailableError);
    expect(String(error)).toMatch(message);
    expect(String(error)).toMatch(/^UnavailableError: Cannot ask the language model "parrot": /);
    expect(String(error)).not.toContain(KEY);
    expect(server.asked).toHaveLength(1);
  });

  test('tells that nobody answers at an address', async () => {
    await expect(complete([], { url: 'http://127.0.0.1:2/v1' })).rejects.toThrow(/does not answer \(ECONNREFUSED\)$/);
  });

  test('ends what takes too long, and lets go of the connection', async () => {
    await expect(complete(['hang!'], { timeoutMs: 50 })).rejects.toBeInstanceOf(TimeoutError);
    await expect.poll(() => server.connections()).toBe(0);
  });

  test('ends with the signal, and lets go of the connection', async () => {
    const gone = new AbortController();
    const asking = complete(['hang!'], {}, gone.signal).catch((error: unknown) => error);
    await expect.poll(() => server.asked.length).toBe(1);
    gone.abort(new Error('nobody waits'));
    // Before the limit on time would have ended it.
    await expect.poll(() => server.connections()).toBe(0);
    expect(String(await asking)).toBe('Error: nobody waits');
  });

  test('stops reading a reply without end', async () => {
    await expect(complete(['endless!'])).rejects.toBeInstanceOf(LimitError);
    await expect.poll(() => server.connections()).toBe(0);
  });

  test.each([
    ['ftp://host/v1', 'of the kind "ftp:"'],
    ['localhost', 'it is no URL'],
    ['http://ann:secret@host/v1', 'it holds a password'],
    ['http://host/v1?key=secret', 'behind a "?"'],
  ])('refuses the address %s', (url, reason) => {
    expect(() => modelOf({ url })).toThrow(InvalidInputError);
    expect(() => modelOf({ url })).toThrow(reason);
    expect(() => modelOf({ url })).not.toThrow('secret');
  });

  test('refuses a key that no header takes, without showing it', () => {
    expect(() => modelOf({ key: 'sk-secret\n' })).toThrow('FOVEA_LLM_KEY');
    expect(() => modelOf({ key: 'sk-secret\n' })).not.toThrow('sk-secret');
  });
});
