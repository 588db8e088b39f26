import { expect, test } from 'vitest';
import { readForm } from './form.ts';

const BOUNDARY = 'multipart/form-data; boundary=x';

/** A form that comes in one piece. */
function formOf(...parts: readonly string[]): ReadableStream<Uint8Array> {
  const text = parts.map((part) => `--x\r\n${part}\r\n`).join('');
  return new Blob([`${text}--x--\r\n`]).stream() as ReadableStream<Uint8Array>;
}

/** The parser skips it, and forgets to tell that the form has ended. */
const SKIPPED = `Content-Disposition: attachment; name="file"; filename="a.jpg"\r\n\r\n${'A'.repeat(60_000)}`;
const FILE = 'Content-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\nbytes';

test('readForm() gives up where its parser stalls', async () => {
  await expect(readForm(formOf(SKIPPED), BOUNDARY, { stalledMs: 1 })).rejects.toThrow(
    /Cannot (read the form: it is broken|add the form)/,
  );
  const { file, labels } = await readForm(formOf(FILE, SKIPPED), BOUNDARY, { stalledMs: 1000 });
  const refused = expect(labels).rejects.toThrow(/Cannot read the form: it is broken/);
  await new Response(file).text().catch(() => undefined);
  await refused;
});

test('readForm() names a field that has no name', async () => {
  const nameless = 'Content-Disposition: form-data\r\n\r\n{}';
  await expect(readForm(formOf(nameless, FILE), BOUNDARY)).rejects.toThrow('field "" is not known here');
});
