/**
 * A small picture of a content. Its place has the picture's own colour until it is there, and says so where it can't be.
 *
 * @module
 */
import { ImageOff } from 'lucide-react';
import { useState } from 'react';
import { useFovea } from '../api/fovea.tsx';
import { useImageSource } from '../api/image-source.ts';
import styles from './Thumbnail.module.css';

export interface Thumbed {
  readonly contentId: string;
  readonly name: string;
  /** Of the bytes: with it a browser keeps the thumbnail for ever. */
  readonly sha256?: string | undefined;
  /** The picture's dominant colour, `#rrggbb`. */
  readonly color?: string | null | undefined;
}

export interface ThumbnailProps {
  readonly of: Thumbed;
  /** Longest side that is needed, in pixels of the page. */
  readonly side: number;
  /** Where the name stands beside it. */
  readonly decorative?: boolean;
}

export function Thumbnail({ of, side, decorative = false }: ThumbnailProps) {
  const fovea = useFovea();
  const [failed, setFailed] = useState(false);
  const wanted = Math.ceil(side * Math.min(2, window.devicePixelRatio));
  const source = useImageSource(fovea.thumbnailUrl(of.contentId, Math.min(2048, Math.max(16, wanted)), of.sha256));
  return (
    <span className={styles.thumbnail} style={of.color ? { backgroundColor: of.color } : undefined}>
      {failed || source === null ? (
        <ImageOff className={styles.none} aria-label={of.name} role="img" />
      ) : (
        source !== undefined && (
          <img
            src={source}
            alt={decorative ? '' : of.name}
            decoding="async"
            draggable={false}
            onError={() => setFailed(true)}
          />
        )
      )}
    </span>
  );
}
