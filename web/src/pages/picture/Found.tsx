/**
 * Everything that was extracted from a picture, by policy: rows as tables, vectors by what they are.
 *
 * @module
 */
import { useQuery } from '@tanstack/react-query';
import type { ContentFeatures, IndexInfo, TableInfo } from 'fovea/client';
import { useFovea } from '../../api/fovea.tsx';
import { indexesQuery, tablesQuery } from '../../api/queries.ts';
import { texts } from '../../texts.ts';
import { FoundTable } from './FoundTable.tsx';
import styles from './Panel.module.css';
import { isProse } from './prose.ts';
import type { Region } from './region.ts';
import { TrackTable } from './TrackTable.tsx';
import type { Track } from './tracks.ts';
import type { BoxView } from './use-box-view.ts';
import { formatValue } from './values.ts';

const { found: words } = texts.picture;

export type FoundRow = ContentFeatures['features'][number]['rows'][number];
export type Units = Readonly<Record<string, string | undefined>>;

export interface FoundProps {
  readonly features: ContentFeatures;
  /** Whether more may come. */
  readonly isBusy: boolean;
  readonly tracks: readonly Track[];
  readonly view: BoxView;
  readonly onPlay: (timeMs: number) => void;
  readonly onSearch: (region: Region) => void;
}

export function Found({ features: { features }, isBusy, tracks, view, onPlay, onSearch }: FoundProps) {
  const fovea = useFovea();
  const { data: tables = [] } = useQuery(tablesQuery(fovea));
  const { data: indexes = [] } = useQuery(indexesQuery(fovea));
  if (features.length === 0) return <p className={styles.empty}>{isBusy ? words.waiting : words.nothing}</p>;
  return features.map(({ graph, policy, rows }) => (
    <section key={`${graph}.${policy}`} className={styles.section}>
      <h3 className={styles.heading}>
        {policy} <span className={styles.aside}>{graph}</span>
      </h3>
      <Vectors of={indexes.filter((index) => index.graph === graph && index.policy === policy)} />
      <Rows
        tracks={tracks.filter((track) => track.graph === graph && track.policy === policy)}
        onPlay={onPlay}
        graph={graph}
        policy={policy}
        rows={rows}
        units={unitsOf(tables, graph, policy)}
        view={view}
        onSearch={onSearch}
      />
    </section>
  ));
}

function Vectors({ of: indexes }: { readonly of: readonly IndexInfo[] }) {
  return indexes.map(({ name, output, dimension, model }) => (
    <p key={name} className={styles.muted}>
      {words.vector(output, dimension, model)}
    </p>
  ));
}

interface RowsProps extends Pick<FoundProps, 'tracks' | 'onPlay'> {
  readonly graph: string;
  readonly policy: string;
  readonly rows: readonly FoundRow[];
  readonly units: Units;
  readonly view: BoxView;
  readonly onSearch: (region: Region) => void;
}

function Rows({ rows, tracks, onPlay, ...rest }: RowsProps) {
  if (tracks.length > 0) return <TrackTable policy={rest.policy} tracks={tracks} onPlay={onPlay} />;
  const columns = columnsOf(rows);
  const [first] = rows;
  if (first === undefined) return <p className={styles.muted}>{words.none}</p>;
  if (columns.length === 0) return null;
  if (rows.length === 1 && !columns.includes('x1')) return <Single row={first} columns={columns} units={rest.units} />;
  return <FoundTable rows={rows} columns={columns} {...rest} />;
}

/** One row with many columns reads better from top to bottom. */
function Single({
  row,
  columns,
  units,
}: {
  readonly row: FoundRow;
  readonly columns: string[];
  readonly units: Units;
}) {
  const unknown = columns.filter((column) => row[column] === null);
  return (
    <>
      <dl className={styles.list}>
        {columns
          .filter((column) => row[column] !== null)
          .map((column) => (
            <div key={column} data-prose={isProse(row[column]) || undefined}>
              <dt>{column}</dt>
              <dd>
                {formatValue(row[column], units[column])}{' '}
                {units[column] !== undefined && <small>{units[column]}</small>}
              </dd>
            </div>
          ))}
      </dl>
      {unknown.length > 0 && <p className={styles.muted}>{words.unknown(unknown.join(', '))}</p>}
    </>
  );
}

/** Without the number of the row, and without what is there as four edges already, or drawn. */
function columnsOf(rows: readonly FoundRow[]): string[] {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))].filter((name) => name !== 'ord');
  return names.includes('x1') ? names.filter((name) => !['bounding_box', 'polygon'].includes(name)) : names;
}

function unitsOf(tables: readonly TableInfo[], graph: string, policy: string): Units {
  const table = tables.find(({ name }) => name === `${graph}.${policy}`);
  return Object.fromEntries(table?.columns.map(({ name, unit }) => [name, unit]) ?? []);
}
