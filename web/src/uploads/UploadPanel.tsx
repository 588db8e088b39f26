/**
 * Uploads, in the corner of every page: how far they are, what went wrong, and the way to hold or end them.
 *
 * @module
 */
import { ChevronDown, ChevronUp, Pause, Play, RotateCw, X } from 'lucide-react';
import { useState } from 'react';
import { useFovea } from '../api/fovea.tsx';
import { Button } from '../components/Button.tsx';
import { texts } from '../texts.ts';
import {
  cancelUploads,
  dismissUploads,
  pauseUploads,
  resumeUploads,
  retryUploads,
  type Uploads,
  useUploads,
} from './store.ts';
import { UploadList } from './UploadList.tsx';
import styles from './UploadPanel.module.css';

export function UploadPanel() {
  const uploads = useUploads();
  const [isCollapsed, setCollapsed] = useState(false);
  const { namespace } = useFovea();
  const isOpen = isRunning(uploads);
  const elsewhere = uploads.listed.find((upload) => upload.namespace !== namespace)?.namespace;
  return (
    <section className={styles.panel} aria-label={texts.uploads.label}>
      <header className={styles.header}>
        <h2 className={styles.title}>{titleOf(uploads)}</h2>
        <Controls uploads={uploads} isCollapsed={isCollapsed} onCollapse={() => setCollapsed(!isCollapsed)} />
      </header>
      {isOpen && <Progress uploads={uploads} />}
      <p className="visually-hidden" role="status">
        {isOpen && uploads.hold === undefined ? '' : titleOf(uploads)}
      </p>
      {uploads.hold?.reason !== undefined && (
        <p className={styles.hold} role="alert">
          {uploads.hold.reason}
        </p>
      )}
      {!isCollapsed && (
        <>
          {elsewhere !== undefined && <p className={styles.hint}>{texts.uploads.into(elsewhere)}</p>}
          <Summary uploads={uploads} />
          {uploads.listed.length > 0 && <UploadList uploads={uploads.listed} />}
          {isOpen && <p className={styles.hint}>{texts.uploads.hint}</p>}
        </>
      )}
    </section>
  );
}

const isRunning = ({ counts, reading }: Uploads): boolean => reading || counts.waiting + counts.sending > 0;

function titleOf(uploads: Uploads): string {
  const { counts, total, reading, hold } = uploads;
  const { uploads: words } = texts;
  const ended = total - counts.waiting - counts.sending;
  if (!isRunning(uploads)) return words.ended(counts.stored);
  if (hold !== undefined) return (hold.kind === 'paused' ? words.paused : words.held)(ended, total);
  if (reading && counts.sending === 0) return words.reading(total);
  return words.running(ended, total);
}

interface ControlsProps {
  readonly uploads: Uploads;
  readonly isCollapsed: boolean;
  readonly onCollapse: () => void;
}

function Controls({ uploads, isCollapsed, onCollapse }: ControlsProps) {
  const words = texts.uploads;
  const isHeld = uploads.hold !== undefined;
  return (
    <>
      {isRunning(uploads) && (
        <>
          <Button
            kind="quiet"
            square
            aria-label={isHeld ? words.resume : words.pause}
            title={isHeld ? words.resume : words.pause}
            onClick={isHeld ? resumeUploads : pauseUploads}
          >
            {isHeld ? <Play aria-hidden="true" /> : <Pause aria-hidden="true" />}
          </Button>
          <Button kind="quiet" square aria-label={words.cancel} title={words.cancel} onClick={cancelUploads}>
            <X aria-hidden="true" />
          </Button>
        </>
      )}
      <Button
        kind="quiet"
        square
        aria-expanded={!isCollapsed}
        aria-label={isCollapsed ? words.expand : words.collapse}
        title={isCollapsed ? words.expand : words.collapse}
        onClick={onCollapse}
      >
        {isCollapsed ? <ChevronUp aria-hidden="true" /> : <ChevronDown aria-hidden="true" />}
      </Button>
      {!isRunning(uploads) && (
        <Button kind="quiet" square aria-label={texts.actions.close} onClick={dismissUploads}>
          <X aria-hidden="true" />
        </Button>
      )}
    </>
  );
}

function Progress({ uploads }: { readonly uploads: Uploads }) {
  const { sentBytes, totalBytes, perSecond, secondsLeft } = uploads;
  const words = texts.uploads;
  const parts = [
    words.numbers(sentBytes, totalBytes),
    perSecond > 0 ? words.rate(perSecond) : '',
    secondsLeft === null ? '' : words.left(secondsLeft),
  ];
  return (
    <>
      <progress
        className={styles.bar}
        value={sentBytes}
        max={Math.max(1, totalBytes)}
        aria-label={texts.uploads.label}
      />
      <p className={styles.numbers}>{parts.filter(Boolean).join(' · ')}</p>
    </>
  );
}

function Summary({ uploads: { counts, listed, notes } }: { readonly uploads: Uploads }) {
  const words = texts.uploads;
  const retriable = listed.some(({ state, file }) => state === 'failed' && file !== undefined);
  return (
    <>
      {counts.known > 0 && <p className={styles.line}>{words.known(counts.known)}</p>}
      {counts.skipped > 0 && <p className={styles.line}>{words.skipped(counts.skipped)}</p>}
      {counts.failed > 0 && (
        <p className={styles.line}>
          <span className={styles.failed}>{words.failed(counts.failed)}</span>
          {retriable && (
            <Button kind="quiet" onClick={() => retryUploads()}>
              <RotateCw aria-hidden="true" />
              {words.retryAll}
            </Button>
          )}
        </p>
      )}
      {notes.length > 0 && (
        <details className={styles.hint}>
          <summary>{words.notes}</summary>
          {notes.map((note) => (
            <p key={note}>{note}</p>
          ))}
        </details>
      )}
    </>
  );
}
