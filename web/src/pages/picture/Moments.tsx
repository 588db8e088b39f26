/**
 * Frames of a video in a row, to go to by a click: the moments that a search found, else all that were taken.
 *
 * @module
 */
import { timeText } from 'fovea/client';
import { Thumbnail } from '../../components/Thumbnail.tsx';
import { texts } from '../../texts.ts';
import styles from './Moments.module.css';

const { video: words } = texts.picture;
const HEIGHT = 44;

/** A frame of a video. */
export interface Frame {
  readonly contentId: string;
  readonly timeMs: number;
  /** Of its bytes, where that is known. */
  readonly sha256?: string | undefined;
}

export interface MomentsProps {
  readonly frames: readonly Frame[];
  /** Whether a search found them. */
  readonly areHits: boolean;
  readonly onChoose: (frame: Frame) => void;
}

export function Moments({ frames, areHits, onChoose }: MomentsProps) {
  if (frames.length === 0) return null;
  return (
    <ul className={styles.strip} aria-label={areHits ? words.moments : words.frames}>
      {frames.map((frame) => (
        <li key={frame.contentId}>
          <button
            type="button"
            className={styles.moment}
            aria-label={words.goTo(timeText(frame.timeMs))}
            onClick={() => onChoose(frame)}
          >
            <Thumbnail of={{ ...frame, name: '' }} side={HEIGHT} decorative />
            <span>{timeText(frame.timeMs)}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
