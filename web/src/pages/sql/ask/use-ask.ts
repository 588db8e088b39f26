/**
 * A question in words, and what happens to it.
 *
 * @module
 */
import { type AskReply, type AskStep, UnansweredError } from 'fovea/client';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useFovea } from '../../../api/fovea.tsx';

export interface Asking {
  readonly question: string;
  /** The last step; undefined before the first. */
  readonly step: AskStep['step'] | undefined;
  readonly model: string;
  /** What the model wrote last. */
  readonly sql: string;
  /** Statements that did not run, and why. */
  readonly refused: AskReply['refused'];
  /** Plain text, of a model; null where it gave none. */
  readonly answer: string | null;
  readonly notes: readonly string[];
  readonly error: Error | null;
  readonly running: boolean;
}

const STARTED = {
  step: undefined,
  model: '',
  sql: '',
  refused: [],
  answer: null,
  notes: [],
  error: null,
  running: true,
};

export interface AskOptions {
  /** The model wrote a statement, which is run now. */
  readonly onSql: (sql: string) => void;
  readonly onReply: (reply: AskReply) => void;
}

export function useAsk({ onSql, onReply }: AskOptions) {
  const fovea = useFovea();
  const [asking, setAsking] = useState<Asking>();
  const work = useRef<AbortController>(null);
  useEffect(() => () => work.current?.abort(), []);
  const ask = useCallback(
    async (question: string): Promise<void> => {
      work.current?.abort();
      const { signal } = (work.current = new AbortController());
      const change = (part: Partial<Asking>): void => {
        if (!signal.aborted) setAsking((before) => ({ ...STARTED, ...before, question, ...part }));
      };
      setAsking({ ...STARTED, question });
      try {
        const reply = await fovea.ask(question, {
          limit: MAX_ROWS,
          signal,
          onStep: (step) => {
            change({ step: step.step, ...(step.step === 'asked' ? { model: step.model } : {}) });
            if (step.step !== 'sql') return;
            change({ sql: step.sql });
            onSql(step.sql);
          },
        });
        if (signal.aborted) return;
        change({ ...reply, running: false });
        onReply(reply);
      } catch (error) {
        const refused = error instanceof UnansweredError ? error.refused : [];
        change({
          error: error instanceof Error ? error : new Error(String(error)),
          refused: [...refused],
          running: false,
        });
      }
    },
    [fovea, onSql, onReply],
  );
  const stop = useCallback(() => {
    work.current?.abort();
    setAsking(undefined);
  }, []);
  return { asking, ask, stop };
}

/** Most that the server gives for a question. */
const MAX_ROWS = 1000;
