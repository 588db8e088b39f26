/**
 * Where the server tells what it is about only to keys for the whole of it.
 *
 * @module
 */
import { ForbiddenError } from 'fovea/client';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { texts } from '../../texts.ts';
import tables from './tables.module.css';

export function Refused({ error, onRetry }: { readonly error: Error; readonly onRetry?: () => void }) {
  return (
    <>
      <ErrorNotice error={error} onRetry={onRetry} />
      {error instanceof ForbiddenError && <p className={tables.note}>{texts.pipelines.notAllowed}</p>}
    </>
  );
}
