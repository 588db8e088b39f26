/**
 * The wire format of Protocol Buffers, as far as ONNX files need it: walk the fields of a message, write fields.
 *
 *     field = varint(number << 3 | wire type), then  0: varint   1: 8 bytes   2: varint length + bytes   5: 4 bytes
 *
 * https://protobuf.dev/programming-guides/encoding/
 *
 * @module
 */

/** One field of a message. `start` and `end` bound its value in the buffer that was walked, `from` its tag. */
export interface Field {
  readonly number: number;
  readonly wire: number;
  readonly from: number;
  readonly start: number;
  readonly end: number;
  /** The number of a varint field (exact below 2^53); 0 for other wires. */
  readonly value: number;
}

/** The fields of the message in `bytes[start, end)`, in file order. Throws `RangeError` where it is no such message. */
export function* fields(bytes: Uint8Array, start = 0, end: number = bytes.length): Generator<Field> {
  let at = start;
  while (at < end) {
    const from = at;
    const tag = readVarint(bytes, at);
    const wire = tag.value % 8;
    at = tag.next;
    let value = 0;
    let valueStart = at;
    if (wire === 0) {
      const read = readVarint(bytes, at);
      value = read.value;
      at = read.next;
    } else if (wire === 2) {
      const length = readVarint(bytes, at);
      valueStart = length.next;
      at = length.next + length.value;
    } else if (wire === 1 || wire === 5) {
      at += wire === 1 ? 8 : 4;
    } else {
      throw new RangeError(`Cannot read protobuf: wire type ${wire} at byte ${from}`);
    }
    if (at > end) throw new RangeError(`Cannot read protobuf: the field at byte ${from} runs past its message`);
    yield { number: Math.floor(tag.value / 8), wire, from, start: valueStart, end: at, value };
  }
}

/** A field's value as text. */
export function textOf(bytes: Uint8Array, field: Field): string {
  return new TextDecoder().decode(bytes.subarray(field.start, field.end));
}

/** Varints of a repeated field: one value, or several packed. */
export function varintsOf(bytes: Uint8Array, field: Field): number[] {
  if (field.wire === 0) return [field.value];
  const values: number[] = [];
  for (let at = field.start; at < field.end;) {
    const read = readVarint(bytes, at);
    values.push(read.value);
    at = read.next;
  }
  return values;
}

function readVarint(bytes: Uint8Array, start: number): { value: number; next: number } {
  let value = 0;
  let scale = 1;
  for (let at = start; at < bytes.length && at < start + 10; at++) {
    const byte = bytes[at] ?? 0;
    value += (byte % 128) * scale;
    if (byte < 128) return { value, next: at + 1 };
    scale *= 128;
  }
  throw new RangeError(`Cannot read protobuf: the number at byte ${start} doesn't end`);
}

/** Pieces of a message, to be joined by `concat`. */
export type Chunks = Uint8Array[];

/** A varint field. `value` is a non-negative integer below 2^53. */
export function varintField(number: number, value: number): Uint8Array {
  return Uint8Array.from([...varint(number * 8), ...varint(value)]);
}

/** A length-delimited field: bytes, text, or a message as the pieces that make it. */
export function bytesField(number: number, content: Uint8Array | string | Chunks): Chunks {
  const chunks =
    typeof content === 'string' ? [new TextEncoder().encode(content)] : Array.isArray(content) ? content : [content];
  const length = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  return [Uint8Array.from([...varint(number * 8 + 2), ...varint(length)]), ...chunks];
}

export function concat(chunks: Chunks): Uint8Array {
  const whole = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  return [...bytes, rest];
}
