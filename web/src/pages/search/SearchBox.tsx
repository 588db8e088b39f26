/**
 * The box. `/` puts the cursor into it from anywhere on the page.
 *
 * @module
 */
import { Search } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { texts } from '../../texts.ts';
import styles from './SearchBox.module.css';

/** Milliseconds without a key stroke after which what was typed is asked for. */
const SETTLE_MS = 250;

export function SearchBox({ words, onWords }: { readonly words: string; readonly onWords: (words: string) => void }) {
  const [typed, setTyped] = useState(words);
  const [asked, setAsked] = useState(words);
  const input = useRef<HTMLInputElement>(null);
  // The address changed by other means than typing: back, a link.
  if (words !== asked) {
    setAsked(words);
    setTyped(words);
  }
  useEffect(() => {
    if (typed.trim() === asked) return undefined;
    const timer = setTimeout(ask, SETTLE_MS);
    return () => clearTimeout(timer);
  });
  useEffect(() => {
    const focus = (event: KeyboardEvent): void => {
      if (event.key !== '/' || event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement)
        return;
      event.preventDefault();
      input.current?.select();
    };
    document.addEventListener('keydown', focus);
    return () => document.removeEventListener('keydown', focus);
  }, []);
  function ask(): void {
    setAsked(typed.trim());
    onWords(typed.trim());
  }
  return (
    <form
      className={styles.box}
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        ask();
      }}
    >
      <Search aria-hidden="true" />
      <input
        ref={input}
        type="search"
        aria-label={texts.search.label}
        placeholder={texts.search.placeholder}
        value={typed}
        onChange={({ target }) => setTyped(target.value)}
      />
    </form>
  );
}
