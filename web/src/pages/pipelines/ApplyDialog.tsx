/**
 * Shows what applying a graph does, in words and as text, before it does.
 *
 * @module
 */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { GraphChange } from 'fovea/client';
import { useFovea } from '../../api/fovea.tsx';
import { Dialog } from '../../components/Dialog.tsx';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { texts } from '../../texts.ts';
import { ChangeList } from './ChangeList.tsx';
import { YamlDiff } from './YamlDiff.tsx';

const words = texts.pipelines.change;

export interface ApplyDialogProps {
  /** Name of the graph whose text was changed; undefined for a new one. */
  readonly of: string | undefined;
  readonly before: string;
  readonly after: string;
  readonly prune: boolean;
  readonly change: GraphChange;
  readonly onClose: () => void;
  readonly onApplied: (graph: string) => void;
}

export function ApplyDialog({ of, before, after, prune, change, onClose, onApplied }: ApplyDialogProps) {
  const fovea = useFovea();
  const cache = useQueryClient();
  const applying = useMutation({
    mutationFn: () => fovea.graphs.apply(after, { prune }),
    onSuccess: async ({ graph }) => {
      await cache.invalidateQueries({ queryKey: [fovea.namespace] });
      onClose();
      onApplied(graph);
    },
  });
  return (
    <Dialog
      title={words.title}
      onClose={onClose}
      wide
      action={{ text: words.apply, kind: 'primary', disabled: applying.isPending, run: applying.mutate }}
    >
      <ChangeList change={change} of={of} />
      <h3>{words.text}</h3>
      <YamlDiff before={before} after={after} />
      {applying.error !== null && <ErrorNotice error={applying.error} />}
    </Dialog>
  );
}
