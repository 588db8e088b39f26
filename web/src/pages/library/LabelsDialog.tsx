/**
 * Labels of everything that is selected, in one form: keys that are there, with how many have them, and new ones.
 *
 * @module
 */
import { Plus, RotateCcw, Trash2 } from 'lucide-react';
import { useState } from 'react';
import type { LabelChange } from 'fovea/client';
import { Button } from '../../components/Button.tsx';
import { Dialog } from '../../components/Dialog.tsx';
import { texts } from '../../texts.ts';
import styles from './LabelsDialog.module.css';
import {
  changeOf,
  type CommonLabel,
  commonLabels,
  faultOf,
  type LabelLine,
  type LabelType,
  lineOf,
  newLine,
  withType,
} from './label-edit.ts';
import type { Selectable } from './selection.ts';

export interface LabelsDialogProps {
  readonly selected: readonly Selectable[];
  readonly onClose: () => void;
  readonly onSave: (change: Required<LabelChange>) => Promise<void>;
}

export function LabelsDialog({ selected, onClose, onSave }: LabelsDialogProps) {
  const [common] = useState(() => commonLabels(selected));
  const [lines, setLines] = useState(() => [...common.map(lineOf), newLine()]);
  const [isSaving, setSaving] = useState(false);
  const words = texts.library.labelling;
  const change = changeOf(lines);
  const isSound = lines.every((line) => faultOf(line, lines) === undefined);
  const save = async (): Promise<void> => {
    if (change === undefined) return;
    setSaving(true);
    await onSave(change);
    onClose();
  };
  return (
    <Dialog
      title={words.title(selected.length)}
      onClose={onClose}
      action={{
        text: words.save(selected.length),
        kind: 'primary',
        disabled: change === undefined || !isSound || isSaving,
        run: () => void save(),
      }}
    >
      <ul className={styles.rows}>
        {lines.map((line, at) => (
          <LineFields
            key={at}
            line={line}
            about={common[at]}
            total={selected.length}
            fault={faultOf(line, lines)}
            onChange={(next) => setLines(lines.map((other) => (other === line ? next : other)))}
          />
        ))}
      </ul>
      <Button kind="quiet" className={styles.add} onClick={() => setLines([...lines, newLine()])}>
        <Plus aria-hidden="true" />
        {words.add}
      </Button>
    </Dialog>
  );
}

interface LineProps {
  readonly line: LabelLine;
  readonly about: CommonLabel | undefined;
  readonly total: number;
  readonly fault: ReturnType<typeof faultOf>;
  readonly onChange: (line: LabelLine) => void;
}

function LineFields({ line, about, total, fault, onChange }: LineProps) {
  const words = texts.library.labelling;
  const named = line.key === '' ? words.newKey : line.key;
  const types: readonly LabelType[] = ['text', 'number', 'boolean'];
  return (
    <li className={styles.row} data-removed={line.isRemoved || undefined}>
      {line.isNew ? (
        <input
          aria-label={words.key}
          placeholder={words.key}
          value={line.key}
          onChange={({ target }) => onChange({ ...line, key: target.value })}
        />
      ) : (
        <span className={styles.key} title={line.key}>
          {line.key}
        </span>
      )}
      <select
        aria-label={words.type(named)}
        value={line.type}
        disabled={line.isRemoved}
        onChange={({ target }) => onChange(withType(line, types.find((type) => type === target.value) ?? 'text'))}
      >
        {types.map((type) => (
          <option key={type} value={type}>
            {words.types[type]}
          </option>
        ))}
      </select>
      <ValueField line={line} about={about} onChange={onChange} label={words.value(named)} />
      <Button
        kind="quiet"
        square
        aria-label={line.isRemoved ? words.keep(named) : words.remove(named)}
        title={line.isRemoved ? words.keep(named) : words.remove(named)}
        onClick={() => onChange({ ...line, isRemoved: !line.isRemoved })}
      >
        {line.isRemoved ? <RotateCcw aria-hidden="true" /> : <Trash2 aria-hidden="true" />}
      </Button>
      {about !== undefined && <small>{words.about(about.count, total, about.values)}</small>}
      {fault !== undefined && <small role="alert">{words.faults[fault]}</small>}
    </li>
  );
}

type ValueFieldProps = Pick<LineProps, 'line' | 'about' | 'onChange'> & { readonly label: string };

function ValueField({ line, about, onChange, label }: ValueFieldProps) {
  const words = texts.library.labelling;
  if (line.type === 'boolean') {
    const isMixed = !line.isTouched && about !== undefined && about.value === undefined;
    return (
      <select
        aria-label={label}
        value={isMixed ? '' : line.text}
        disabled={line.isRemoved}
        onChange={({ target }) => onChange({ ...line, text: target.value, isTouched: true })}
      >
        {isMixed && <option value="">{words.different}</option>}
        <option value="true">{words.yes}</option>
        <option value="false">{words.no}</option>
      </select>
    );
  }
  return (
    <input
      aria-label={label}
      inputMode={line.type === 'number' ? 'decimal' : 'text'}
      placeholder={about !== undefined && about.value === undefined ? words.different : words.anyValue}
      value={line.text}
      disabled={line.isRemoved}
      onChange={({ target }) => onChange({ ...line, text: target.value, isTouched: true })}
    />
  );
}
