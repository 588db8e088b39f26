/**
 * The filter as text: a condition in SQL over the columns of `content`, with what is wrong with it below.
 *
 * @module
 */
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import { Button } from '../../components/Button.tsx';
import { texts } from '../../texts.ts';
import { conditionsOf, conditionSql } from './condition.ts';
import styles from './FilterText.module.css';
import type { SearchParams } from './params.ts';

export interface FilterTextProps {
  readonly params: SearchParams;
  /** What the server said of it. */
  readonly error: Error | null;
  /** Times that somebody opened it to write. */
  readonly asked: number;
  readonly onApply: (where: string) => void;
  readonly onClose: () => void;
}

export function FilterText({ params, error, asked, onApply, onClose }: FilterTextProps) {
  const applied = params.where ?? '';
  const [text, setText] = useState(applied);
  const [before, setBefore] = useState(applied);
  const field = useRef<HTMLTextAreaElement>(null);
  const id = useId();
  if (applied !== before) {
    setBefore(applied);
    setText(applied);
  }
  useEffect(() => {
    if (asked > 0) field.current?.focus();
  }, [asked]);
  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      onApply(text);
    } else if (event.key === 'Escape') {
      event.preventDefault();
      onClose();
    }
  }
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        onApply(text);
      }}
    >
      <div className={styles.row}>
        <textarea
          ref={field}
          className={styles.field}
          rows={1}
          spellCheck={false}
          autoCapitalize="off"
          aria-label={texts.search.filter.label}
          aria-invalid={error !== null}
          aria-describedby={`${id}-hint ${id}-error`}
          placeholder={texts.search.filter.placeholder}
          value={text}
          onChange={({ target }) => setText(target.value)}
          onKeyDown={onKeyDown}
        />
        <Button type="submit" kind="primary" disabled={text.trim() === applied.trim()}>
          {texts.actions.apply}
        </Button>
        <Button kind="quiet" onClick={onClose}>
          {texts.actions.close}
        </Button>
      </div>
      <p id={`${id}-error`} className={styles.error} role="alert">
        {error?.message}
      </p>
      <Hint id={`${id}-hint`} params={params} />
    </form>
  );
}

/** What the condition may be about, and what holds beside it. */
function Hint({ id, params }: { readonly id: string; readonly params: SearchParams }) {
  const chosen = conditionSql(conditionsOf({ ...params, where: undefined }));
  return (
    <p id={id} className={styles.hint}>
      {chosen === undefined ? texts.search.filter.hint : texts.search.filter.and} {chosen && <code>{chosen}</code>}
    </p>
  );
}
