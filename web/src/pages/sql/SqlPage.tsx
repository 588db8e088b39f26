/**
 * SQL: a statement above, its rows below, the tables beside them.
 *
 * @module
 */
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { type AskReply, SqlError } from 'fovea/client';
import { type RefObject, useCallback, useEffect, useId, useMemo, useRef, useState } from 'react';
import { useFovea } from '../../api/fovea.tsx';
import { healthQuery, indexesQuery, tablesQuery } from '../../api/queries.ts';
import { texts } from '../../texts.ts';
import { AskBox } from './ask/AskBox.tsx';
import type { Fault } from './editor/fault.ts';
import { type EditorHandle, SqlEditor } from './editor/SqlEditor.tsx';
import { type Example, examplesFor } from './examples.ts';
import { ExampleCards } from './ExampleCards.tsx';
import { ResultPane } from './result/ResultPane.tsx';
import { SchemaPanel } from './schema/SchemaPanel.tsx';
import { SPLIT, Splitter } from './Splitter.tsx';
import styles from './SqlPage.module.css';
import { StatementError } from './StatementError.tsx';
import { Toolbar } from './Toolbar.tsx';
import { useHistory } from './use-history.ts';
import { useStatement } from './use-statement.ts';

const route = getRouteApi('/$namespace/sql');

export function SqlPage() {
  const { query, view = 'table' } = route.useSearch();
  const page = usePage();
  const { editor, text, setText, statement, history, schema, examples, tables, canAsk } = page;
  const [height, setHeight] = useState<number>(SPLIT.first);
  const [tablesShown, setTablesShown] = useState(false);
  const ids = { editor: useId(), help: useId() };
  const fault = useFault(statement.error, text === query);
  return (
    <div className={styles.page} data-view={statement.result === undefined ? undefined : view}>
      <h1 className="visually-hidden">{texts.menu.sql}</h1>
      <aside className={styles.schema} data-shown={tablesShown || undefined} aria-label={texts.sql.schema.title}>
        <SchemaPanel tables={tables} onInsert={(name) => editor.current?.insert(name)} />
      </aside>
      <div className={styles.work}>
        {canAsk && <AskBox onSql={page.write} onReply={page.showReply} />}
        <div id={ids.editor} style={{ height }} className={styles.editor}>
          <SqlEditor
            handle={editor}
            initial={text}
            schema={schema}
            fault={fault}
            onChange={setText}
            onRun={() => page.run(text)}
            describedBy={ids.help}
          />
        </div>
        <Splitter height={height} onHeight={setHeight} controls={ids.editor} />
        <Toolbar
          running={statement.running}
          onRun={() => page.run(text)}
          onStop={statement.stop}
          examples={examples}
          onExample={page.runExample}
          history={history}
          onChoose={page.write}
          tablesShown={tablesShown}
          onTables={() => setTablesShown(!tablesShown)}
          help={ids.help}
        />
        {statement.error !== null && query !== undefined && (
          <StatementError
            error={statement.error}
            query={query}
            position={positionOf(statement.error)}
            onShow={text === query ? (position) => editor.current?.goTo(position) : undefined}
          />
        )}
        {statement.result !== undefined && (
          <ResultPane {...statement} result={statement.result} view={view} onView={page.show} />
        )}
        {query === undefined && <ExampleCards examples={examples} onChoose={page.runExample} />}
      </div>
    </div>
  );
}

/** What the page knows and does, besides how it looks. */
function usePage() {
  const { query } = route.useSearch();
  const navigate = route.useNavigate();
  const fovea = useFovea();
  const { data: tables = NONE } = useQuery(tablesQuery(fovea));
  const { data: indexes = NONE } = useQuery(indexesQuery(fovea));
  const { data: health } = useQuery(healthQuery(fovea));
  const editor = useRef<EditorHandle>(null);
  const [text, setText] = useState(query ?? '');
  const statement = useStatement(query);
  const history = useHistory(fovea.namespace);
  const schema = useMemo(() => ({ tables, indexes: indexes.map(({ name }) => name) }), [tables, indexes]);
  const examples = useMemo(() => (tables.length === 0 ? NONE : examplesFor(schema)), [tables, schema]);
  useFollowing(editor, query);
  const write = useCallback((sql: string) => editor.current?.setText(sql), []);
  const run = (wanted: string, view?: Example['view']): void => {
    if (wanted.trim() === '') return;
    history.add(wanted);
    statement.run(wanted);
    void navigate({ search: (before) => ({ ...before, query: wanted, ...(view === undefined ? {} : { view }) }) });
  };
  const showReply = ({ sql, result }: AskReply): void => {
    history.add(sql);
    statement.give(sql, result);
    void navigate({ search: (before) => ({ ...before, query: sql }) });
  };
  return {
    editor,
    text,
    setText,
    statement,
    history,
    schema,
    examples,
    tables,
    canAsk: health?.canAsk === true,
    write,
    run,
    runExample: ({ query: sql, view }: Example) => {
      write(sql);
      run(sql, view);
    },
    showReply,
    show: (view: Example['view']) => void navigate({ search: (before) => ({ ...before, view }), replace: true }),
  };
}

const NONE: readonly never[] = [];

/** The editor shows what the address says, when that changes by itself: back, a link. */
function useFollowing(editor: RefObject<EditorHandle | null>, query: string | undefined): void {
  useEffect(() => {
    if (query !== undefined) editor.current?.setText(query);
  }, [editor, query]);
}

/** What the editor marks: only where its text is the one that failed. */
function useFault(error: Error | null, isCurrent: boolean): Fault | undefined {
  return useMemo(() => {
    const position = isCurrent ? positionOf(error) : undefined;
    return position === undefined ? undefined : { position, message: error?.message ?? '' };
  }, [error, isCurrent]);
}

const positionOf = (error: Error | null): number | undefined =>
  error instanceof SqlError ? error.position : undefined;
