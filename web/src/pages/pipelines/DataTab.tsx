/**
 * What was extracted, as it lies in the database: indexes of vectors and tables that SQL sees, with their sizes.
 *
 * @module
 */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { IndexInfo, TableInfo } from 'fovea/client';
import { useFovea } from '../../api/fovea.tsx';
import { indexesQuery, tablesQuery } from '../../api/queries.ts';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { formatCount } from '../../state/format.ts';
import { texts } from '../../texts.ts';
import { ExportLinks } from './ExportLinks.tsx';
import { tableQueryText } from './sql-text.ts';
import tables from './tables.module.css';

const words = texts.pipelines.data;

export function DataTab() {
  return (
    <>
      <section className={tables.section}>
        <h2>{words.indexes}</h2>
        <p className={tables.note}>{words.indexesBody}</p>
        <Indexes />
      </section>
      <section className={tables.section}>
        <h2>{words.tables}</h2>
        <p className={tables.note}>{words.tablesBody}</p>
        <Tables />
      </section>
    </>
  );
}

function Indexes() {
  const { data, error } = useQuery(indexesQuery(useFovea()));
  if (error !== null && data === undefined) return <ErrorNotice error={error} />;
  if (data === undefined) return null;
  if (data.length === 0) return <p className={tables.note}>{words.noIndexes}</p>;
  return (
    <div className={tables.scroll} tabIndex={0} role="region" aria-label={words.indexes}>
      <table className={tables.table}>
        <thead>
          <tr>
            <th scope="col">{words.name}</th>
            <th scope="col">{words.model}</th>
            <th scope="col">{words.search}</th>
            <th scope="col" className={tables.number}>
              {words.dimension}
            </th>
            <th scope="col" className={tables.number}>
              {words.rows}
            </th>
            <th scope="col" className={tables.number}>
              {words.size}
            </th>
            <th scope="col" className={tables.actions}>
              {words.export}
            </th>
          </tr>
        </thead>
        <tbody>
          {data.map((index) => (
            <IndexRow key={index.name} index={index} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function IndexRow({ index: { name, model, hnsw, dimension, rows, bytes } }: { readonly index: IndexInfo }) {
  return (
    <tr>
      <th scope="row" className={tables.name}>
        {name}
      </th>
      <td>{model}</td>
      <td>{hnsw ? words.hnsw : words.exact}</td>
      <td className={tables.number}>{formatCount(dimension)}</td>
      <td className={tables.number}>{formatCount(rows)}</td>
      <td className={tables.number}>{texts.count.bytes(bytes)}</td>
      <td className={tables.actions}>
        <ExportLinks of="index" name={name} />
      </td>
    </tr>
  );
}

function Tables() {
  const { data, error } = useQuery(tablesQuery(useFovea()));
  if (error !== null && data === undefined) return <ErrorNotice error={error} />;
  if (data === undefined) return null;
  if (data.length === 0) return <p className={tables.note}>{words.noTables}</p>;
  return (
    <div className={tables.scroll} tabIndex={0} role="region" aria-label={words.tables}>
      <table className={tables.table}>
        <thead>
          <tr>
            <th scope="col">{words.name}</th>
            <th scope="col">{words.columns}</th>
            <th scope="col" className={tables.number}>
              {words.rows}
            </th>
            <th scope="col" className={tables.number}>
              {words.size}
            </th>
            <th scope="col" className={tables.actions}>
              {words.export}
            </th>
          </tr>
        </thead>
        <tbody>
          {data.map((table) => (
            <TableRow key={table.name} table={table} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function TableRow({ table: { name, columns, rows, rowsAreEstimated, bytes } }: { readonly table: TableInfo }) {
  const { namespace } = useFovea();
  return (
    <tr>
      <th scope="row" className={tables.name}>
        <Link
          to="/$namespace/sql"
          params={{ namespace }}
          search={{ query: tableQueryText(name) }}
          title={words.openOf(name)}
        >
          {name}
        </Link>
      </th>
      <td className={tables.wide}>
        <small>{columns.map((column) => column.name).join(', ')}</small>
      </td>
      <td className={tables.number}>{rowsAreEstimated ? words.about(rows) : formatCount(rows)}</td>
      <td className={tables.number}>{texts.count.bytes(bytes)}</td>
      <td className={tables.actions}>
        <ExportLinks of="table" name={name} />
      </td>
    </tr>
  );
}
