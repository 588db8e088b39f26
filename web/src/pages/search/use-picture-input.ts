/**
 * Pictures that are pasted, or dropped anywhere on the page.
 *
 * @module
 */
import { useEffect, useEffectEvent, useState } from 'react';

export interface PictureInput {
  /** One picture. */
  readonly onPicture: (picture: File) => void;
  /** Several files or a folder, which nothing can be searched with. */
  readonly onFiles: (files: DataTransfer) => void;
}

/** @returns Whether something is held over the page that could be dropped. */
export function usePictureInput(input: PictureInput): boolean {
  const [isOver, setOver] = useState(false);
  const take = useEffectEvent((transfer: DataTransfer | null): boolean => {
    if (transfer === null || !hasFiles(transfer)) return false;
    const [file] = transfer.files;
    const isOne = transfer.files.length === 1 && file !== undefined && file.type.startsWith('image/');
    if (isOne) input.onPicture(file);
    else input.onFiles(transfer);
    return true;
  });
  useEffect(() => {
    const stop = new AbortController();
    const listen = <Name extends keyof WindowEventMap>(name: Name, listener: (event: WindowEventMap[Name]) => void) =>
      window.addEventListener(name, listener, { signal: stop.signal });
    listen('paste', ({ clipboardData }) => void take(clipboardData));
    listen('dragover', (event) => {
      if (event.dataTransfer === null || !hasFiles(event.dataTransfer)) return;
      event.preventDefault();
      setOver(true);
    });
    listen('dragleave', ({ relatedTarget }) => {
      // Null where it left the window, not an element of it.
      if (relatedTarget === null) setOver(false);
    });
    listen('drop', (event) => {
      setOver(false);
      if (take(event.dataTransfer)) event.preventDefault();
    });
    return () => stop.abort();
  }, []);
  return isOver;
}

const hasFiles = ({ types }: DataTransfer): boolean => types.includes('Files');
