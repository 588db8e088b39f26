/**
 * A code editor: CodeMirror in the page's own colours, with faults marked where they are. It is heavy; only pages that
 * load on demand import it.
 *
 * @module
 */
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { bracketMatching, indentOnInput } from '@codemirror/language';
import { type Diagnostic, lintGutter, setDiagnostics } from '@codemirror/lint';
import { Compartment, EditorState, type Extension } from '@codemirror/state';
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
} from '@codemirror/view';
import { type Ref, useEffect, useImperativeHandle, useRef } from 'react';
import { nonce } from '../api/nonce.ts';
import styles from './CodeEditor.module.css';
import { editorTheme } from './editor-theme.ts';

/** Something wrong with a text, and where. */
export interface CodeFault {
  readonly message: string;
  /** Counts from 1; undefined: about the whole text. */
  readonly line?: number | undefined;
  /** UTF-16 units from 1; undefined: the whole line. */
  readonly column?: number | undefined;
}

export interface CodeEditorHandle {
  /** Puts the cursor there and shows it. Line and column count from 1. */
  readonly goTo: (line: number, column?: number) => void;
}

export interface CodeEditorProps {
  /** Names it for those who don't see it. */
  readonly label: string;
  readonly value: string;
  readonly onChange?: ((value: string) => void) | undefined;
  /** Language, completion, keys. The same array as long as nothing in it changes. */
  readonly extensions: readonly Extension[];
  readonly faults?: readonly CodeFault[];
  readonly readOnly?: boolean;
  readonly ref?: Ref<CodeEditorHandle>;
}

const NONE: readonly CodeFault[] = [];

/** Tab leaves the editor, as it leaves every other control. */
export function CodeEditor(props: CodeEditorProps) {
  const { label, value, onChange, extensions, faults = NONE, readOnly = false, ref } = props;
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const changeable = useRef(new Compartment());
  const changed = useRef(onChange);
  const first = useRef(value);
  useEffect(() => {
    changed.current = onChange;
  }, [onChange]);
  useEffect(() => {
    if (host.current === null) return undefined;
    const made = new EditorView({
      parent: host.current,
      state: EditorState.create({
        doc: first.current,
        extensions: [
          basics(),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) changed.current?.(update.state.doc.toString());
          }),
          changeable.current.of([]),
        ],
      }),
    });
    view.current = made;
    return () => {
      made.destroy();
      view.current = null;
    };
  }, []);
  useEffect(() => {
    view.current?.dispatch({
      effects: changeable.current.reconfigure([
        EditorState.readOnly.of(readOnly),
        EditorView.contentAttributes.of({ 'aria-label': label }),
        extensions,
      ]),
    });
  }, [label, readOnly, extensions]);
  useEffect(() => {
    const editor = view.current;
    if (editor === null || editor.state.doc.toString() === value) return;
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value } });
  }, [value]);
  useEffect(() => {
    if (view.current !== null)
      view.current.dispatch(setDiagnostics(view.current.state, marks(view.current.state, faults)));
  }, [faults]);
  useImperativeHandle(ref, () => ({ goTo: (line, column) => goTo(view.current, line, column) }), []);
  return <div ref={host} className={styles.editor} data-invalid={faults.length > 0 || undefined} />;
}

/** What every editor has. */
function basics(): Extension {
  return [
    nonce === undefined ? [] : EditorView.cspNonce.of(nonce),
    lineNumbers(),
    lintGutter(),
    history(),
    drawSelection(),
    indentOnInput(),
    bracketMatching(),
    highlightActiveLine(),
    highlightActiveLineGutter(),
    keymap.of([...defaultKeymap, ...historyKeymap]),
    EditorView.lineWrapping,
    editorTheme,
  ];
}

/** Faults as marks, each from where it begins to the end of its line. */
function marks({ doc }: EditorState, faults: readonly CodeFault[]): Diagnostic[] {
  return faults.flatMap(({ message, line, column }) => {
    if (line === undefined || line > doc.lines) return [];
    const at = doc.line(Math.max(1, line));
    const indented = at.from + (at.text.length - at.text.trimStart().length);
    const from = column === undefined ? indented : Math.min(at.from + column - 1, at.to);
    return [{ from, to: at.to, severity: 'error' as const, message }];
  });
}

function goTo(view: EditorView | null, line: number, column = 1): void {
  if (view === null) return;
  const at = view.state.doc.line(Math.min(Math.max(1, line), view.state.doc.lines));
  view.dispatch({ selection: { anchor: Math.min(at.from + column - 1, at.to) }, scrollIntoView: true });
  view.focus();
}
