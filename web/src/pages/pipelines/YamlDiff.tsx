/**
 * Two texts of a graph as one, with what goes and what comes marked.
 *
 * @module
 */
import { yaml } from '@codemirror/lang-yaml';
import { unifiedMergeView } from '@codemirror/merge';
import { EditorView } from '@codemirror/view';
import { useMemo } from 'react';
import { CodeEditor } from '../../components/CodeEditor.tsx';
import { texts } from '../../texts.ts';
import styles from './GraphEditor.module.css';

const colours = EditorView.theme({
  '.cm-deletedChunk': { backgroundColor: 'var(--failed-soft)', paddingLeft: '6px' },
  '.cm-deletedChunk .cm-deletedText': { background: 'none', textDecoration: 'line-through' },
  '&.cm-merge-b .cm-changedLine, .cm-changedLine': { backgroundColor: 'var(--done-soft)' },
  '&.cm-merge-b .cm-changedText, .cm-changedText': { background: 'none', fontWeight: 'var(--bold)' },
  '& .cm-changeGutter .cm-changedLineGutter': { background: 'var(--done)' },
  '& .cm-changeGutter .cm-deletedLineGutter': { background: 'var(--failed)' },
  '& .cm-collapsedLines': { background: 'var(--hover)', color: 'var(--text-muted)', padding: '2px 8px' },
  '& .cm-collapsedLines:before, & .cm-collapsedLines:after': { content: '""', margin: '0' },
});

export function YamlDiff({ before, after }: { readonly before: string; readonly after: string }) {
  const extensions = useMemo(
    () => [
      yaml(),
      unifiedMergeView({
        original: before,
        mergeControls: false,
        highlightChanges: false,
        collapseUnchanged: { margin: 2, minSize: 6 },
      }),
      colours,
    ],
    [before],
  );
  return (
    <div className={styles.diff}>
      <CodeEditor label={texts.pipelines.change.text} value={after} extensions={extensions} readOnly />
    </div>
  );
}
