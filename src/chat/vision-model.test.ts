import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { scriptedModel, type Turn } from '../../test/scripted-model.ts';
import { EndpointUnavailableError, InvalidInputError, TimeoutError, UnavailableError } from '../contract/index.ts';
import { createVisionModel, type Picture, type VisionOptions } from './vision-model.ts';

const KEY = 'sk-test-0123456789';
const QUESTION = { model: 'parrot', system: 'Be plain.', prompt: 'What is it?', maxTokens: 50 };
const PROMPTLY = { backoffMs: 1, longestPauseMs: 2000 };

const server = scriptedModel();

const pictures = (count: number): Picture[] =>
  Array.from({ length: count }, (_, at) => ({ id: `p${at}`, jpeg: async () => Buffer.from(`jpeg of ${at}`) }));

function modelOf(options: Partial<VisionOptions> = {}) {
  return createVisionModel({ url: server.url, model: 'parrot', key: KEY, ...options }, PROMPTLY);
}

/** What becomes of so many pictures where the server takes these turns, and answers "a dog" behind them. */
async function asking(count: number, turns: readonly Turn[], options: Partial<VisionOptions> = {}) {
  server.script(...turns, ...Array.from({ length: 3 * count }, () => 'a dog'));
  const results = await modelOf({ concurrency: 1, ...options }).ask(pictures(count), QUESTION);
  return [...results.values()];
}

/** The words, or the class of the error. */
const outcome = (result: unknown): unknown =>
  result instanceof Error ? result.constructor.name : (result as { words: string }).words;

const saying = (content: unknown, usage?: unknown): Turn => ({
  status: 200,
  body: JSON.stringify({ choices: [{ message: { content } }], usage }),
});

describe('createVisionModel()', () => {
  test('sends the picture, the rules and the prompt, each in its place', async () => {
    const [reply] = await asking(1, [saying('a cat', { prompt_tokens: 12, completion_tokens: 3 })]);
    expect(reply).toEqual({ words: 'a cat', inputTokens: 12, outputTokens: 3 });
    const url = `data:image/jpeg;base64,${Buffer.from('jpeg of 0').toString('base64')}`;
    expect(server.asked).toMatchObject([
      {
        path: '/v1/chat/completions',
        headers: { authorization: `Bearer ${KEY}` },
        body: {
          model: 'parrot',
          max_tokens: 50,
          temperature: 0,
          stream: false,
          messages: [
            { role: 'system', content: 'Be plain.' },
            {
              role: 'user',
              content: [
                { type: 'text', text: 'What is it?' },
                { type: 'image_url', image_url: { url } },
              ],
            },
          ],
        },
      },
    ]);
  });

  test('has as many pictures in flight as it may, and no more', async () => {
    server.script(...Array.from({ length: 64 }, (): Turn => 'hold!'));
    const asked = modelOf({ concurrency: 6 }).ask(pictures(64), QUESTION);
    for (let left = 64; left > 0; left -= 6) {
      await expect.poll(() => server.held(), { interval: 2 }).toBe(Math.min(6, left));
      expect(server.asked).toHaveLength(64 - left + Math.min(6, left));
      server.release('a dog');
    }
    const results = await asked;
    expect([...results.values()].map(outcome)).toEqual(Array.from({ length: 64 }, () => 'a dog'));
    expect([...results.keys()]).toEqual(pictures(64).map(({ id }) => id));
  });

  test('loses none of 64 where the server fails, hangs, breaks off and answers nonsense', async () => {
    const nonsense: Turn[] = [
      { status: 500, body: '<html>' },
      { status: 200, headers: { 'content-type': 'text/html' }, body: '<html><script>alert(1)</script></html>' },
      'hang!',
      'break!',
      'endless!',
      saying(''),
      { status: 429, headers: { 'retry-after': '0' } },
      { status: 503, headers: { 'retry-after': '0' } },
    ];
    const good: Turn[] = Array.from({ length: 4 }, () => 'a dog');
    server.script(...nonsense.flatMap((turn): Turn[] => [...good, turn, ...good]));
    const model = modelOf({ concurrency: 3, timeoutMs: 1000 });
    const done = new Map<string, unknown>();
    // As tasks do: what did not go well is tried again.
    for (let round = 1; done.size < 64; round++) {
      expect(round).toBeLessThan(4);
      const left = pictures(64).filter(({ id }) => !done.has(id));
      const results = await model.ask(left, QUESTION);
      expect(results.size).toBe(left.length);
      for (const [id, result] of results) if (!(result instanceof Error)) done.set(id, result);
      server.script(...Array.from({ length: 64 }, (): Turn => 'a dog'));
    }
    expect([...done.values()].every((result) => outcome(result) === 'a dog')).toBe(true);
  });

  test.each<[string, Turn, RegExp]>([
    [
      'refuses the key',
      { status: 401, body: `{"error":"wrong ${KEY}"}` },
      /refuses the key \(401\); look at FOVEA_VISION_KEY/,
    ],
    ['has no such model', { status: 404 }, /no such model or address \(404\)/],
    ['redirects', { status: 302, headers: { location: '/stolen' } }, /redirects \(302\), which is not followed/],
    ['has had enough for an hour', { status: 429, headers: { 'retry-after': '3600' } }, /\(429\); ask again in 3600 s/],
  ])('asks once where the server %s, and holds it against no picture', async (_what, turn, message) => {
    const results = await asking(5, [turn]);
    expect(results.map(outcome)).toEqual(Array.from({ length: 5 }, () => 'EndpointUnavailableError'));
    expect(String(results[4])).toMatch(message);
    expect(String(results[4])).not.toContain(KEY);
    expect(server.asked).toHaveLength(1);
  });

  test('waits where nobody answers', async () => {
    const model = modelOf({ url: 'http://127.0.0.1:2/v1' });
    const [result] = (await model.ask(pictures(1), QUESTION)).values();
    expect(result).toBeInstanceOf(EndpointUnavailableError);
    expect(String(result)).toMatch(
      /Cannot ask the vision model "parrot": its server does not answer \(ECONNREFUSED\)$/,
    );
  });

  test.each<[string, Turn]>([
    ['429 with a time', { status: 429, headers: { 'retry-after': '0' } }],
    ['500', { status: 500 }],
    ['503 with a date', { status: 503, headers: { 'retry-after': 'Wed, 01 Jan 2020 00:00:00 GMT' } }],
  ])('tries again after %s', async (_what, turn) => {
    expect((await asking(1, [turn, turn])).map(outcome)).toEqual(['a dog']);
    expect(server.asked).toHaveLength(3);
  });

  test('waits as long as Retry-After says, with everything', async () => {
    const answeredAt: number[] = [];
    server.script({ status: 429, headers: { 'retry-after': '1' } });
    server.otherwise(() => {
      answeredAt.push(performance.now());
      return 'a dog';
    });
    const started = performance.now();
    const results = await modelOf({ concurrency: 2 }).ask(pictures(3), QUESTION);
    expect([...results.values()].map(outcome)).toEqual(['a dog', 'a dog', 'a dog']);
    // One was asked before anybody knew; the one that was refused, and the one that was not asked yet, wait.
    expect(answeredAt.filter((at) => at - started > 990).length).toBeGreaterThanOrEqual(2);
  });

  test.each<[string, Turn[], unknown, RegExp]>([
    ['500 thrice', [{ status: 500 }, { status: 500 }, { status: 500 }], UnavailableError, /answers with status 500/],
    ['a hang', ['hang!'], TimeoutError, /took longer than 200 ms/],
    ['HTML', [{ status: 200, body: '<html>' }], UnavailableError, /did not answer as the chat API/],
    ['a reply without end', ['endless!'], UnavailableError, /more than 1048576 bytes/],
    ['a break', ['break!'], UnavailableError, /does not answer/],
    ['400', [{ status: 400, body: '{"error":"too odd"}' }], InvalidInputError, /status 400 \(too odd\); it may not/],
  ])('gives %s to the picture it happened to, and goes on', async (_what, turns, kind, message) => {
    const [first, error, ...rest] = await asking(
      turns.length > 1 ? 2 : 4,
      ['a dog', ...turns],
      turns[0] === 'hang!' ? { timeoutMs: 200 } : {},
    );
    expect(outcome(first)).toBe('a dog');
    expect(error).toBeInstanceOf(kind);
    expect(error).not.toBeInstanceOf(EndpointUnavailableError);
    expect(String(error)).toMatch(message);
    expect(rest.every((result) => outcome(result) === 'a dog')).toBe(true);
  });

  test('takes five failures in a row for the server’s, and asks no more', async () => {
    const results = await asking(
      8,
      Array.from({ length: 30 }, (): Turn => ({ status: 200, body: 'nonsense' })),
    );
    expect(results.map(outcome)).toEqual(Array.from({ length: 8 }, () => 'EndpointUnavailableError'));
    expect(String(results[7])).toMatch(/and so for 5 pictures in a row; the others wait$/);
    expect(server.asked).toHaveLength(5);
  });

  test('takes refusals for the server’s as long as it has taken no picture', async () => {
    const refusal: Turn = { status: 400, body: '{"error":"pictures are not supported"}' };
    const never = await asking(
      6,
      Array.from({ length: 6 }, () => refusal),
    );
    expect(never.map(outcome)).toEqual(Array.from({ length: 6 }, () => 'EndpointUnavailableError'));
    const some = await asking(7, ['a dog', ...Array.from({ length: 6 }, () => refusal)]);
    expect(some.slice(1).map(outcome)).toEqual(Array.from({ length: 6 }, () => 'InvalidInputError'));
  });

  test('learns what the model calls its limits', async () => {
    const length: Turn = { status: 400, body: '{"error":"use max_completion_tokens instead"}' };
    const heat: Turn = { status: 400, body: '{"error":"Unsupported value: temperature"}' };
    expect((await asking(3, [length, 'a dog', heat])).map(outcome)).toEqual(['a dog', 'a dog', 'a dog']);
    const bodies = server.asked.map(({ body }) => body);
    expect(bodies.map((body) => [body.max_tokens, body.max_completion_tokens, body.temperature])).toEqual([
      [50, undefined, 0],
      [undefined, 50, 0],
      [undefined, 50, 0],
      [undefined, 50, undefined],
      [undefined, 50, undefined],
    ]);
  });

  test('spends no more than it may, over processes, and tells what was spent', async () => {
    const ledger = join(tmpdir(), `fovea-${randomUUID()}.tsv`);
    const options = { price: { input: 100, output: 1000 }, budget: 0.5, ledger };
    // 0.1 + 0.2 a picture.
    const turn = saying('a dog', { prompt_tokens: 1000, completion_tokens: 200 });
    expect((await asking(1, [turn], options)).map(outcome)).toEqual(['a dog']);
    const results = await asking(3, [turn, turn, turn], options);
    expect(results.map(outcome)).toEqual(['a dog', 'EndpointUnavailableError', 'EndpointUnavailableError']);
    expect(String(results[2])).toContain(
      'have cost 0.6 of the 0.5 that FOVEA_VISION_BUDGET allows (2 requests, 2000 tokens in, 400 out); raise it',
    );
    expect(await modelOf(options).exhausted()).toMatch(/^descriptions have cost 0\.6/);
    expect((await readFile(ledger, 'utf8')).split('\n')[0]).toMatch(/^20\S+Z\tparrot\t1000\t200\t0\.3/);
  });

  test('counts what a server does not count', async () => {
    const ledger = join(tmpdir(), `fovea-${randomUUID()}.tsv`);
    const results = await asking(2, [], { price: { input: 0, output: 1_000_000 }, budget: 50, ledger });
    expect(results.map(outcome)).toEqual(['a dog', 'EndpointUnavailableError']);
  });

  test('refuses a budget without prices', () => {
    expect(() => modelOf({ budget: 5 })).toThrow('Cannot keep FOVEA_VISION_BUDGET without FOVEA_VISION_PRICE');
  });
});
