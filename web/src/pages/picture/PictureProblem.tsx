/**
 * In place of the page, where its picture is not there.
 *
 * @module
 */
import { Link } from '@tanstack/react-router';
import { NotFoundError } from 'fovea/client';
import { useFovea } from '../../api/fovea.tsx';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import type { SearchParams } from '../search/params.ts';
import { texts } from '../../texts.ts';
import styles from './PicturePage.module.css';

const { missing: words, back } = texts.picture;

export interface PictureProblemProps {
  readonly error: Error;
  readonly params: SearchParams;
  readonly onRetry: () => void;
}

export function PictureProblem({ error, params, onRetry }: PictureProblemProps) {
  const { namespace } = useFovea();
  const isMissing = error instanceof NotFoundError;
  return (
    <section className={styles.problem}>
      <h1>{isMissing ? words.title : texts.error.title}</h1>
      {isMissing && <p>{words.body}</p>}
      <ErrorNotice error={error} onRetry={isMissing ? undefined : onRetry} />
      <Link to="/$namespace" params={{ namespace }} search={params}>
        {back}
      </Link>
    </section>
  );
}
