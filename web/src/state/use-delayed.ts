/**
 * Says that something takes long only once it does, so that what is quick does not flicker.
 *
 * @module
 */
import { useEffect, useState } from 'react';

/** Milliseconds. */
const LONG = 300;

/** True while `busy` has been true for 300 ms. */
export function useDelayed(busy: boolean): boolean {
  const [long, setLong] = useState(false);
  useEffect(() => {
    if (!busy) return undefined;
    const timer = setTimeout(() => setLong(true), LONG);
    return () => {
      clearTimeout(timer);
      setLong(false);
    };
  }, [busy]);
  return long;
}
