/**
 * The picture that is searched with, inside the box: one that was pasted or dropped, or one of the library, cropped to the
 * part that was drawn.
 *
 * @module
 */
import { useQuery } from '@tanstack/react-query';
import { X } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useFovea } from '../../api/fovea.tsx';
import { useImageSource } from '../../api/image-source.ts';
import { contentQuery } from '../../api/queries.ts';
import { keptPicture } from '../../state/query-pictures.ts';
import { texts } from '../../texts.ts';
import { croppedStyle } from './crop.ts';
import { type SearchParams, tidyParams } from './params.ts';
import styles from './SearchBox.module.css';

export interface QueryTileProps {
  readonly params: SearchParams;
  /** @param rest The search without the picture. */
  readonly onRemove: (rest: SearchParams) => void;
}

export function QueryTile({ params, onRemove }: QueryTileProps) {
  const { image, like, region } = params;
  if (image === undefined && like === undefined) return null;
  return (
    <span className={styles.tile}>
      {image === undefined ? (
        <LikeTile contentId={like ?? ''} region={region} />
      ) : (
        <DroppedTile id={image} region={region} />
      )}
      <button
        type="button"
        aria-label={texts.search.tile.remove}
        onClick={() => onRemove(tidyParams({ ...params, image: undefined, like: undefined, region: undefined }))}
      >
        <X aria-hidden="true" />
      </button>
    </span>
  );
}

type Region = SearchParams['region'];

function DroppedTile({ id, region }: { readonly id: string; readonly region: Region }) {
  const [source, setSource] = useState<string>();
  const [size, setSize] = useState<{ readonly width: number; readonly height: number }>();
  useEffect(() => {
    let url: string | undefined;
    let isGone = false;
    const load = async (): Promise<void> => {
      // One that is missing is told of where the hits would be.
      const picture = await keptPicture(id).catch(() => undefined);
      if (isGone || picture === undefined) return;
      url = URL.createObjectURL(picture);
      setSource(url);
    };
    void load();
    return () => {
      isGone = true;
      if (url !== undefined) URL.revokeObjectURL(url);
    };
  }, [id]);
  return (
    <span className={styles.crop} style={croppedStyle(region, size)?.frame}>
      {source !== undefined && (
        <img
          src={source}
          alt={texts.search.tile.dropped}
          style={croppedStyle(region, size)?.picture}
          onLoad={({ currentTarget: { naturalWidth: width, naturalHeight: height } }) => setSize({ width, height })}
        />
      )}
    </span>
  );
}

/** Of a kept thumbnail: enough for a part of it. */
const SIDE = 1280;

function LikeTile({ contentId, region }: { readonly contentId: string; readonly region: Region }) {
  const fovea = useFovea();
  const { data } = useQuery(contentQuery(fovea, contentId));
  const source = useImageSource(fovea.thumbnailUrl(contentId, region === undefined ? 320 : SIDE, data?.sha256));
  const { width, height, name = '' } = data ?? {};
  const size = width && height ? { width, height } : undefined;
  const alt = region === undefined ? texts.search.tile.like(name) : texts.search.tile.part(name);
  return (
    <span className={styles.crop} style={croppedStyle(region, size)?.frame}>
      {source && <img src={source} alt={alt} style={croppedStyle(region, size)?.picture} />}
    </span>
  );
}
