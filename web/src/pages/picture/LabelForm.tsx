/**
 * One label being added, or given another value.
 *
 * @module
 */
import { type FormEvent, type RefObject, useEffect, useId, useRef, useState } from 'react';
import { Button } from '../../components/Button.tsx';
import { texts } from '../../texts.ts';
import { kindOf, type LabelKind, type LabelValue, parseLabel } from '../../state/label-value.ts';
import styles from './Labels.module.css';

const { labels: words, found } = texts.picture;
const KINDS = ['text', 'number', 'boolean'] as const satisfies readonly LabelKind[];

export interface LabelFormProps {
  /** Absent for a new one. */
  readonly label?: { readonly key: string; readonly value: LabelValue };
  readonly onSave: (key: string, value: LabelValue) => void;
  readonly onCancel: () => void;
}

export function LabelForm({ label, onSave, onCancel }: LabelFormProps) {
  const { key, setKey, kind, choose, text, setText, isRefused, submit } = useDraft(label, onSave);
  const first = useRef<HTMLInputElement>(null);
  const problem = useId();
  useEffect(() => first.current?.focus(), []);
  return (
    <form
      className={styles.form}
      onSubmit={submit}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onCancel();
      }}
    >
      <label>
        {words.key}
        <input
          ref={label === undefined ? first : undefined}
          value={key}
          required
          readOnly={label !== undefined}
          onChange={({ target }) => setKey(target.value)}
        />
      </label>
      <label>
        {words.type}
        <select value={kind} onChange={({ target }) => choose(target.value)}>
          {KINDS.map((each) => (
            <option key={each} value={each}>
              {words.types[each]}
            </option>
          ))}
        </select>
      </label>
      <label>
        {words.value}
        <ValueField
          kind={kind}
          text={text}
          onText={setText}
          input={label === undefined ? undefined : first}
          problem={isRefused ? problem : undefined}
        />
      </label>
      {isRefused && (
        <p id={problem} className={styles.problem} role="alert">
          {words.notANumber}
        </p>
      )}
      <span className={styles.buttons}>
        <Button kind="primary" type="submit">
          {words.save}
        </Button>
        <Button kind="quiet" onClick={onCancel}>
          {texts.actions.cancel}
        </Button>
      </span>
    </form>
  );
}

/** What was typed so far, and whether it can be saved. */
function useDraft(label: LabelFormProps['label'], onSave: LabelFormProps['onSave']) {
  const [key, setKey] = useState(label?.key ?? '');
  const [kind, setKind] = useState<LabelKind>(label === undefined ? 'text' : kindOf(label.value));
  const [text, setText] = useState(label === undefined ? '' : String(label.value));
  const [isRefused, setIsRefused] = useState(false);
  const choose = (wanted: string): void => {
    const chosen = KINDS.find((each) => each === wanted) ?? 'text';
    setKind(chosen);
    if (chosen === 'boolean') setText('true');
    else if (kind === 'boolean') setText('');
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const value = parseLabel(text, kind);
    setIsRefused(value === undefined);
    if (value !== undefined && key.trim() !== '') onSave(key.trim(), value);
  };
  return { key, setKey, kind, choose, text, setText, isRefused, submit };
}

interface ValueFieldProps {
  readonly kind: LabelKind;
  readonly text: string;
  readonly onText: (text: string) => void;
  readonly input: RefObject<HTMLInputElement | null> | undefined;
  /** Id of what says that the text is no such value. */
  readonly problem: string | undefined;
}

function ValueField({ kind, text, onText, input, problem }: ValueFieldProps) {
  if (kind === 'boolean') {
    return (
      <select value={text} onChange={({ target }) => onText(target.value)}>
        <option value="true">{found.values.yes}</option>
        <option value="false">{found.values.no}</option>
      </select>
    );
  }
  return (
    <input
      ref={input}
      value={text}
      inputMode={kind === 'number' ? 'decimal' : 'text'}
      aria-invalid={problem !== undefined || undefined}
      aria-describedby={problem}
      onChange={({ target }) => onText(target.value)}
    />
  );
}
