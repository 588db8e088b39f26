/**
 * The server's side of the query encoder host: started on the first query, replaced when it dies, asked again once.
 *
 * @module
 */
import type { ChildProcess } from 'node:child_process';
import { InvalidInputError, NotFoundError, UnavailableError } from '../contract/index.ts';
import type { BoundingBox } from '../contract/index.ts';
import type { FilePath } from '../sources/index.ts';
import { encodesQueries } from '../retrieval/index.ts';
import type { QueryEncoder, SearchIndex } from '../retrieval/index.ts';
import { ended, startChild } from './child.ts';
import type { EncoderStart, EncoderTarget } from './encoder-main.ts';
import { ChannelClosedError, connectChannel } from './rpc.ts';
import type { Remote } from './rpc.ts';

export interface EncoderHost extends QueryEncoder {
  /** WebP of the picture or the video, its long side at most `side`. */
  thumbnail(path: FilePath, mimeType: string, side: number): Promise<Uint8Array>;
  /** True while the process lives. */
  running(): boolean;
  close(): Promise<void>;
}

/** Words whose vectors are kept: whoever narrows a search by filters asks for the same ones again. At 512 × float32, 1 MB. */
const MAX_TEXTS = 500;

/** Starts no process before the first query. */
export function createEncoderHost(settings: EncoderStart): EncoderHost {
  let current: { readonly child: ChildProcess; readonly remote: Promise<Remote> } | undefined;
  let closed = false;

  const start = (): Promise<Remote> => {
    if (closed) throw new UnavailableError('Cannot encode the query: the engine is closed');
    if (current !== undefined) return current.remote;
    const child = startChild('encoder-main.js');
    const channel = connectChannel(child, {});
    const remote = channel.call('start', settings).then(() => channel);
    remote.catch(() => child.kill('SIGKILL'));
    const forget = (): void => {
      if (current?.child === child) current = undefined;
    };
    // The channel closes before the process has gone: whoever asks in between needs another one.
    child.once('disconnect', forget);
    child.once('exit', forget);
    current = { child, remote };
    return remote;
  };

  const call = async <T>(method: string, argument: unknown): Promise<T> => {
    try {
      return await (await start()).call<T>(method, argument);
    } catch (error) {
      // The process died: perhaps of this query, perhaps of another. Once more decides.
      if (!(error instanceof ChannelClosedError) || closed) throw error;
      return (await start()).call<T>(method, argument);
    }
  };

  const texts = new Map<string, Promise<Float32Array>>();

  return {
    encodeText(index, text) {
      const asked = { target: target(index), text };
      const key = JSON.stringify(asked);
      const vector = texts.get(key) ?? call<Float32Array>('encodeText', asked);
      // The newest is last, the oldest goes.
      texts.delete(key);
      texts.set(key, vector);
      vector.catch(() => texts.delete(key));
      for (const oldest of texts.keys()) {
        if (texts.size <= MAX_TEXTS) break;
        texts.delete(oldest);
      }
      return vector;
    },
    encodeImage: (index, bytes, region?: BoundingBox) =>
      call('encodeImage', { target: target(index), bytes, ...(region === undefined ? {} : { region }) }),
    thumbnail: (path, mimeType, side) => call('thumbnail', { path, mimeType, side }),
    running: () => current !== undefined,
    async close() {
      closed = true;
      const child = current?.child;
      if (child === undefined) return;
      child.disconnect();
      await ended(child, 5_000);
    },
  };
}

function target(index: SearchIndex): EncoderTarget {
  if (!encodesQueries(index))
    throw new InvalidInputError(
      `Cannot search index "${index.name}" by words or a picture: its vectors were handed over without saying what made them; search it with "like", or give the policy a "space" such as "photos.clip"`,
    );
  if (index.space === undefined)
    throw new NotFoundError('query encoder', index.name, [], 'its extractor names no space');
  return { extractor: index.extractor, params: index.params, space: index.space };
}
