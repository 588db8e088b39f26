/**
 * The facets of a narrow window, in a sheet from below.
 *
 * @module
 */
import { ListFilter } from 'lucide-react';
import { useRef } from 'react';
import { Button } from '../../components/Button.tsx';
import { texts } from '../../texts.ts';
import { FacetPanel, type FacetPanelProps } from './FacetPanel.tsx';
import styles from './SearchPage.module.css';

export function FacetSheet(props: FacetPanelProps) {
  const sheet = useRef<HTMLDialogElement>(null);
  const chosen = Object.values(props.params.facets ?? {}).reduce((sum, values) => sum + values.length, 0);
  return (
    <>
      <Button kind="quiet" className={styles.sheetButton} onClick={() => sheet.current?.showModal()}>
        <ListFilter aria-hidden="true" />
        {texts.search.facets.open(chosen)}
      </Button>
      <dialog
        ref={sheet}
        className={styles.sheet}
        aria-label={texts.search.facets.label}
        // A click beside the sheet is one on the dialog itself.
        onClick={({ target, currentTarget }) => target === currentTarget && currentTarget.close()}
      >
        <div className={styles.sheetHead}>
          <h2>{texts.search.facets.label}</h2>
          <Button onClick={() => sheet.current?.close()}>{texts.actions.close}</Button>
        </div>
        <FacetPanel {...props} />
      </dialog>
    </>
  );
}
