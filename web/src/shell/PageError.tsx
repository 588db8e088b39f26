/**
 * What is shown in place of a page that could not be.
 *
 * @module
 */
import { type ErrorComponentProps, Link } from '@tanstack/react-router';
import { FoveaError } from 'fovea/client';
import { ErrorNotice } from '../components/ErrorNotice.tsx';
import { texts } from '../texts.ts';
import styles from './PageError.module.css';

export function PageError({ error: thrown, reset }: ErrorComponentProps) {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  return (
    <section className={styles.page}>
      <h1>{texts.error.title}</h1>
      <ErrorNotice error={error} onRetry={reset} />
      {!(error instanceof FoveaError) && <p>{texts.error.unexpected}</p>}
    </section>
  );
}

export function PageNotFound() {
  return (
    <section className={styles.page}>
      <h1>{texts.error.notFound}</h1>
      <Link to="/">{texts.error.home}</Link>
    </section>
  );
}
