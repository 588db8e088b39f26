/**
 * Gives up the API key of this tab, where one is kept.
 *
 * @module
 */
import { useQueryClient } from '@tanstack/react-query';
import { KeyRound } from 'lucide-react';
import { setApiKey, useApiKey } from '../api/key.ts';
import { Button } from '../components/Button.tsx';
import { texts } from '../texts.ts';

export function ForgetKey() {
  const key = useApiKey();
  const cache = useQueryClient();
  if (key === undefined) return null;
  const forget = (): void => {
    setApiKey(undefined);
    cache.clear();
  };
  return (
    <Button kind="quiet" square aria-label={texts.key.forget} title={texts.key.forget} onClick={forget}>
      <KeyRound aria-hidden="true" />
    </Button>
  );
}
