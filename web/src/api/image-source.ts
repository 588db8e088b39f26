/**
 * Addresses of pictures for `<img>`. A browser sends no key for these, so where the server asks for one the bytes are
 * fetched with it and shown from memory.
 *
 * @module
 */
import { useEffect, useState } from 'react';
import { apiKey, useApiKey } from './key.ts';

/** Undefined while it is being fetched, null where it can't be had. */
export function useImageSource(address: string): string | null | undefined {
  const key = useApiKey();
  const [fetched, setFetched] = useState<{ readonly of: string; readonly url: string | null }>();
  useEffect(() => {
    if (key === undefined) return undefined;
    const stop = new AbortController();
    let url: string | undefined;
    const load = async (): Promise<void> => {
      try {
        url = URL.createObjectURL(await fetchWithKey(address, stop.signal));
        setFetched({ of: address, url });
      } catch {
        if (!stop.signal.aborted) setFetched({ of: address, url: null });
      }
    };
    void load();
    return () => {
      stop.abort();
      if (url !== undefined) URL.revokeObjectURL(url);
    };
  }, [address, key]);
  if (key === undefined) return address;
  return fetched?.of === address ? fetched.url : undefined;
}

/** @throws Error where the server refuses. */
export async function fetchWithKey(address: string, signal?: AbortSignal): Promise<Blob> {
  const key = apiKey();
  const headers: HeadersInit = key === undefined ? {} : { Authorization: `Bearer ${key}` };
  const response = await fetch(address, { headers, ...(signal === undefined ? {} : { signal }) });
  if (!response.ok) throw new Error(`Cannot get ${address}: the server answered ${response.status}`);
  return response.blob();
}
