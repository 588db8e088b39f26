/**
 * The text of a graph: checked while it is written, with what is wrong at its line and what it would change beside it;
 * applied once that was looked at.
 *
 * @module
 */
import { yaml } from '@codemirror/lang-yaml';
import { useNavigate } from '@tanstack/react-router';
import type { Graph } from 'fovea/client';
import { useRef, useState } from 'react';
import { Button } from '../../components/Button.tsx';
import { Choice } from '../../components/Choice.tsx';
import { CodeEditor, type CodeEditorHandle, type CodeFault } from '../../components/CodeEditor.tsx';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { texts } from '../../texts.ts';
import { ApplyDialog } from './ApplyDialog.tsx';
import { ChangeList } from './ChangeList.tsx';
import styles from './GraphEditor.module.css';
import tables from './tables.module.css';
import { type Template, templates } from './templates.ts';
import { type Check, useCheck } from './use-check.ts';
import { useDraft } from './use-draft.ts';

const words = texts.pipelines.editor;
const extensions = [yaml()];

export interface GraphEditorProps {
  /** Undefined: a new one. */
  readonly graph: Graph | undefined;
  readonly graphs: readonly Graph[];
}

export default function GraphEditor({ graph, graphs }: GraphEditorProps) {
  const navigate = useNavigate({ from: '/$namespace/pipelines' });
  const { text, isChanged, change, template, begin } = useDraft(graph, graphs);
  const [prune, setPrune] = useState(false);
  const [applying, setApplying] = useState(false);
  const check = useCheck(text, { prune });
  const isWanted = graph === undefined || isChanged;
  const beside = (
    <Beside check={check} of={graph?.name} isChanged={isWanted}>
      <Prune check={check} prune={prune} onChange={setPrune} />
      <div className={tables.actionsRow}>
        <Button
          kind="primary"
          disabled={!isWanted || check.isStale || check.change === undefined}
          onClick={() => setApplying(true)}
        >
          {graph === undefined ? words.create : words.apply}
        </Button>
        {isChanged && (
          <Button kind="quiet" onClick={() => change(undefined)}>
            {words.revert}
          </Button>
        )}
      </div>
    </Beside>
  );
  return (
    <div className={styles.editing}>
      {graph === undefined && <Templates template={template} onChange={begin} />}
      <Panes text={text} check={check} onChange={change} beside={beside} />
      {applying && check.change !== undefined && (
        <ApplyDialog
          of={graph?.name}
          before={graph?.yaml ?? ''}
          after={text}
          prune={prune}
          change={check.change}
          onClose={() => setApplying(false)}
          onApplied={(name) => {
            change(undefined);
            void navigate({ search: { graph: name } });
          }}
        />
      )}
    </div>
  );
}

interface TemplatesProps {
  readonly template: Template | undefined;
  readonly onChange: (template: Template | undefined) => void;
}

function Templates({ template, onChange }: TemplatesProps) {
  return (
    <Choice
      label={words.template}
      icon={words.template}
      value={template?.name ?? ''}
      options={templates.map(({ name, title }) => ({ value: name, text: title }))}
      onChange={(name) => onChange(templates.find((each) => each.name === name))}
    />
  );
}

interface PanesProps {
  readonly text: string;
  readonly check: Check;
  readonly onChange: (text: string) => void;
  readonly beside: React.ReactNode;
}

function Panes({ text, check, onChange, beside }: PanesProps) {
  const editor = useRef<CodeEditorHandle>(null);
  return (
    <div className={styles.panes}>
      <div className={styles.text}>
        <CodeEditor
          ref={editor}
          label={words.label}
          value={text}
          onChange={onChange}
          extensions={extensions}
          faults={check.faults}
        />
      </div>
      <div className={styles.beside}>
        {check.faults.length > 0 && (
          <Faults faults={check.faults} onGoTo={(line, column) => editor.current?.goTo(line, column)} />
        )}
        {beside}
      </div>
    </div>
  );
}

interface FaultsProps {
  readonly faults: readonly CodeFault[];
  readonly onGoTo: (line: number, column: number | undefined) => void;
}

function Faults({ faults, onGoTo }: FaultsProps) {
  return (
    <section className={styles.faults} role="alert">
      <h3>{words.faults(faults.length)}</h3>
      <ul>
        {faults.map(({ line, column, message }) => (
          <li key={`${line} ${message}`}>
            {line !== undefined && (
              <button type="button" onClick={() => onGoTo(line, column)}>
                {words.line(line)}
              </button>
            )}
            <span>{message}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

interface BesideProps {
  readonly check: Check;
  readonly of: string | undefined;
  readonly isChanged: boolean;
  readonly children: React.ReactNode;
}

function Beside({ check, of, isChanged, children }: BesideProps) {
  const { change, faults, error, isStale } = check;
  return (
    <>
      <p role="status" className={tables.note}>
        {stateText(check, isChanged)}
      </p>
      {error !== undefined && <ErrorNotice error={error} />}
      {isChanged && change !== undefined && faults.length === 0 && (
        <section className={styles.change} data-stale={isStale || undefined}>
          <h3>{texts.pipelines.change.title}</h3>
          <ChangeList change={change} of={of} />
        </section>
      )}
      {children}
    </>
  );
}

function stateText({ change, faults, isStale }: Check, isChanged: boolean): string {
  if (!isChanged) return words.same;
  if (isStale) return words.checking;
  return change !== undefined && faults.length === 0 ? words.good : words.waits;
}

interface PruneProps {
  readonly check: Check;
  readonly prune: boolean;
  readonly onChange: (prune: boolean) => void;
}

function Prune({ check: { change }, prune, onChange }: PruneProps) {
  const isOffered = change !== undefined && (change.extra.length > 0 || change.removed.length > 0);
  if (!isOffered) return null;
  return (
    <label className={styles.prune}>
      <input type="checkbox" checked={prune} onChange={({ target }) => onChange(target.checked)} />
      {texts.pipelines.change.prune}
    </label>
  );
}
