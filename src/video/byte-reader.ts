/**
 * Reads a stream of chunks in pieces of the reader's choice. The stream is asked for no more than the piece needs, so that
 * whoever writes it waits.
 *
 * @module
 */
export class ByteReader {
  readonly #chunks: AsyncIterator<Buffer>;
  #held: Buffer = Buffer.alloc(0);

  constructor(stream: AsyncIterable<Buffer>) {
    this.#chunks = stream[Symbol.asyncIterator]();
  }

  /** The next `length` bytes; undefined where the stream ends before. */
  async read(length: number): Promise<Buffer | undefined> {
    if (!(await this.#fill(length))) return undefined;
    return this.#take(length);
  }

  /** All up to the end of the next `marker`; undefined where none comes within `limit` bytes. */
  async readThrough(marker: string, limit: number): Promise<Buffer | undefined> {
    for (let wanted = marker.length; ; wanted = this.#held.length + 1) {
      if (!(await this.#fill(wanted))) return undefined;
      const at = this.#held.subarray(0, limit).indexOf(marker, 0, 'latin1');
      if (at >= 0) return this.#take(at + marker.length);
      if (this.#held.length >= limit) return undefined;
    }
  }

  async #fill(length: number): Promise<boolean> {
    const parts = [this.#held];
    let size = this.#held.length;
    while (size < length) {
      const { value, done } = await this.#chunks.next();
      if (done === true) break;
      parts.push(value);
      size += value.length;
    }
    if (parts.length > 1) this.#held = Buffer.concat(parts);
    return size >= length;
  }

  #take(length: number): Buffer {
    const taken = this.#held.subarray(0, length);
    this.#held = this.#held.subarray(length);
    return taken;
  }
}
