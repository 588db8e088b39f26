/**
 * The box: words, a picture, or both. `/` puts the cursor into it from anywhere on the page, Escape leaves it. What was
 * typed is asked for as it settles.
 *
 * @module
 */
import { ImagePlus, Search } from 'lucide-react';
import { type KeyboardEvent, useEffect, useId, useRef } from 'react';
import { texts } from '../../texts.ts';
import { Completions, useCompletions } from './Completions.tsx';
import type { FacetColumn } from './facet-columns.ts';
import type { SearchParams } from './params.ts';
import { QueryTile } from './QueryTile.tsx';
import styles from './SearchBox.module.css';
import { completed } from './typed.ts';
import { useTyping } from './use-typing.ts';

export interface SearchBoxProps {
  readonly params: SearchParams;
  readonly columns: readonly FacetColumn[];
  /** @param refines Whether the search before was typed just now, too, and nobody wants to go back to it. */
  readonly onSearch: (params: SearchParams, refines?: boolean) => void;
  readonly onPicture: (picture: File) => void;
  /** Arrow down leaves the box for the pictures. */
  readonly onLeave: () => void;
}

export function SearchBox({ params, columns, onSearch, onPicture, onLeave }: SearchBoxProps) {
  const { typed, setTyped, finish, rest } = useTyping(params, columns, onSearch);
  const input = useRef<HTMLInputElement>(null);
  const list = useId();
  const completions = useCompletions(typed, columns, (value) => finish(completed(typed, columns, value)));
  useSlash(input);
  function onKeyDown(event: KeyboardEvent): void {
    if (completions.onKeyDown(event)) return;
    if (event.key === 'Escape') {
      // Chromium would empty it.
      event.preventDefault();
      input.current?.blur();
    } else if (event.key === 'ArrowDown') {
      event.preventDefault();
      onLeave();
    }
  }
  return (
    <form
      className={styles.box}
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        finish(typed);
      }}
    >
      <Search aria-hidden="true" />
      <QueryTile params={params} onRemove={onSearch} />
      <input
        ref={input}
        type="search"
        autoComplete="off"
        aria-label={texts.search.label}
        aria-autocomplete="list"
        aria-controls={completions.isOpen ? list : undefined}
        aria-activedescendant={completions.isOpen ? `${list}-${completions.active}` : undefined}
        placeholder={texts.search.placeholder}
        value={typed}
        onChange={({ target }) => setTyped(target.value)}
        onKeyDown={onKeyDown}
        onBlur={() => {
          rest();
          completions.close();
        }}
      />
      <PictureButton onPicture={onPicture} />
      {completions.isOpen && <Completions id={list} {...completions} />}
    </form>
  );
}

function PictureButton({ onPicture }: { readonly onPicture: (picture: File) => void }) {
  return (
    <label className={styles.picture} title={texts.search.choosePicture}>
      <ImagePlus aria-hidden="true" />
      <input
        type="file"
        accept="image/*"
        className="visually-hidden"
        aria-label={texts.search.choosePicture}
        onChange={({ target }) => {
          const [picture] = target.files ?? [];
          if (picture !== undefined) onPicture(picture);
          // So that the same one can be chosen again.
          target.value = '';
        }}
      />
    </label>
  );
}

/** `/` leads to the box, unless somebody writes a slash into a field. */
function useSlash(input: { readonly current: HTMLInputElement | null }): void {
  useEffect(() => {
    const focus = (event: globalThis.KeyboardEvent): void => {
      if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || isField(event.target)) return;
      event.preventDefault();
      input.current?.select();
    };
    document.addEventListener('keydown', focus);
    return () => document.removeEventListener('keydown', focus);
  }, [input]);
}

const isField = (target: EventTarget | null): boolean =>
  target instanceof HTMLInputElement ||
  target instanceof HTMLTextAreaElement ||
  target instanceof HTMLSelectElement ||
  (target instanceof HTMLElement && target.isContentEditable);
