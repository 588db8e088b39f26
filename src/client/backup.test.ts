import { expect, test } from 'vitest';
import { memoryServices } from '../../test/memory-services.ts';
import { ConflictError, ForbiddenError, InvalidInputError, UnavailableError } from '../contract/index.ts';
import { createApp } from '../http/index.ts';
import { createClient } from './client.ts';

const app = createApp(memoryServices(), { version: '1', token: 'home' });
const client = createClient({ baseUrl: 'http://localhost', fetch: app.request, token: 'home' });

async function steps(of: typeof client, path: string): Promise<string[]> {
  const list: string[] = [];
  for await (const { step } of of.restore(path)) list.push(step);
  return list;
}

test('backup() gives the file as a stream', async () => {
  const { body, mimeType } = await client.backup();
  expect([mimeType, await new Response(body).text()]).toEqual(['application/x-tar', 'all of it']);
  const stranger = createClient({ baseUrl: 'http://localhost', fetch: app.request });
  await expect(stranger.backup()).rejects.toBeInstanceOf(ForbiddenError);
});

test('restore() tells how far it is, throws what the server says, and notices an end that came too early', async () => {
  expect(await steps(client, '/b.tar')).toEqual(['checking', 'done']);
  await expect(steps(client, '/breaks')).rejects.toBeInstanceOf(InvalidInputError);
  await client.upload(new Uint8Array([1]), { name: 'a.jpg' });
  await expect(steps(client, '/b.tar')).rejects.toBeInstanceOf(ConflictError);
  const cut = '{"step":"checking","bytes":1,"sizeBytes":2,"finished":false,"notes":[]}\n';
  const cutting = createClient({ baseUrl: 'http://far.example', fetch: () => new Response(cut) });
  await expect(steps(cutting, '/b.tar')).rejects.toBeInstanceOf(UnavailableError);
});
