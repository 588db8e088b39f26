/**
 * A server on loopback that speaks the chat API of OpenAI and says what a test wants, in its order, well or badly.
 *
 * @module
 */
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterAll, beforeAll } from 'vitest';

/** What the server does with one request: says words, or misbehaves. */
export type Turn =
  | string
  | { readonly status: number; readonly body?: string; readonly headers?: Readonly<Record<string, string>> }
  /** `hang`: never answers; `break`: ends the connection within the body; `endless`: never ends the body. */
  | 'hang!'
  /** Answers when the test says so. */
  | 'hold!'
  | 'break!'
  | 'endless!';

type Content = string | readonly { readonly text?: string; readonly image_url?: { readonly url: string } }[];

export interface AskedOfModel {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: { readonly messages: readonly { readonly role: string; readonly content: Content }[] } & Record<
    string,
    unknown
  >;
  /** The words of all messages. */
  readonly text: string;
}

export interface ScriptedModel {
  /** Base of the API; there once the suite runs. */
  readonly url: string;
  readonly asked: readonly AskedOfModel[];
  /** Connections that are open now. */
  connections(): number;
  /** Requests that `hold!` keeps. */
  held(): number;
  /** Answers them. */
  release(words: string): void;
  /** What comes next, one turn a request; forgets what was asked before. Beyond the script it answers 500, */
  script(...turns: readonly Turn[]): void;
  /** or this. */
  otherwise(answer: (asked: AskedOfModel) => Turn): void;
}

/** Runs one while a suite does; to be called where the suite is described. */
export function scriptedModel(): ScriptedModel {
  const turns: Turn[] = [];
  const asked: AskedOfModel[] = [];
  const sockets = new Set<Socket>();
  const kept: ServerResponse[] = [];
  let otherwise = (_asked: AskedOfModel): Turn => ({
    status: 500,
    body: '{"error":{"message":"nothing more is in the script"}}',
  });
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      const body = JSON.parse(text) as AskedOfModel['body'];
      const { url: path = '', headers } = request;
      // Connections that are kept for later would look like ones that nobody let go of.
      response.setHeader('connection', 'close');
      const question = { path, headers, body, text: body.messages.map(wordsOf).join('\n') };
      asked.push(question);
      const turn = turns.shift() ?? otherwise(question);
      if (turn === 'hold!') kept.push(response);
      else take(turn, response);
    });
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return {
    get url() {
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
    },
    asked,
    connections: () => sockets.size,
    held: () => kept.length,
    release(words) {
      for (const response of kept.splice(0)) take(words, response);
    },
    otherwise: (answer) => void (otherwise = answer),
    script(...next) {
      turns.splice(0, turns.length, ...next);
      asked.length = 0;
    },
  };
}

function wordsOf({ content }: { readonly content: Content }): string {
  return typeof content === 'string' ? content : content.map(({ text = '' }) => text).join('\n');
}

function take(turn: Turn, response: ServerResponse): void {
  if (turn === 'hang!') return;
  if (turn === 'break!') {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': 1000 });
    response.write('{"choices":[', () => response.destroy());
    return;
  }
  if (turn === 'endless!') {
    response.writeHead(200, { 'content-type': 'application/json' });
    const more = (): void => {
      if (!response.destroyed) response.write(' '.repeat(64 * 1024), more);
    };
    more();
    return;
  }
  if (typeof turn === 'string') {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ choices: [{ message: { role: 'assistant', content: turn } }] }));
    return;
  }
  response.writeHead(turn.status, { 'content-type': 'application/json', ...turn.headers });
  response.end(turn.body ?? '');
}
