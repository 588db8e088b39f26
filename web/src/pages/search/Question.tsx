/**
 * What is searched for: the box, what was understood of it, the filter as text, and pictures that are dropped.
 *
 * @module
 */
import { useState } from 'react';
import { useFovea } from '../../api/fovea.tsx';
import { keepPicture, MAX_PICTURE_BYTES } from '../../state/query-pictures.ts';
import { texts } from '../../texts.ts';
import { startUpload } from '../../uploads/store.ts';
import { Chips } from './Chips.tsx';
import { FilterText } from './FilterText.tsx';
import { type SearchParams, tidyParams } from './params.ts';
import { SearchBox } from './SearchBox.tsx';
import styles from './SearchPage.module.css';
import type { Facets } from './use-facets.ts';
import { onePicture, usePictureInput } from './use-picture-input.ts';

export interface QuestionProps {
  readonly params: SearchParams;
  readonly facets: Facets;
  readonly filter: {
    readonly isOpen: boolean;
    readonly error: Error | null;
    /** Times that somebody opened it to write: then the cursor goes there. */
    readonly asked: number;
    readonly onOpen: (isOpen: boolean) => void;
  };
  /** A library without pictures takes what is dropped as its first. */
  readonly isEmpty: boolean;
  /** @param refines Whether the search before is none to go back to. */
  readonly onSearch: (params: SearchParams, refines?: boolean) => void;
  readonly onLeave: () => void;
}

export function Question({ params, facets, filter, isEmpty, onSearch, onLeave }: QuestionProps) {
  const { namespace } = useFovea();
  const [problem, setProblem] = useState<string>();
  const ask: QuestionProps['onSearch'] = (search, refines) => {
    setProblem(undefined);
    onSearch(search, refines);
  };
  const onPicture = (picture: File): void => {
    if (picture.size > MAX_PICTURE_BYTES) {
      setProblem(texts.search.drop.tooLarge(picture.name, picture.size, MAX_PICTURE_BYTES));
      return;
    }
    keepPicture(picture).then(
      (image) => ask(tidyParams({ ...params, image, like: undefined, region: undefined })),
      () => setProblem(texts.search.drop.unkept(picture.name)),
    );
  };
  const isOver = usePictureInput((given) => {
    const picture = onePicture(given);
    if (isEmpty) startUpload(given, namespace);
    else if (picture === undefined) setProblem(texts.search.drop.several);
    else onPicture(picture);
  });
  return (
    <div className={styles.head}>
      <SearchBox params={params} columns={facets.columns} onSearch={ask} onPicture={onPicture} onLeave={onLeave} />
      <Chips params={params} objects={facets.objects} onSearch={ask} onEditFilter={() => filter.onOpen(true)} />
      {filter.isOpen && (
        <FilterText
          params={params}
          error={filter.error}
          asked={filter.asked}
          onApply={(where) => ask(tidyParams({ ...params, where: where.trim() }))}
          onClose={() => filter.onOpen(false)}
        />
      )}
      {problem !== undefined && (
        <p className={styles.note} role="alert">
          {problem}
        </p>
      )}
      {isOver && <div className={styles.over}>{isEmpty ? texts.search.first.over : texts.search.drop.over}</div>}
    </div>
  );
}
