/**
 * A statement's text in the three units that its tools count in, and edits of it that keep track of where things were.
 *
 *     parser's node locations    bytes of UTF-8
 *     error positions            code points (parser, PostgreSQL)
 *     positions for users        UTF-16 units, as JavaScript indexes a string
 *
 * @module
 */

/** Offset in UTF-16 units of the code point with this index; the text's length where it has fewer. */
export function offsetOfCodePoint(text: string, codePoint: number): number {
  let offset = 0;
  for (let index = 0; index < codePoint && offset < text.length; index += 1) {
    offset += (text.codePointAt(offset) ?? 0) > 0xffff ? 2 : 1;
  }
  return offset;
}

/**
 * Tells the offset in UTF-16 units of a byte of the text's UTF-8, where a character starts there; the text's length beyond
 * its end. It counts once: a statement of 20 kB names thousands of places, and the server waits for all of them.
 */
export function byteOffsets(text: string): (byte: number) => number {
  const bytes = Buffer.byteLength(text, 'utf8');
  if (bytes === text.length) return (byte) => Math.min(byte, bytes);
  const offsets = new Uint32Array(bytes);
  let byte = 0;
  let offset = 0;
  for (const character of text) {
    offsets[byte] = offset;
    byte += Buffer.byteLength(character, 'utf8');
    offset += character.length;
  }
  return (asked) => offsets[asked] ?? text.length;
}

/** Replaces `length` UTF-16 units at `offset`; 0 inserts before it. */
export interface Edit {
  readonly offset: number;
  readonly length: number;
  readonly replacement: string;
}

/** A text after edits. */
export interface EditedText {
  readonly text: string;
  /** Offset in the text before the edits of an offset in it after them; within a replacement: where that starts. */
  original(offset: number): number;
}

/** Cuts `text` to [start, end) and applies edits there, none of which overlap. */
export function editText(text: string, edits: readonly Edit[], start: number, end: number): EditedText {
  const parts: { readonly made: number; readonly from: number; readonly kept: boolean }[] = [];
  let made = '';
  let at = start;
  const keep = (until: number): void => {
    parts.push({ made: made.length, from: at, kept: true });
    made += text.slice(at, until);
  };
  for (const { offset, length, replacement } of edits.toSorted((a, b) => a.offset - b.offset)) {
    keep(offset);
    parts.push({ made: made.length, from: offset, kept: false });
    made += replacement;
    at = offset + length;
  }
  keep(end);
  return {
    text: made,
    original: (offset) => {
      const part = parts.findLast((one) => one.made <= offset);
      if (part === undefined) return start;
      return part.kept ? part.from + offset - part.made : part.from;
    },
  };
}
