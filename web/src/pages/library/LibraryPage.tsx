/**
 * Library: everything that was added, and the way to add more.
 *
 * @module
 */
import { texts } from '../../texts.ts';
import { DropZone } from '../../uploads/DropZone.tsx';
import { UploadButtons } from '../../uploads/UploadButtons.tsx';
import styles from './LibraryPage.module.css';

export function LibraryPage() {
  return (
    <DropZone className={styles.page}>
      <header className={styles.header}>
        <h1>{texts.menu.library}</h1>
        <div className={styles.add}>
          <UploadButtons />
        </div>
      </header>
      <p className={styles.hint}>{texts.library.uploadHint}</p>
    </DropZone>
  );
}
