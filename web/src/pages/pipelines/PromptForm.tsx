/**
 * The prompt of a policy, to be changed where it is read: what that extracts again is shown before it does.
 *
 * @module
 */
import { useMutation } from '@tanstack/react-query';
import type { Graph, GraphChange } from 'fovea/client';
import { useId, useState } from 'react';
import { useFovea } from '../../api/fovea.tsx';
import { Button } from '../../components/Button.tsx';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { texts } from '../../texts.ts';
import { ApplyDialog } from './ApplyDialog.tsx';
import { withPrompt } from './prompt-text.ts';
import styles from './PromptForm.module.css';
import tables from './tables.module.css';

const words = texts.pipelines.prompt;

export interface PromptFormProps {
  readonly graph: Graph;
  /** Name of the policy. */
  readonly policy: string;
  /** As it is asked now. */
  readonly prompt: string;
}

interface Planned {
  readonly after: string;
  readonly change: GraphChange;
}

export function PromptForm({ graph, policy, prompt }: PromptFormProps) {
  const fovea = useFovea();
  const id = useId();
  const [typed, setTyped] = useState<string>();
  const planning = useMutation({
    mutationFn: async (text: string): Promise<Planned> => {
      const after = await withPrompt(graph.yaml, policy, text);
      return { after, change: await fovea.graphs.apply(after, { dryRun: true }) };
    },
  });
  const text = typed ?? prompt;
  const isChanged = text.trim() !== prompt.trim();
  const reset = (): void => {
    setTyped(undefined);
    planning.reset();
  };
  // The dialog is a form of its own.
  return (
    <>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (isChanged) planning.mutate(text.trim());
        }}
      >
        <label htmlFor={id}>{words.label}</label>
        <textarea
          id={id}
          className={styles.field}
          rows={2}
          value={text}
          onChange={({ target }) => setTyped(target.value)}
        />
        {isChanged && (
          <div className={tables.actionsRow}>
            <Button type="submit" kind="primary" disabled={planning.isPending}>
              {texts.pipelines.editor.apply}
            </Button>
            <Button kind="quiet" onClick={reset}>
              {texts.pipelines.editor.revert}
            </Button>
          </div>
        )}
        {planning.error !== null && <ErrorNotice error={planning.error} />}
      </form>
      {planning.data !== undefined && (
        <ApplyDialog
          of={graph.name}
          before={graph.yaml}
          after={planning.data.after}
          prune={false}
          change={planning.data.change}
          onClose={() => planning.reset()}
          onApplied={reset}
        />
      )}
    </>
  );
}
