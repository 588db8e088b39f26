/**
 * How far a policy is.
 *
 * @module
 */
import type { PolicyProgress } from 'fovea/client';
import { texts } from '../../texts.ts';
import type { PolicyNode } from './flow.ts';
import styles from './progress.module.css';
import tables from './tables.module.css';

/** Contents that a policy has to do with. */
export function totalOf({ waiting, running, done, failed }: PolicyProgress): number {
  return waiting + running + done + failed;
}

/** A bar of what is done and what has failed. Its numbers stand beside it. */
export function Extent({ progress }: { readonly progress: PolicyProgress | undefined }) {
  const total = progress === undefined ? 0 : Math.max(1, totalOf(progress));
  return (
    <span className={styles.extent} aria-hidden="true">
      {progress !== undefined && (
        <>
          <span className={styles.done} style={{ width: `${(100 * progress.done) / total}%` }} />
          <span className={styles.failed} style={{ width: `${(100 * progress.failed) / total}%` }} />
        </>
      )}
    </span>
  );
}

/** In one word: in use, being built, or what holds it up. */
export function StateChip({ node: { policy, progress, next } }: { readonly node: PolicyNode }) {
  const words = texts.pipelines.policy;
  if (policy.waitingFor !== undefined || next?.policy.waitingFor !== undefined)
    return (
      <span className={tables.chip} data-state="waiting">
        {words.waits}
      </span>
    );
  if ((progress?.failed ?? 0) > 0)
    return (
      <span className={tables.chip} data-state="failed">
        {words.counts({ waiting: 0, running: 0, failed: progress?.failed ?? 0 })}
      </span>
    );
  if (policy.state === 'building' || next !== undefined)
    return (
      <span className={tables.chip} data-state="waiting">
        {words.building}
      </span>
    );
  if (progress !== undefined && progress.waiting + progress.running > 0)
    return <span className={tables.chip}>{words.count.running}</span>;
  return (
    <span className={tables.chip} data-state="done">
      {words.active}
    </span>
  );
}
