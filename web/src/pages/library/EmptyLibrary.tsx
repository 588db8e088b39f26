/**
 * What to do first: a library without any picture, or filters that none passes.
 *
 * @module
 */
import { Images } from 'lucide-react';
import { useFovea } from '../../api/fovea.tsx';
import { Button } from '../../components/Button.tsx';
import { texts } from '../../texts.ts';
import { UploadButtons } from '../../uploads/UploadButtons.tsx';
import styles from './LibraryPage.module.css';

export function EmptyLibrary() {
  const { namespace } = useFovea();
  const words = texts.library.empty;
  return (
    <section className={styles.empty}>
      <Images aria-hidden="true" />
      <h2>{words.title}</h2>
      <p>{words.body}</p>
      <div className={styles.buttons}>
        <UploadButtons kind="primary" />
      </div>
      <p className={styles.hint}>{texts.library.uploadHint}</p>
      <p className={styles.hint}>
        {words.command} <code>{words.add(namespace)}</code>
      </p>
    </section>
  );
}

export function NothingPasses({ onClear, isFailed }: { readonly onClear: () => void; readonly isFailed: boolean }) {
  const words = texts.library.none;
  return (
    <section className={styles.empty}>
      <h2>{isFailed ? words.failed : words.title}</h2>
      <Button onClick={onClear}>{words.clear}</Button>
    </section>
  );
}
