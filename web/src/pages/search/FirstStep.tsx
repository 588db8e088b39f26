/**
 * What is shown of a library without pictures: how the first come in.
 *
 * @module
 */
import { FolderPlus } from 'lucide-react';
import { texts } from '../../texts.ts';
import { UploadButtons } from '../../uploads/UploadButtons.tsx';
import styles from './Nothing.module.css';

export function FirstStep() {
  const { first } = texts.search;
  return (
    <section className={styles.nothing}>
      <h1 className={styles.title}>{first.title}</h1>
      <div className={styles.drop}>
        <FolderPlus aria-hidden="true" />
        <p className={styles.lead}>{first.drop}</p>
        <div className={styles.actions}>
          <UploadButtons />
        </div>
        <p className={styles.body}>{first.command}</p>
        <p className={styles.command}>
          <code>{first.add}</code>
        </p>
      </div>
      <p className={styles.body}>{first.after}</p>
    </section>
  );
}
