/**
 * Asks for the API key, where the server wants one.
 *
 * @module
 */
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { setApiKey, useApiKey } from '../api/key.ts';
import { Button } from '../components/Button.tsx';
import { texts } from '../texts.ts';
import styles from './KeyForm.module.css';

/** @param reason What the server said. */
export function KeyForm({ reason }: { readonly reason: string }) {
  const known = useApiKey();
  const cache = useQueryClient();
  const [key, setKey] = useState('');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setApiKey(key.trim() === '' ? undefined : key.trim());
    cache.clear();
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      <h1>{texts.key.title}</h1>
      <p>{texts.key.body}</p>
      <label>
        {texts.key.label}
        <input
          type="password"
          autoComplete="current-password"
          value={key}
          onChange={({ target }) => setKey(target.value)}
        />
      </label>
      {known !== undefined && <p role="alert">{reason}</p>}
      <Button kind="primary" type="submit">
        {texts.key.submit}
      </Button>
    </form>
  );
}
