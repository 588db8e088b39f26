/**
 * Asks for the API key, where the server wants one.
 *
 * @module
 */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { connect, NotFoundError } from 'fovea/client';
import { type FormEvent, useState } from 'react';
import { useFovea } from '../api/fovea.tsx';
import { setApiKey, useApiKey } from '../api/key.ts';
import { Button } from '../components/Button.tsx';
import { texts } from '../texts.ts';
import styles from './KeyForm.module.css';

/** @param reason What the server said. */
export function KeyForm({ reason }: { readonly reason: string }) {
  const { namespace } = useFovea();
  const known = useApiKey();
  const cache = useQueryClient();
  const [key, setKey] = useState('');
  const opening = useMutation({
    mutationFn: () => prove(namespace, key.trim()),
    onSuccess: () => {
      setApiKey(key.trim());
      cache.clear();
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (key.trim() !== '') opening.mutate();
  };
  const refused = opening.error?.message ?? (known === undefined ? undefined : reason);
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
      {refused !== undefined && !opening.isPending && <p role="alert">{refused}</p>}
      <Button kind="primary" type="submit" disabled={opening.isPending}>
        {texts.key.submit}
      </Button>
    </form>
  );
}

/**
 * Tries a key with one request: a page full of them would use up the few wrong ones that a server lets an address try.
 *
 * @throws FoveaError where it does not open the namespace.
 */
async function prove(namespace: string, apiKey: string): Promise<void> {
  try {
    await connect(location.origin, { namespace, apiKey }).status();
  } catch (error) {
    // A namespace comes into being with its first picture.
    if (!(error instanceof NotFoundError)) throw error;
  }
}
