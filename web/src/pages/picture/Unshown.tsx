/**
 * In place of a picture that can't be shown: why not, and what can be done.
 *
 * @module
 */
import type { Content, Task } from 'fovea/client';
import { ImageOff, Hourglass } from 'lucide-react';
import { Button } from '../../components/Button.tsx';
import { texts } from '../../texts.ts';
import { Retry } from './Retry.tsx';
import styles from './Unshown.module.css';

const { unshown: words } = texts.picture;

export interface UnshownProps {
  readonly of: Content;
  readonly tasks: readonly Task[] | undefined;
  /** Asks for the picture's bytes again. */
  readonly onReload: () => void;
}

export function Unshown({ of: { contentId }, tasks, onReload }: UnshownProps) {
  if (tasks === undefined) return <div className={styles.unshown} />;
  // The built-in task, which belongs to no graph, reads the picture; what it said comes first.
  const reading = tasks.find(({ graph }) => graph === undefined);
  const failed = reading?.state === 'failed' ? reading : tasks.find(({ state }) => state === 'failed');
  if (reading?.state === 'waiting' || reading?.state === 'running') {
    return (
      <div className={styles.unshown} role="status">
        <Hourglass aria-hidden="true" />
        <h2>{words.waiting}</h2>
        <p>{words.waitingBody}</p>
      </div>
    );
  }
  return (
    <div className={styles.unshown} role="alert">
      <ImageOff aria-hidden="true" />
      <h2>{words.title}</h2>
      <p>{failed?.error ?? words.file}</p>
      {failed === undefined ? (
        <Button onClick={onReload}>{words.retry}</Button>
      ) : (
        <Retry contentId={contentId}>{words.retry}</Retry>
      )}
    </div>
  );
}
