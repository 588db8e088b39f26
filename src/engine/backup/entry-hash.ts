/**
 * The running hash over a backup's entries: `<name>\n<size>\n<bytes>` of each.
 *
 * @module
 */
import { createHash } from 'node:crypto';

export class EntryHash {
  readonly #hash = createHash('sha256');
  entries = 0;

  /** An entry begins. */
  begin(name: string, sizeBytes: number): void {
    this.#hash.update(`${name}\n${sizeBytes}\n`);
    this.entries += 1;
  }

  /** Bytes of the entry that has begun. */
  update(bytes: Uint8Array): void {
    this.#hash.update(bytes);
  }

  /** Of what has come so far: lower-case hex. */
  digest(): string {
    return this.#hash.copy().digest('hex');
  }
}
