/**
 * State that begins anew with each picture.
 *
 * @module
 */
import { useState } from 'react';

/** @param owner Another one has a state of its own, which is `initial`. */
export function useOwn<T>(owner: string, initial: T): readonly [T, (value: T) => void] {
  const [state, setState] = useState({ owner, value: initial });
  return [state.owner === owner ? state.value : initial, (value) => setState({ owner, value })];
}
