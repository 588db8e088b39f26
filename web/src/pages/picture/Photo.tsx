/**
 * The picture itself: its largest thumbnail, and over that its original where it is enlarged and browsers can show it.
 *
 * @module
 */
import type { Content } from 'fovea/client';
import { useEffect, useState } from 'react';
import { useFovea } from '../../api/fovea.tsx';
import { useImageSource } from '../../api/image-source.ts';
import { texts } from '../../texts.ts';
import styles from './Stage.module.css';

export const LARGEST_THUMBNAIL = 2048;

/** What browsers of today paint; other originals are seen through their thumbnail. */
const PAINTED = /^image\/(jpeg|png|gif|webp|avif|bmp|svg\+xml)$/;

export interface PhotoProps {
  readonly of: Content;
  readonly sharp: boolean;
  readonly onFailure: () => void;
}

export function Photo({ of: content, sharp, onFailure }: PhotoProps) {
  const fovea = useFovea();
  const source = useImageSource(fovea.thumbnailUrl(content.contentId, LARGEST_THUMBNAIL, content.sha256));
  if (source === null) return <Failure onFailure={onFailure} />;
  const name = content.name === '' ? texts.picture.unnamed : content.name;
  return (
    <>
      {source !== undefined && (
        <img src={source} alt={texts.picture.image(name)} draggable={false} decoding="async" onError={onFailure} />
      )}
      {sharp && PAINTED.test(content.mimeType) && <Original of={content} />}
    </>
  );
}

/** Lies over the thumbnail, and stays unseen until it is there. */
function Original({ of: { contentId, sha256 } }: { readonly of: Content }) {
  const fovea = useFovea();
  const [isThere, setIsThere] = useState(false);
  const source = useImageSource(fovea.originalUrl(contentId, sha256));
  if (source === undefined || source === null) return null;
  return (
    <img
      src={source}
      alt=""
      className={styles.original}
      hidden={!isThere}
      draggable={false}
      onLoad={() => setIsThere(true)}
    />
  );
}

function Failure({ onFailure }: { readonly onFailure: () => void }) {
  useEffect(onFailure, [onFailure]);
  return null;
}
