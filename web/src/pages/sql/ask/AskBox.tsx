/**
 * A question in words above the editor: a language model writes the SQL, which is put into the editor, and says what the
 * rows mean. Its answer is text of a stranger, shown as plain text.
 *
 * @module
 */
import { Sparkles, Square } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { Button } from '../../../components/Button.tsx';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { texts } from '../../../texts.ts';
import styles from './AskBox.module.css';
import { type Asking, type AskOptions, useAsk } from './use-ask.ts';

export function AskBox(options: AskOptions) {
  const { asking, ask, stop } = useAsk(options);
  const [question, setQuestion] = useState('');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (question.trim() !== '') void ask(question.trim());
  };
  return (
    <section className={styles.ask} aria-label={texts.sql.ask.label}>
      <form className={styles.form} onSubmit={submit}>
        <Sparkles aria-hidden="true" />
        <input
          type="text"
          aria-label={texts.sql.ask.label}
          placeholder={texts.sql.ask.placeholder}
          maxLength={2000}
          value={question}
          onChange={({ target }) => setQuestion(target.value)}
        />
        {asking?.running === true ? (
          <Button kind="quiet" onClick={stop}>
            <Square aria-hidden="true" />
            {texts.sql.stop}
          </Button>
        ) : (
          <Button kind="quiet" type="submit">
            {texts.sql.ask.submit}
          </Button>
        )}
      </form>
      {asking !== undefined && <Answer asking={asking} />}
    </section>
  );
}

function Answer({ asking }: { readonly asking: Asking }) {
  const { ask } = texts.sql;
  const { step, model, answer, notes, refused, error, running } = asking;
  return (
    <div className={styles.reply}>
      <p role="status" className={running || answer === null ? styles.state : styles.answer}>
        {running ? ask.steps(step, model) : error === null ? (answer ?? ask.noAnswer) : ''}
      </p>
      {!running && answer !== null && <p className={styles.state}>{ask.by(model)}</p>}
      {notes.map((note) => (
        <p key={note} className={styles.state}>
          {note}
        </p>
      ))}
      {error !== null && <ErrorNotice error={error} />}
      {refused.length > 0 && (
        <details className={styles.refused}>
          <summary>{ask.refused(refused.length)}</summary>
          {refused.map(({ sql, message }) => (
            <div key={sql}>
              <pre>{sql}</pre>
              <p>{message}</p>
            </div>
          ))}
        </details>
      )}
    </div>
  );
}
