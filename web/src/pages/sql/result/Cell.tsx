/**
 * A value in its cell; what does not fit is opened by a click.
 *
 * @module
 */
import { texts } from '../../../texts.ts';
import { cellText, type Column, isCode, isNumber, wholeText } from './cells.ts';
import styles from './ResultTable.module.css';

export interface OpenCell {
  readonly column: Column;
  readonly value: unknown;
}

export interface CellProps extends OpenCell {
  /** That fit. */
  readonly characters: number;
  readonly onOpen: (cell: OpenCell) => void;
}

export function Cell({ value, column, characters, onOpen }: CellProps) {
  const text = cellText(value, column);
  const number = isNumber(column);
  if (text === null) {
    return (
      <td className={styles.null} data-number={number || undefined}>
        {texts.sql.nothing}
      </td>
    );
  }
  const fits = text.length <= characters && !text.includes('\n');
  return (
    <td data-number={number || undefined} data-code={isCode(column) || undefined}>
      {fits ? (
        <span className={styles.value} title={number ? wholeText(value) : undefined}>
          {text}
        </span>
      ) : (
        <button
          type="button"
          className={styles.value}
          aria-label={texts.sql.result.open(column.name, text)}
          onClick={() => onOpen({ column, value })}
        >
          {text}
        </button>
      )}
    </td>
  );
}
