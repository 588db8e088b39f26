/**
 * Labels of a picture: shown, added, changed and removed. Values keep their kind.
 *
 * @module
 */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Content, LabelChange } from 'fovea/client';
import { Pencil, Plus, X } from 'lucide-react';
import { useState } from 'react';
import { useFovea } from '../../api/fovea.tsx';
import { contentQuery } from '../../api/queries.ts';
import { Button } from '../../components/Button.tsx';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { texts } from '../../texts.ts';
import { LabelForm } from './LabelForm.tsx';
import styles from './Labels.module.css';
import panel from './Panel.module.css';
import { formatValue } from './values.ts';

const { labels: words } = texts.picture;

export function Labels({ of: { contentId, labels } }: { readonly of: Content }) {
  const fovea = useFovea();
  const cache = useQueryClient();
  /** Key of the label that is being changed; null for a new one. */
  const [edited, setEdited] = useState<string | null | undefined>(undefined);
  const change = useMutation({
    mutationFn: (wanted: LabelChange) => fovea.contents.labels(contentId, wanted),
    onSuccess: () => setEdited(undefined),
    onSettled: () => cache.invalidateQueries({ queryKey: contentQuery(fovea, contentId).queryKey }),
  });
  const entries = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
  const close = (): void => setEdited(undefined);
  return (
    <section className={panel.section}>
      <h3 className={panel.heading}>{words.title}</h3>
      {entries.length === 0 && edited === undefined && <p className={panel.muted}>{words.none}</p>}
      <ul className={styles.labels}>
        {entries.map(([key, value]) => (
          <li key={key}>
            {edited === key ? (
              <LabelForm
                label={{ key, value }}
                onSave={(_, changed) => change.mutate({ set: { [key]: changed } })}
                onCancel={close}
              />
            ) : (
              <span className={styles.label}>
                <span className={styles.key}>{key}</span>
                <span className={styles.value}>{formatValue(value)}</span>
                <Button kind="quiet" square aria-label={words.edit(key)} onClick={() => setEdited(key)}>
                  <Pencil aria-hidden="true" />
                </Button>
                <Button
                  kind="quiet"
                  square
                  aria-label={words.remove(key)}
                  onClick={() => change.mutate({ remove: [key] })}
                >
                  <X aria-hidden="true" />
                </Button>
              </span>
            )}
          </li>
        ))}
      </ul>
      {edited === null ? (
        <LabelForm onSave={(key, value) => change.mutate({ set: { [key]: value } })} onCancel={close} />
      ) : (
        <Button kind="quiet" onClick={() => setEdited(null)}>
          <Plus aria-hidden="true" />
          {words.add}
        </Button>
      )}
      {change.error !== null && <ErrorNotice error={change.error} />}
    </section>
  );
}
