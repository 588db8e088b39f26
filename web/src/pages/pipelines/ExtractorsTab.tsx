/**
 * Extractors that graphs can name: parameters, what they take, what they write.
 *
 * @module
 */
import { useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import type { ExtractorInfo } from 'fovea/client';
import { useFovea } from '../../api/fovea.tsx';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { texts } from '../../texts.ts';
import styles from './ExtractorsTab.module.css';
import { OutputTable } from './OutputTable.tsx';
import { parametersOf } from './parameters.ts';
import { extractorsQuery } from './queries.ts';
import tables from './tables.module.css';

const words = texts.pipelines.extractors;

export function ExtractorsTab() {
  const { extractor: opened } = useSearch({ from: '/$namespace/pipelines' });
  const { data, error, refetch } = useQuery(extractorsQuery(useFovea()));
  if (error !== null && data === undefined) return <ErrorNotice error={error} onRetry={() => void refetch()} />;
  return (
    <div className={styles.list}>
      {data?.map((extractor) => (
        <Extractor key={extractor.name} extractor={extractor} open={extractor.name === opened} />
      ))}
    </div>
  );
}

function Extractor({ extractor, open }: { readonly extractor: ExtractorInfo; readonly open: boolean }) {
  const { name, version, summary, aliases, accepts, output, model, waitingFor } = extractor;
  return (
    <details className={styles.extractor} open={open}>
      <summary>
        <h2>{name}</h2>
        <span className={styles.version}>{words.version(version)}</span>
        <span className={styles.summary}>{summary}</span>
      </summary>
      <div className={styles.body}>
        {waitingFor !== undefined && <p className={styles.waiting}>{waitingFor}</p>}
        <dl className={styles.facts}>
          <Fact name={words.accepts} value={accepts.length === 0 ? words.nothing : accepts.join(', ')} />
          {model !== undefined && <Fact name={words.model} value={model} />}
          {aliases.length > 0 && <Fact name={words.aliases} value={aliases.join(', ')} />}
        </dl>
        <h3>{words.parameters}</h3>
        <Parameters extractor={extractor} />
        <h3>{words.outputs}</h3>
        {output === undefined ? (
          <p className={tables.note}>{words.unknownOutput}</p>
        ) : Object.keys({ ...output.columns, ...output.vectors }).length === 0 ? (
          <p className={tables.note}>{words.nothing}</p>
        ) : (
          <OutputTable output={output} />
        )}
      </div>
    </details>
  );
}

function Fact({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function Parameters({ extractor }: { readonly extractor: ExtractorInfo }) {
  const parameters = parametersOf(extractor.params);
  if (parameters.length === 0) return <p className={tables.note}>{words.noParameters}</p>;
  return (
    <div className={tables.scroll} tabIndex={0} role="region" aria-label={words.parameters}>
      <table className={tables.table}>
        <thead>
          <tr>
            <th scope="col">{words.parameter.name}</th>
            <th scope="col">{words.parameter.type}</th>
            <th scope="col">{words.parameter.default}</th>
            <th scope="col">{words.parameter.description}</th>
          </tr>
        </thead>
        <tbody>
          {parameters.map(({ name, type, range, fallback, required, description }) => (
            <tr key={name}>
              <th scope="row">
                <code>{name}</code>
              </th>
              <td>
                {type}
                {range !== undefined && <small>{range}</small>}
              </td>
              <td>{required ? words.required : fallback !== undefined && <code>{fallback}</code>}</td>
              <td className={tables.wide}>{description}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
