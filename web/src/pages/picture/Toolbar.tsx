/**
 * What can be done with the picture, above it.
 *
 * @module
 */
import { Link } from '@tanstack/react-router';
import { ArrowLeft, ChevronLeft, ChevronRight, Crop, Images, Trash2, ZoomIn, ZoomOut } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Content } from 'fovea/client';
import { useFovea } from '../../api/fovea.tsx';
import { Button, type ButtonProps } from '../../components/Button.tsx';
import type { SearchParams } from '../search/params.ts';
import { texts } from '../../texts.ts';
import { Download } from './Download.tsx';
import styles from './Toolbar.module.css';
import type { Neighbours } from './use-neighbours.ts';
import type { Ways } from './use-ways.ts';
import type { Zoom } from './use-zoom.ts';

export interface ToolbarProps {
  readonly content: Content;
  readonly params: SearchParams;
  readonly neighbours: Neighbours;
  readonly ways: Ways;
  readonly zoom: Zoom;
  /** Absent where there is no picture to select from. */
  readonly select?: { readonly isOn: boolean; readonly toggle: () => void } | undefined;
  readonly onDelete: () => void;
}

const { picture: words } = texts;

export function Toolbar({ content, params, neighbours, ways, zoom, select, onDelete }: ToolbarProps) {
  return (
    <div className={styles.bar} role="toolbar" aria-label={words.tools}>
      <Back params={params} onBack={ways.back} />
      <Places neighbours={neighbours} go={ways.go} />
      <span className={styles.actions}>
        {select !== undefined && (
          <>
            <Tool
              label={words.zoomOut}
              shortcut={words.keys.zoomOut}
              disabled={!zoom.canShrink}
              onClick={() => zoom.step(-1)}
            >
              <ZoomOut aria-hidden="true" />
            </Tool>
            <Tool
              label={words.zoomIn}
              shortcut={words.keys.zoomIn}
              disabled={!zoom.canGrow}
              onClick={() => zoom.step(1)}
            >
              <ZoomIn aria-hidden="true" />
            </Tool>
            <Tool
              label={words.region.start}
              shortcut={words.keys.region}
              aria-pressed={select.isOn}
              onClick={select.toggle}
            >
              <Crop aria-hidden="true" />
            </Tool>
          </>
        )}
        <Similar contentId={content.contentId} />
        <Download of={content} />
        <Tool label={words.delete} onClick={onDelete}>
          <Trash2 aria-hidden="true" />
        </Tool>
      </span>
    </div>
  );
}

/** Where the picture stands among the hits, and the way to those beside it. */
function Places({ neighbours, go }: { readonly neighbours: Neighbours; readonly go: Ways['go'] }) {
  const { place, total, previous, next } = neighbours;
  return (
    <span className={styles.places}>
      <Tool
        label={words.previous}
        shortcut={words.keys.previous}
        disabled={previous === undefined}
        onClick={() => go('previous')}
      >
        <ChevronLeft aria-hidden="true" />
      </Tool>
      <span className={styles.place}>{place === undefined ? '' : words.position(place, total)}</span>
      <Tool label={words.next} shortcut={words.keys.next} disabled={next === undefined} onClick={() => go('next')}>
        <ChevronRight aria-hidden="true" />
      </Tool>
    </span>
  );
}

/** A link, so that it can be opened beside; a plain click goes back to where one came from. */
function Back({ params, onBack }: { readonly params: SearchParams; readonly onBack: () => void }) {
  const { namespace } = useFovea();
  return (
    <Link
      to="/$namespace"
      params={{ namespace }}
      search={params}
      className={styles.tool}
      aria-label={words.back}
      title={hint(words.back, words.keys.back)}
      onClick={(event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        onBack();
      }}
    >
      <ArrowLeft aria-hidden="true" />
    </Link>
  );
}

function Similar({ contentId }: { readonly contentId: string }) {
  const { namespace } = useFovea();
  return (
    <Link
      to="/$namespace"
      params={{ namespace }}
      search={{ like: contentId }}
      className={styles.tool}
      aria-label={words.similar}
      title={words.similar}
    >
      <Images aria-hidden="true" />
      <span className={styles.word}>{words.similar}</span>
    </Link>
  );
}

interface ToolProps extends ButtonProps {
  readonly label: string;
  readonly shortcut?: string;
  readonly children: ReactNode;
}

function Tool({ label, shortcut, children, ...rest }: ToolProps) {
  return (
    <Button
      kind="quiet"
      square
      className={styles.tool ?? ''}
      aria-label={label}
      title={shortcut === undefined ? label : hint(label, shortcut)}
      {...rest}
    >
      {children}
    </Button>
  );
}

const hint = (label: string, key: string): string => `${label} (${key})`;
