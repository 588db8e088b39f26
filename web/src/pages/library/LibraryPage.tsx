/**
 * Library: everything that was added, as pictures or as a table, what can be done with many at once, and the way to add
 * more.
 *
 * @module
 */
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { RotateCw } from 'lucide-react';
import { useState } from 'react';
import { useFovea } from '../../api/fovea.tsx';
import { statusQuery } from '../../api/queries.ts';
import { Button } from '../../components/Button.tsx';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { texts } from '../../texts.ts';
import { DropZone } from '../../uploads/DropZone.tsx';
import { UploadButtons } from '../../uploads/UploadButtons.tsx';
import { ContentGrid } from './ContentGrid.tsx';
import { ContentTable } from './ContentTable.tsx';
import { DeleteDialog } from '../../components/DeleteDialog.tsx';
import { EmptyLibrary, NothingPasses } from './EmptyLibrary.tsx';
import { FilterBar, type FilterBarProps } from './FilterBar.tsx';
import { LabelsDialog } from './LabelsDialog.tsx';
import styles from './LibraryPage.module.css';
import { filterOf, type LibraryParams, viewOf } from './params.ts';
import { SelectionBar } from './SelectionBar.tsx';
import { Unreadable } from './Unreadable.tsx';
import { type Bulk, useBulk } from './use-bulk.ts';
import { type Contents, useContents } from './use-contents.ts';
import { type Selecting, useSelection } from './use-selection.ts';

const route = getRouteApi('/$namespace/library');

export function LibraryPage() {
  const params = route.useSearch();
  const navigate = route.useNavigate();
  const filter = filterOf(params);
  const contents = useContents(filter);
  const selecting = useSelection(contents.items);
  const bulk = useBulk(filter, contents, selecting);
  const { data: status } = useQuery(statusQuery(useFovea()));
  const onFilter: FilterBarProps['onChange'] = (change) => {
    selecting.clear();
    void navigate({ search: (before) => dropUndefined({ ...before, ...change }), replace: 'name' in change });
  };
  const isFiltered = Object.keys(filter).length > 0;
  const isEmpty = contents.total === 0;
  const isFailed = params.state === 'failed';
  return (
    <DropZone className={styles.page}>
      <header className={styles.header}>
        <h1>{texts.menu.library}</h1>
        <p className={styles.total} role="status">
          {contents.total === undefined || (isEmpty && !isFiltered) ? '' : texts.library.total(contents.total)}
        </p>
        {(!isEmpty || isFiltered) && (
          <div className={styles.buttons}>
            <UploadButtons />
          </div>
        )}
      </header>
      {(!isEmpty || isFiltered) && <FilterBar params={params} onChange={onFilter} />}
      <p className="visually-hidden" role="status">
        {bulk.told}
      </p>
      {contents.error !== null && <ErrorNotice error={contents.error} onRetry={() => void contents.refresh()} />}
      {bulk.failure !== undefined && <ErrorNotice error={bulk.failure} />}
      {isEmpty && !isFiltered && <EmptyLibrary />}
      {isEmpty && isFiltered && <NothingPasses isFailed={isFailed} onClear={() => void navigate({ search: {} })} />}
      {!isEmpty && <Shown params={params} contents={contents} selecting={selecting} bulk={bulk} />}
      {isFailed && status && <Unreadable files={status.unreadableFiles} />}
      {selecting.items.size > 0 && (
        <SelectionActions
          contents={contents}
          selecting={selecting}
          bulk={bulk}
          hasFailed={(status?.failedContents ?? 0) > 0}
        />
      )}
    </DropZone>
  );
}

interface ShownProps {
  readonly params: LibraryParams;
  readonly contents: Contents;
  readonly selecting: Selecting;
  readonly bulk: Bulk;
}

function Shown({ params, contents, selecting, bulk }: ShownProps) {
  const isFailed = params.state === 'failed';
  return (
    <>
      {isFailed && (
        <div>
          <Button onClick={() => void bulk.retry()}>
            <RotateCw aria-hidden="true" />
            {texts.library.retryAll}
          </Button>
        </div>
      )}
      {viewOf(params) === 'pictures' ? (
        <ContentGrid contents={contents} selecting={selecting} />
      ) : (
        <ContentTable
          contents={contents}
          selecting={selecting}
          tellsFailures={isFailed}
          onRetry={({ contentId }) => void bulk.retry([contentId])}
        />
      )}
    </>
  );
}

interface SelectionActionsProps {
  readonly contents: Contents;
  readonly selecting: Selecting;
  readonly bulk: Bulk;
  readonly hasFailed: boolean;
}

function SelectionActions({ contents, selecting, bulk, hasFailed }: SelectionActionsProps) {
  const [dialog, setDialog] = useState<'labels' | 'delete'>();
  const close = (): void => setDialog(undefined);
  return (
    <>
      <SelectionBar
        selecting={selecting}
        total={contents.total ?? 0}
        hasFailed={hasFailed}
        collecting={bulk.collecting}
        onSelectAll={() => void bulk.selectAll()}
        onLabels={() => setDialog('labels')}
        onRetry={() => void bulk.retry([...selecting.items.keys()])}
        onDelete={() => setDialog('delete')}
      />
      {dialog === 'labels' && (
        <LabelsDialog selected={[...selecting.items.values()]} onClose={close} onSave={bulk.label} />
      )}
      {dialog === 'delete' && (
        <DeleteDialog contentIds={[...selecting.items.keys()]} onClose={close} onDeleted={bulk.deleted} />
      )}
    </>
  );
}

function dropUndefined<T extends object>(given: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
