/**
 * Statements to begin with, where none was run yet.
 *
 * @module
 */
import { texts } from '../../texts.ts';
import styles from './ExampleCards.module.css';
import type { Example } from './examples.ts';

export interface ExampleCardsProps {
  readonly examples: readonly Example[];
  readonly onChoose: (example: Example) => void;
}

export function ExampleCards({ examples, onChoose }: ExampleCardsProps) {
  return (
    <section className={styles.examples} aria-label={texts.sql.examples.label}>
      <p>{examples.length === 0 ? texts.sql.schema.empty : texts.sql.examples.begin}</p>
      <ul className={styles.list}>
        {examples.map((example) => (
          <li key={example.title}>
            <button type="button" className={styles.card} onClick={() => onChoose(example)}>
              <span>{example.title}</span>
              <code>{example.query}</code>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
