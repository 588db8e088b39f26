/**
 * A small picture of a content. Its place has the picture's own colour until it is there, and says so where it can't be.
 *
 * @module
 */
import { ImageOff } from 'lucide-react';
import { useEffect, useState } from 'react';
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
  /** Pixels of the upright original; there is no more detail than that. */
  readonly width?: number | null | undefined;
  readonly height?: number | null | undefined;
}

export interface ThumbnailProps {
  readonly of: Thumbed;
  /** Longest side that is needed, in pixels of the page. */
  readonly side: number;
  /** Where the name stands beside it. */
  readonly decorative?: boolean;
}

/** Longest side of the thumbnails that every picture has from the start; the server makes larger ones when they are asked for. */
const READY_SIDE = 320;
const LARGEST_SIDE = 2048;
/** A picture may be shown this much larger than it is before anyone sees that it is soft. */
const UNSEEN_ENLARGEMENT = 1.1;
/** Pictures that are scrolled past are not asked for again. */
const SETTLED_MS = 400;

export function Thumbnail({ of, side, decorative = false }: ThumbnailProps) {
  const fovea = useFovea();
  const [failed, setFailed] = useState(false);
  const [shown, setShown] = useState(false);
  const all = Math.max(of.width ?? 0, of.height ?? 0) || LARGEST_SIDE;
  const wanted = Math.max(16, Math.min(LARGEST_SIDE, all, Math.ceil(side * Math.min(2, window.devicePixelRatio))));
  const address = (longest: number): string => fovea.thumbnailUrl(of.contentId, longest, of.sha256);
  const source = useImageSource(address(Math.min(wanted, READY_SIDE)));
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
            onLoad={() => setShown(true)}
            onError={() => setFailed(true)}
          />
        )
      )}
      {shown && wanted > READY_SIDE * UNSEEN_ENLARGEMENT && <Sharper address={address(wanted)} />}
    </span>
  );
}

/** The same picture in more detail, over the one that is there; where it can't be had, that one stays. */
function Sharper({ address }: { readonly address: string }) {
  const [settled, setSettled] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(true), SETTLED_MS);
    return () => clearTimeout(timer);
  }, []);
  return settled ? <SharperImage address={address} /> : null;
}

function SharperImage({ address }: { readonly address: string }) {
  const source = useImageSource(address);
  const [failed, setFailed] = useState(false);
  if (source === undefined || source === null || failed) return null;
  return (
    <img
      src={source}
      alt=""
      decoding="async"
      draggable={false}

      onError={() => setFailed(true)}
    />
  );
}
