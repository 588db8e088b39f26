/**
 * Where a video is, frame by frame while it plays.
 *
 * @module
 */
import { useEffect, useState } from 'react';

/** @returns Milliseconds from its start; 0 where there is none. */
export function useVideoTime(video: HTMLVideoElement | null): number {
  const [timeMs, setTimeMs] = useState(0);
  useEffect(() => {
    if (video === null) return undefined;
    let next = 0;
    const tell = (): void => setTimeMs(video.currentTime * 1000);
    const follow = (): void => {
      tell();
      next = requestAnimationFrame(follow);
    };
    const play = (): void => {
      cancelAnimationFrame(next);
      follow();
    };
    const stop = (): void => {
      cancelAnimationFrame(next);
      tell();
    };
    const heard = [
      ['play', play],
      ['pause', stop],
      ['ended', stop],
      ['seeked', tell],
      ['loadedmetadata', tell],
    ] as const;
    for (const [name, listener] of heard) video.addEventListener(name, listener);
    return () => {
      cancelAnimationFrame(next);
      for (const [name, listener] of heard) video.removeEventListener(name, listener);
    };
  }, [video]);
  return video === null ? 0 : timeMs;
}
