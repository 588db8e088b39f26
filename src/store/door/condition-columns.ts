/**
 * Which columns of `content` a condition speaks of, to show them with what it found.
 *
 * @module
 */
import { SqlError } from '../../contract/index.ts';
import { asStruct, asStructs, parseOne, tagged, type Struct } from './parse.ts';

/**
 * Columns that stand outside sub-selects, in the order of the text, each once; not the id that is looked for in one.
 *
 * @param where A condition that the gate has let through.
 */
export async function conditionColumns(where: string): Promise<string[]> {
  const { node } = await parseOne(`select ${where}`, (reason) => new SqlError(`Cannot read this condition: ${reason}`));
  const columns = new Set<string>();
  collect(node, columns);
  return [...columns];
}

function collect(value: unknown, columns: Set<string>): void {
  if (Array.isArray(value)) return value.forEach((item) => collect(item, columns));
  const node = tagged(value);
  if (node?.tag === 'ColumnRef') {
    const name = nameOf(node.node);
    if (name !== undefined) columns.add(name);
    return;
  }
  const sought = node?.tag === 'SubLink' ? tagged(node.node['testexpr']) : undefined;
  if (sought?.tag === 'ColumnRef' && nameOf(sought.node) === 'content_id') return;
  for (const [key, below] of Object.entries(asStruct(value) ?? {})) {
    if (key !== 'subselect' && typeof below === 'object') collect(below, columns);
  }
}

function nameOf(column: Struct): string | undefined {
  const name = asStruct(asStructs(column['fields']).at(-1)?.['String'])?.['sval'];
  return typeof name === 'string' ? name : undefined;
}
