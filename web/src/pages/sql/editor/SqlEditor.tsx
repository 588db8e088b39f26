/**
 * The SQL editor: CodeMirror in a component. It keeps its own text; the page is told of changes, and sets it by `handle`.
 *
 * @module
 */
import {
  acceptCompletion,
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
  completionStatus,
} from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { bracketMatching } from '@codemirror/language';
import { lintKeymap, setDiagnostics } from '@codemirror/lint';
import { Compartment, EditorState, type Extension } from '@codemirror/state';
import { drawSelection, EditorView, keymap, lineNumbers, placeholder } from '@codemirror/view';
import { type Ref, useEffect, useImperativeHandle, useRef } from 'react';
import { nonce } from '../../../api/nonce.ts';
import { texts } from '../../../texts.ts';
import { completionOf, type Schema } from './completion.ts';
import { dialect } from './dialect.ts';
import { faultRange, type Fault } from './fault.ts';
import styles from './SqlEditor.module.css';
import { editorTheme } from '../../../components/editor-theme.ts';

export interface EditorHandle {
  /** Replaces the text, as one step that can be undone. */
  setText(text: string): void;
  /** Puts a text where the cursor is, and the cursor behind it. */
  insert(text: string): void;
  /** Puts the cursor at a place, and the focus into the editor. */
  goTo(offset: number): void;
}

export interface SqlEditorProps {
  readonly initial: string;
  readonly schema: Schema;
  /** What is wrong with the text as it is now. */
  readonly fault: Fault | undefined;
  readonly onChange: (text: string) => void;
  readonly onRun: () => void;
  /** Id of an element that tells how to use it by keyboard. */
  readonly describedBy: string;
  readonly handle: Ref<EditorHandle>;
}

export function SqlEditor({ initial, schema, fault, onChange, onRun, describedBy, handle }: SqlEditorProps) {
  const parent = useRef<HTMLDivElement>(null);
  const editor = useRef<EditorView>(null);
  const completion = useRef(new Compartment());
  // The editor lives longer than one drawing, so it calls what is current.
  const current = useRef({ onChange, onRun });
  useEffect(() => {
    current.current = { onChange, onRun };
  });
  useEffect(() => {
    if (parent.current === null) return undefined;
    const view = new EditorView({
      parent: parent.current,
      state: EditorState.create({
        doc: initial,
        extensions: [
          keymap.of([{ key: 'Mod-Enter', preventDefault: true, run: () => (current.current.onRun(), true) }]),
          EditorView.updateListener.of(({ docChanged, state }) => {
            if (docChanged) current.current.onChange(state.doc.toString());
          }),
          EditorView.contentAttributes.of({ 'aria-label': texts.sql.editor.label, 'aria-describedby': describedBy }),
          completion.current.of([]),
          basics,
        ],
      }),
    });
    editor.current = view;
    return () => view.destroy();
    // `initial` is only what it begins with.
  }, [describedBy]);
  useEffect(() => {
    editor.current?.dispatch({ effects: completion.current.reconfigure(completionOf(schema)) });
  }, [schema]);
  useEffect(() => {
    const view = editor.current;
    if (view === null) return;
    const found =
      fault === undefined
        ? []
        : [
            {
              ...faultRange(view.state.doc.toString(), fault.position),
              severity: 'error' as const,
              message: fault.message,
            },
          ];
    view.dispatch(setDiagnostics(view.state, found));
  }, [fault]);
  useImperativeHandle(handle, () => handleOf(editor), []);
  return <div ref={parent} className={styles.editor} />;
}

/** What is the same in every editor. Tab is left to the browser: it goes on to the next control. */
const basics: Extension = [
  history(),
  drawSelection(),
  lineNumbers(),
  bracketMatching(),
  closeBrackets(),
  autocompletion({ icons: false }),
  dialect.extension,
  EditorView.lineWrapping,
  placeholder(texts.sql.editor.placeholder),
  nonce === undefined ? [] : EditorView.cspNonce.of(nonce),
  keymap.of([
    // A list that has just come up takes nothing yet, and must not let the focus go either.
    { key: 'Tab', run: (view) => acceptCompletion(view) || completionStatus(view.state) === 'active' },
    ...closeBracketsKeymap,
    ...defaultKeymap,
    ...historyKeymap,
    ...completionKeymap,
    ...lintKeymap,
  ]),
  editorTheme,
];

function handleOf(editor: { readonly current: EditorView | null }): EditorHandle {
  return {
    setText(text) {
      const view = editor.current;
      if (view === null || view.state.doc.toString() === text) return;
      view.dispatch({
        changes: { from: 0, to: view.state.doc.length, insert: text },
        selection: { anchor: text.length },
      });
    },
    insert(text) {
      const view = editor.current;
      if (view === null) return;
      view.dispatch(view.state.replaceSelection(text), { scrollIntoView: true });
      view.focus();
    },
    goTo(offset) {
      const view = editor.current;
      if (view === null) return;
      view.dispatch({ selection: { anchor: Math.min(offset, view.state.doc.length) }, scrollIntoView: true });
      view.focus();
    },
  };
}
