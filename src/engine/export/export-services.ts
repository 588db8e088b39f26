/**
 * Exports of an engine: whole tables and vectors as streams of bytes.
 *
 * @module
 */
import { NotFoundError } from '../../contract/index.ts';
import type { ExportFormat } from '../../contract/index.ts';
import type { Services } from '../../http/index.ts';
import { exportedTable, exportedVectors, listIndexes } from '../../store/index.ts';
import type { ExportSource } from '../../store/index.ts';
import type { EngineContext } from '../context.ts';
import { requireNamespace } from '../namespaces.ts';
import { encodeRows } from './encode-rows.ts';

export function exportServices(context: EngineContext): Pick<Services, 'exportTable' | 'exportVectors'> {
  const { database } = context;
  return {
    async exportTable(namespace, table, format) {
      await requireNamespace(context, namespace);
      return exportStream(await exportedTable(database, namespace, table), format);
    },
    async exportVectors(namespace, name, format) {
      await requireNamespace(context, namespace);
      const indexes = await listIndexes(database, namespace);
      const index = indexes.find((candidate) => candidate.name === name);
      if (index === undefined) {
        throw new NotFoundError(
          'index',
          name,
          indexes.map((candidate) => candidate.name),
        );
      }
      return exportStream(exportedVectors(database, namespace, index), format);
    },
  };
}

/** The bytes of an export. Reads the first piece at once, so that what fails at the beginning is an ordinary error. */
export async function exportStream(source: ExportSource, format: ExportFormat): Promise<ReadableStream<Uint8Array>> {
  const pieces = encodeRows(source, format)[Symbol.asyncIterator]();
  let next: Promise<IteratorResult<Uint8Array>> | undefined = Promise.resolve(await pieces.next());
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await (next ?? pieces.next());
        next = undefined;
        if (done === true) controller.close();
        else controller.enqueue(value);
      },
      async cancel() {
        await pieces.return?.();
      },
    },
    { highWaterMark: 0 },
  );
}
