/**
 * Files that were met and could not even be opened. They are no contents, so nothing else lists them.
 *
 * @module
 */
import type { Status } from 'fovea/client';
import { texts } from '../../texts.ts';
import styles from './LibraryPage.module.css';

export function Unreadable({ files: { total, problems } }: { readonly files: Status['unreadableFiles'] }) {
  if (total === 0) return null;
  return (
    <section className={styles.unreadable} aria-labelledby="unreadable-files">
      <h2 id="unreadable-files">{texts.progress.unreadable(total)}</h2>
      {total > problems.length && <p className={styles.hint}>{texts.library.newest(problems.length)}</p>}
      <ul>
        {problems.map(({ path, code, message }) => (
          <li key={path}>
            {message} <code>{code}</code>
          </li>
        ))}
      </ul>
    </section>
  );
}
