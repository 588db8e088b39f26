/**
 * Lets the failed tasks of a picture run again.
 *
 * @module
 */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { RotateCcw } from 'lucide-react';
import { useFovea } from '../../api/fovea.tsx';
import { Button } from '../../components/Button.tsx';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';

export interface RetryProps {
  readonly contentId: string;
  readonly children: string;
}

export function Retry({ contentId, children }: RetryProps) {
  const fovea = useFovea();
  const cache = useQueryClient();
  const retry = useMutation({
    mutationFn: () => fovea.retry([contentId]),
    onSettled: () =>
      Promise.all(
        ['tasks', 'status'].map((subject) => cache.invalidateQueries({ queryKey: [fovea.namespace, subject] })),
      ),
  });
  return (
    <>
      <Button disabled={retry.isPending} onClick={() => retry.mutate()}>
        <RotateCcw aria-hidden="true" />
        {children}
      </Button>
      {retry.error !== null && <ErrorNotice error={retry.error} />}
    </>
  );
}
