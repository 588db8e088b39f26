/**
 * The client of the namespace that is looked at, for components.
 *
 * @module
 */
import { connect, type FoveaClient } from 'fovea/client';
import { createContext, type ReactNode, useContext, useMemo } from 'react';
import { useApiKey } from './key.ts';

const Context = createContext<FoveaClient | undefined>(undefined);

export function FoveaProvider({ namespace, children }: { readonly namespace: string; readonly children: ReactNode }) {
  const key = useApiKey();
  const client = useMemo(
    () => connect(location.origin, { namespace, ...(key === undefined ? {} : { apiKey: key }) }),
    [namespace, key],
  );
  return <Context value={client}>{children}</Context>;
}

/** The client of the namespace that the page is about. */
export function useFovea(): FoveaClient {
  const client = useContext(Context);
  if (client === undefined) throw new Error('useFovea() needs a FoveaProvider around it');
  return client;
}
