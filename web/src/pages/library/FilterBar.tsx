/**
 * Which contents are shown, and how.
 *
 * @module
 */
import { useQuery } from '@tanstack/react-query';
import { LayoutGrid, Rows3, X } from 'lucide-react';
import { type FormEvent, useEffect, useState } from 'react';
import { useFovea } from '../../api/fovea.tsx';
import { graphsQuery } from '../../api/queries.ts';
import { Button } from '../../components/Button.tsx';
import { Choice } from '../../components/Choice.tsx';
import { texts } from '../../texts.ts';
import styles from './FilterBar.module.css';
import { type LibraryParams, STATES, viewOf } from './params.ts';

/** Milliseconds without a key stroke after which a name is asked for. */
const SETTLE_MS = 250;
const ALL = 'all';

export interface FilterBarProps {
  readonly params: LibraryParams;
  readonly onChange: (change: { readonly [K in keyof LibraryParams]?: LibraryParams[K] | undefined }) => void;
}

export function FilterBar({ params, onChange }: FilterBarProps) {
  const { filters } = texts.library;
  const states = [ALL, ...STATES] as const;
  return (
    <div className={styles.bar} role="search" aria-label={filters.label}>
      <NameFilter name={params.name ?? ''} onName={(name) => onChange({ name: name === '' ? undefined : name })} />
      <Choice
        label={filters.state}
        value={params.state ?? ALL}
        options={states.map((value) => ({ value, text: filters.states[value] }))}
        onChange={(state) => onChange({ state: state === ALL ? undefined : state, view: undefined })}
      />
      <PolicyFilter params={params} onChange={onChange} />
      <LabelFilter
        labels={params.label ?? []}
        onLabels={(label) => onChange({ label: label.length > 0 ? label : undefined })}
      />
      <ViewSwitch params={params} onChange={onChange} />
    </div>
  );
}

function NameFilter({ name, onName }: { readonly name: string; readonly onName: (name: string) => void }) {
  const [typed, setTyped] = useState(name);
  const [asked, setAsked] = useState(name);
  // The address changed by other means than typing.
  if (name !== asked) {
    setAsked(name);
    setTyped(name);
  }
  useEffect(() => {
    if (typed.trim() === asked) return undefined;
    const timer = setTimeout(() => {
      setAsked(typed.trim());
      onName(typed.trim());
    }, SETTLE_MS);
    return () => clearTimeout(timer);
  }, [typed, asked, onName]);
  const { filters } = texts.library;
  return (
    <input
      type="search"
      className={styles.input}
      aria-label={filters.name}
      placeholder={filters.name}
      value={typed}
      onChange={({ target }) => setTyped(target.value)}
    />
  );
}

/** Policies that can be chosen, as `graph` or `graph.policy`. */
function PolicyFilter({ params: { graph, policy }, onChange }: FilterBarProps) {
  const { data: graphs = [] } = useQuery(graphsQuery(useFovea()));
  const { filters } = texts.library;
  if (graphs.length === 0 && graph === undefined && policy === undefined) return null;
  const choices = graphs.flatMap(({ name, policies }) => [
    { graph: name, policy: undefined },
    ...policies.map((one) => ({ graph: name, policy: one.name })),
  ]);
  const known = choices.some((choice) => choice.graph === graph && choice.policy === policy);
  const named = known || (graph === undefined && policy === undefined) ? choices : [...choices, { graph, policy }];
  const keyOf = (choice: { graph: string | undefined; policy: string | undefined }): string =>
    [choice.graph, choice.policy].filter((part) => part !== undefined).join('.');
  const current = keyOf({ graph, policy });
  return (
    <Choice
      label={filters.policy}
      value={current === '' ? ALL : current}
      options={[
        { value: ALL, text: filters.anyPolicy },
        ...named.map((choice) => ({ value: keyOf(choice), text: keyOf(choice) })),
      ]}
      onChange={(value) => {
        const chosen = named.find((choice) => keyOf(choice) === value);
        onChange({ graph: chosen?.graph, policy: chosen?.policy });
      }}
    />
  );
}

interface LabelFilterProps {
  readonly labels: readonly string[];
  readonly onLabels: (labels: string[]) => void;
}

function LabelFilter({ labels, onLabels }: LabelFilterProps) {
  const { filters } = texts.library;
  const add = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = event.currentTarget;
    const text = String(new FormData(form).get('label')).trim();
    if (!/^[^=]+=/.test(text)) return;
    if (!labels.includes(text)) onLabels([...labels, text]);
    form.reset();
  };
  return (
    <>
      <form onSubmit={add}>
        <input
          className={styles.input}
          name="label"
          pattern="[^=]+=.*"
          title={filters.labelHint}
          aria-label={filters.labelHint}
          placeholder={filters.labelExample}
        />
      </form>
      {labels.map((label) => (
        <span key={label} className={styles.chip}>
          {label}
          <button
            type="button"
            aria-label={filters.removeLabel(label)}
            onClick={() => onLabels(labels.filter((other) => other !== label))}
          >
            <X aria-hidden="true" />
          </button>
        </span>
      ))}
    </>
  );
}

function ViewSwitch({ params, onChange }: FilterBarProps) {
  const { views } = texts.library;
  const view = viewOf(params);
  return (
    <div className={styles.views} role="group" aria-label={views.label}>
      {(['pictures', 'table'] as const).map((value) => {
        const Icon = value === 'pictures' ? LayoutGrid : Rows3;
        return (
          <Button
            key={value}
            kind="quiet"
            square
            aria-label={views[value]}
            title={views[value]}
            aria-pressed={view === value}
            onClick={() => onChange({ view: value })}
          >
            <Icon aria-hidden="true" />
          </Button>
        );
      })}
    </div>
  );
}
