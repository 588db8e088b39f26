/**
 * What is shown in the place of pictures where there can be none now.
 *
 * @module
 */
import { Button } from '../../components/Button.tsx';
import { texts } from '../../texts.ts';
import styles from './Nothing.module.css';
import { type SearchParams, tidyParams } from './params.ts';

export interface MissingPictureProps {
  readonly params: SearchParams;
  readonly onSearch: (params: SearchParams) => void;
}

/** The address names a picture that was dropped in another browser. */
export function MissingPicture({ params, onSearch }: MissingPictureProps) {
  const { missing } = texts.search;
  return (
    <section className={styles.nothing}>
      <h1 className={styles.title}>{missing.title}</h1>
      <p className={styles.body}>{missing.body}</p>
      <Button onClick={() => onSearch(tidyParams({ ...params, image: undefined, region: undefined }))}>
        {missing.without}
      </Button>
    </section>
  );
}

/** Pictures are there, and none is searchable yet; they come by themselves. */
export function NotYet() {
  return (
    <section className={styles.nothing}>
      <h1 className={styles.title}>{texts.search.notYet.title}</h1>
      <p className={styles.body}>{texts.search.notYet.body}</p>
    </section>
  );
}
