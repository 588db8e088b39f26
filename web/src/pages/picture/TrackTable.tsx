/**
 * Things that were followed through a video, one a row: from when to when, and a way there.
 *
 * @module
 */
import { timeText } from 'fovea/client';
import { Play } from 'lucide-react';
import { Button } from '../../components/Button.tsx';
import { formatScore } from '../../state/format.ts';
import { texts } from '../../texts.ts';
import styles from './Panel.module.css';
import type { Track } from './tracks.ts';

const { tracks: words } = texts.picture;

export interface TrackTableProps {
  readonly policy: string;
  readonly tracks: readonly Track[];
  readonly onPlay: (timeMs: number) => void;
}

/** More are not listed; SQL has them all. */
const MOST = 500;

export function TrackTable({ policy, tracks, onPlay }: TrackTableProps) {
  return (
    <div
      className={styles.scroll}
      role="region"
      aria-label={`${policy}, ${words.count(tracks.length)}`}
      tabIndex={0}
      data-own-arrows
    >
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{words.play}</th>
            <th scope="col">{words.thing}</th>
            <th scope="col">{words.from}</th>
            <th scope="col">{words.to}</th>
            <th scope="col">{words.score}</th>
          </tr>
        </thead>
        <tbody>
          {tracks.slice(0, MOST).map(({ key, label, number, points }) => {
            const [first, last] = [points[0]?.timeMs ?? 0, points.at(-1)?.timeMs ?? 0];
            return (
              <tr key={key}>
                <td>
                  <Button
                    kind="plain"
                    square
                    aria-label={words.playFrom(`${label} #${number}`, timeText(first))}
                    onClick={() => onPlay(first)}
                  >
                    <Play aria-hidden="true" />
                  </Button>
                </td>
                <td>
                  {label} #{number}
                </td>
                <td>{timeText(first)}</td>
                <td>{timeText(last)}</td>
                <td>{formatScore(Math.max(...points.map(({ score }) => score ?? 0)))}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
