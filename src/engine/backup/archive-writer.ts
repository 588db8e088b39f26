/**
 * Writes a backup's file as a stream: an entry waits until what was written before it has been read.
 *
 * @module
 */
import { createTarPacker } from 'modern-tar';
import { EntryHash } from './entry-hash.ts';

export class ArchiveWriter {
  readonly hash = new EntryHash();
  readonly createdAt: Date;
  readonly #packer = createTarPacker();

  constructor(createdAt: Date) {
    this.createdAt = createdAt;
  }

  /** The file's bytes. Cancelling it makes the next `add` fail. */
  get readable(): ReadableStream<Uint8Array> {
    return this.#packer.readable;
  }

  /** @throws where `body` has other than so many bytes, and what it throws; where the reader has gone. */
  async add(name: string, sizeBytes: number, body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void> {
    this.hash.begin(name, sizeBytes);
    const sink = this.#packer.controller.add({ name, size: sizeBytes, mtime: this.createdAt, mode: 0o600 }).getWriter();
    for await (const chunk of body) {
      this.hash.update(chunk);
      await sink.write(chunk);
    }
    await sink.close();
  }

  async addBytes(name: string, bytes: Uint8Array): Promise<void> {
    await this.add(name, bytes.length, [bytes]);
  }

  async addJson(name: string, value: unknown): Promise<void> {
    await this.addBytes(name, Buffer.from(`${JSON.stringify(value)}\n`));
  }

  finish(): void {
    this.#packer.controller.finalize();
  }

  /** Breaks the stream off. */
  fail(reason: unknown): void {
    this.#packer.controller.error(reason);
  }
}
