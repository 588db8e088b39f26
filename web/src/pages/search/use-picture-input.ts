/**
 * Pictures that are pasted, or dropped anywhere on the page.
 *
 * @module
 */
import { useEffect, useEffectEvent, useState } from 'react';

/**
 * @param onFiles What was pasted or dropped; to be read within the event.
 * @returns Whether something is held over the page that could be dropped.
 */
export function usePictureInput(onFiles: (given: DataTransfer) => void): boolean {
  const [isOver, setOver] = useState(false);
  const take = useEffectEvent((transfer: DataTransfer | null): boolean => {
    if (transfer === null || !hasFiles(transfer)) return false;
    onFiles(transfer);
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

/** The only file of what was given, where it is a picture. */
export function onePicture({ files }: DataTransfer): File | undefined {
  const [file] = files;
  return files.length === 1 && file?.type.startsWith('image/') ? file : undefined;
}

const hasFiles = ({ types }: DataTransfer): boolean => types.includes('Files');
