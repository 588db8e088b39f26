/**
 * What every data set looks like to the code that loads it, whatever it lies in: groups of rows that can be skipped,
 * and rows of values with a picture, boxes and vectors.
 *
 * @module
 */

export type DatasetKind = 'parquet' | 'coco' | 'csv' | 'jsonl' | 'npy';

export interface DatasetOptions {
  /** The column with the picture; absent: found by its type, else by its name; null: pictures are not wanted. */
  readonly image?: string | null | undefined;
  /** The column with the boxes; COCO has its own. */
  readonly boxes?: string | undefined;
  /** Columns with vectors. */
  readonly vectors?: readonly string[] | undefined;
  /** Further columns whose values are wanted; absent: all. Others are not read where the format allows that. */
  readonly columns?: readonly string[] | undefined;
}

/** A data set that was opened and found readable as far as its head tells. */
export interface Dataset {
  /** Of the file or folder, without its extension; the repository's name for one of the hub. */
  readonly name: string;
  readonly kind: DatasetKind;
  /** Of all groups; undefined where only reading tells. */
  readonly rows: number | undefined;
  /** The column that the pictures come from, as asked for or found; undefined where there are none. */
  readonly image: string | undefined;
  readonly columns: readonly DatasetColumn[];
  /** In order; a group that is not read costs little. Once at a time. */
  groups(): AsyncIterable<DatasetGroup>;
}

export interface DatasetColumn {
  readonly name: string;
  /** For people: `text`, `integer`, `real`, `boolean`, `timestamp`, `picture`, `real[512]`, `json`, … */
  readonly type: string;
  /** The value of the first row, where the format tells it cheaply; never bytes. */
  readonly sample?: unknown;
}

/** Some hundred or thousand rows: what is resumed by. */
export interface DatasetGroup {
  /** Stays the same while the data set does, e.g. `train-00000.parquet#3`; no two are equal. */
  readonly key: string;
  /** From 0 over the whole data set. */
  readonly firstRow: number;
  /** Of this group. */
  readonly rows: number;
  /** At most once. Fails where the group can't be read: the error names file, group and column. */
  read(): AsyncIterable<DatasetRow>;
}

export interface DatasetRow {
  /** From 0 over the whole data set. */
  readonly row: number;
  /** Why this row alone can't be used; the other fields are then as far as they could be read. */
  readonly problem?: string;
  /** Undefined where the row has none. */
  readonly image?: DatasetImage | undefined;
  /**
   * By column, without the picture, the boxes and the vectors. Texts, finite numbers, booleans, bigints that are no safe
   * integers, ISO 8601 texts for times, arrays and objects of these; null where the row has no value. Bytes are left out.
   */
  readonly values: Readonly<Record<string, unknown>>;
  readonly boxes?: readonly DatasetBox[];
  /** As they were given: of any norm. */
  readonly vectors?: Readonly<Record<string, Float32Array>>;
}

export type DatasetImage =
  | { readonly bytes: Uint8Array; readonly name?: string }
  /** Of a file on this machine, absolute; it need not exist. */
  | { readonly path: string }
  | { readonly url: string };

/** Pixels of the upright picture; `x2` and `y2` are exclusive. */
export interface DatasetBox {
  readonly label: string;
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
  /** In [0, 1], of boxes that a model found. */
  readonly score?: number;
  /** COCO: one box around a crowd of them. */
  readonly crowd?: boolean;
}
