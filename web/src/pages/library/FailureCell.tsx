/**
 * Why a content failed, and the way to try again.
 *
 * @module
 */
import { RotateCw } from 'lucide-react';
import type { Content } from 'fovea/client';
import { Button } from '../../components/Button.tsx';
import { texts } from '../../texts.ts';
import styles from './ContentTable.module.css';
import { groupFailures, useFailures } from './failures.ts';

export function FailureCell({
  content,
  onRetry,
}: {
  readonly content: Content;
  readonly onRetry: (content: Content) => void;
}) {
  const tasks = useFailures(content.contentId);
  const words = texts.library;
  return (
    <td className={styles.failure}>
      <div>
        <ul>
          {groupFailures(tasks ?? []).map(({ error, code, steps }) => (
            <li key={`${code} ${error}`}>
              {error ?? words.unknownReason}
              <small>
                {steps.map((step) => step ?? words.reading).join(', ')}
                {code !== null && <code>{code}</code>}
              </small>
            </li>
          ))}
        </ul>
        <Button kind="quiet" aria-label={words.retryOne(content.name)} onClick={() => onRetry(content)}>
          <RotateCw aria-hidden="true" />
          {words.retry}
        </Button>
      </div>
    </td>
  );
}
