/**
 * Statements to begin with: those that this library's own tables can answer.
 *
 * @module
 */
import { texts } from '../../texts.ts';
import type { Schema } from './editor/completion.ts';
import { identifier, literal } from '../../state/sql-names.ts';
import type { View } from './params.ts';

export interface Example {
  readonly title: string;
  readonly query: string;
  /** How its rows are best seen. */
  readonly view: View;
}

export function examplesFor({ tables, indexes }: Schema): Example[] {
  const { examples } = texts.sql;
  const found = tables.find(({ name }) => name === 'ingestion')?.columns.map(({ name }) => name) ?? [];
  const has = (...columns: string[]): boolean => columns.every((column) => found.includes(column));
  const [index] = indexes;
  const list: (Example | false)[] = [
    {
      title: examples.newest,
      query: 'select content_id, name, width, height, size_bytes\nfrom content\norder by created_at desc\nlimit 100',
      view: 'table',
    },
    has('object_name') && {
      title: examples.objects,
      query:
        'select object_name, count(distinct content_id) as pictures\nfrom ingestion\nwhere object_name is not null\ngroup by 1\norder by 2 desc\nlimit 30',
      view: 'chart',
    },
    index !== undefined && {
      title: examples.meaning,
      query: meaning(index),
      view: 'pictures',
    },
    has('object_name', 'score') && {
      title: examples.people,
      query:
        "select content_id, name, count(*) as people, max(score) as surest\nfrom ingestion\nwhere object_name = 'person' and score > 0.5\ngroup by 1, 2\norder by 3 desc\nlimit 100",
      view: 'pictures',
    },
    has('color_name', 'share') && {
      title: examples.colors,
      query:
        'select color_name, count(distinct content_id) as pictures\nfrom ingestion\nwhere share > 0.2\ngroup by 1\norder by 2 desc',
      view: 'chart',
    },
    {
      title: examples.years,
      query:
        "select date_trunc('year', coalesce(taken_at, created_at))::date as year, count(*) as pictures\nfrom content\ngroup by 1\norder by 1",
      view: 'chart',
    },
  ];
  return list.filter((one) => one !== false);
}

/** An index is named `<graph>.<policy>.<output>`; its vectors are the column `<output>` of the table `<graph>.<policy>`. */
function meaning(index: string): string {
  const dot = index.lastIndexOf('.');
  const column = identifier(index.slice(dot + 1));
  return `select c.content_id, c.name, similarity(e.${column}, embed(${literal(index)}, 'a bird')) as similarity
from content c join ${identifier(index.slice(0, dot))} e using (content_id)
order by similarity desc
limit 50`;
}
