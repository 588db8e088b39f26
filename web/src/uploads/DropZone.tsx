/**
 * A part of the page onto which files and folders may be dropped.
 *
 * @module
 */
import { type DragEvent, type ReactNode, useRef, useState } from 'react';
import { useFovea } from '../api/fovea.tsx';
import { texts } from '../texts.ts';
import styles from './DropZone.module.css';
import { startUpload } from './store.ts';

export function DropZone({
  children,
  className,
}: {
  readonly children: ReactNode;
  readonly className?: string | undefined;
}) {
  const { namespace } = useFovea();
  const [isOver, setOver] = useState(false);
  // Each element that is entered or left tells it; the pointer is out when as many were left as were entered.
  const depth = useRef(0);
  const move = (step: number) => (event: DragEvent) => {
    if (!hasFiles(event)) return;
    depth.current += step;
    setOver(depth.current > 0);
  };
  return (
    <div
      className={className}
      onDragEnter={move(1)}
      onDragLeave={move(-1)}
      onDragOver={(event) => {
        if (hasFiles(event)) event.preventDefault();
      }}
      onDrop={(event) => {
        if (!hasFiles(event)) return;
        event.preventDefault();
        depth.current = 0;
        setOver(false);
        startUpload(event.dataTransfer, namespace);
      }}
    >
      {children}
      {isOver && (
        <div className={styles.over} aria-hidden="true">
          <p>{texts.library.drop}</p>
        </div>
      )}
    </div>
  );
}

const hasFiles = ({ dataTransfer }: DragEvent): boolean => dataTransfer.types.includes('Files');
