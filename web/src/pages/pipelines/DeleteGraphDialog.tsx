/**
 * Asks before a graph goes with everything it extracted.
 *
 * @module
 */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { Graph } from 'fovea/client';
import { useFovea } from '../../api/fovea.tsx';
import { tablesQuery } from '../../api/queries.ts';
import { Dialog } from '../../components/Dialog.tsx';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { texts } from '../../texts.ts';

const words = texts.pipelines.remove;

export function DeleteGraphDialog({ graph, onClose }: { readonly graph: Graph; readonly onClose: () => void }) {
  const fovea = useFovea();
  const cache = useQueryClient();
  const navigate = useNavigate({ from: '/$namespace/pipelines' });
  const { data: tables = [] } = useQuery(tablesQuery(fovea));
  const names = new Set(graph.policies.map(({ name }) => name));
  const rows = tables
    .filter(({ name }) => name.startsWith(`${graph.name}.`))
    .reduce((sum, table) => sum + table.rows, 0);
  const removal = useMutation({
    mutationFn: () => fovea.graphs.delete(graph.name),
    onSuccess: async () => {
      onClose();
      await navigate({ search: {} });
      await cache.invalidateQueries({ queryKey: [fovea.namespace] });
    },
  });
  return (
    <Dialog
      title={words.title(graph.name)}
      onClose={onClose}
      action={{ text: words.confirm, kind: 'danger', disabled: removal.isPending, run: removal.mutate }}
    >
      <p>{words.body(names.size, rows)}</p>
      {removal.error !== null && <ErrorNotice error={removal.error} />}
    </Dialog>
  );
}
