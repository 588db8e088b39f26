/**
 * What an extractor writes: columns with types and units, and vectors.
 *
 * @module
 */
import type { OutputSpec } from 'fovea/client';
import { formatCount } from '../../state/format.ts';
import { texts } from '../../texts.ts';
import tables from './tables.module.css';

const words = texts.pipelines.extractors;

export function OutputTable({ output }: { readonly output: OutputSpec }) {
  const columns = Object.entries(output.columns);
  const vectors = Object.entries(output.vectors);
  return (
    <div className={tables.scroll} tabIndex={0} role="region" aria-label={words.outputs}>
      <table className={tables.table}>
        <thead>
          <tr>
            <th scope="col">{words.column.name}</th>
            <th scope="col">{words.column.type}</th>
            <th scope="col">{words.column.description}</th>
          </tr>
        </thead>
        <tbody>
          {columns.map(([name, { type, unit, range, description }]) => (
            <tr key={name}>
              <th scope="row">
                <code>{name}</code>
              </th>
              <td>
                {type}
                {unit !== undefined && `, ${unit}`}
                {range !== undefined && <small>{words.range(range[0], range[1])}</small>}
              </td>
              <td>{description}</td>
            </tr>
          ))}
          {vectors.map(([name, { dimension, metric }]) => (
            <tr key={name}>
              <th scope="row">
                <code>{name}</code>
              </th>
              <td colSpan={2}>{words.vector(formatCount(dimension), metric)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
