/**
 * What applying a graph does, in words, by policy.
 *
 * @module
 */
import type { GraphChange, PolicyChange } from 'fovea/client';
import { texts } from '../../texts.ts';
import styles from './ChangeList.module.css';

const words = texts.pipelines.change;

export interface ChangeListProps {
  readonly change: GraphChange;
  /** Name of the graph whose text was changed; undefined for a new one. */
  readonly of: string | undefined;
}

export function ChangeList({ change, of }: ChangeListProps) {
  return (
    <div className={styles.change}>
      {change.created && <p>{words.creates(change.graph)}</p>}
      {of !== undefined && of !== change.graph && <p className={styles.warning}>{words.other(change.graph, of)}</p>}
      {!change.created && of === undefined && <p className={styles.warning}>{words.exists(change.graph)}</p>}
      <ul className={styles.policies}>
        {change.policies.map((policy) => (
          <li key={`${policy.graph}.${policy.policy}`} data-action={policy.action}>
            <span className={styles.action}>{words.action[policy.action]}</span>
            <span>
              <strong>{policy.graph === change.graph ? policy.policy : `${policy.graph}.${policy.policy}`}</strong>{' '}
              {effectText(policy)}
              {policy.reasons.length > 0 && <small>{policy.reasons.join('; ')}</small>}
            </span>
          </li>
        ))}
      </ul>
      {change.warnings.length > 0 && (
        <ul className={styles.warnings}>
          {change.warnings.map((warning) => (
            <li key={warning}>{warning}</li>
          ))}
        </ul>
      )}
    </div>
  );
}

function effectText({ action, contents }: PolicyChange): string {
  switch (action) {
    case 'add':
      return words.extracts(contents);
    case 'change':
      return words.again(contents);
    case 'keep':
      return words.kept;
    case 'extra':
      return words.extra;
    case 'remove':
      return words.removed;
  }
}
