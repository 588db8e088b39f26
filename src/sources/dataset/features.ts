/**
 * What Hugging Face's `datasets` library writes into a Parquet file about its columns: which hold pictures, and the names
 * of classes whose values are numbers.
 *
 * https://huggingface.co/docs/datasets/about_dataset_features
 *
 * @module
 */

/** One feature, or features by name; as JSON says it. */
export type Feature = Readonly<Record<string, unknown>> | readonly unknown[];

/** Features by column, of the value of the key `huggingface` in a file's metadata; empty where it says none. */
export function readFeatures(text: string | undefined): Readonly<Record<string, Feature>> {
  if (text === undefined) return {};
  try {
    const features: unknown = (JSON.parse(text) as { info?: { features?: unknown } } | null)?.info?.features;
    if (!isRecord(features)) return {};
    const entries = Object.entries(features).filter(([, feature]) => isRecord(feature) || Array.isArray(feature));
    return Object.fromEntries(entries) as Record<string, Feature>;
  } catch {
    return {};
  }
}

/** `Image`, `ClassLabel`, `Sequence`, …; undefined for lists and objects of features. */
export function featureType(feature: Feature | undefined): string | undefined {
  return isRecord(feature) && typeof feature['_type'] === 'string' ? feature['_type'] : undefined;
}

/** The value with names in place of the numbers of classes, at any depth. A number without a name (-1) becomes null. */
export function nameClasses(value: unknown, feature: unknown): unknown {
  if (value === null || value === undefined || feature === undefined) return value;
  if (Array.isArray(feature)) return Array.isArray(value) ? value.map((item) => nameClasses(item, feature[0])) : value;
  if (!isRecord(feature)) return value;
  if (feature['_type'] === 'ClassLabel' && Array.isArray(feature['names'])) {
    return typeof value === 'number' || typeof value === 'bigint' ? (feature['names'][Number(value)] ?? null) : value;
  }
  const inner = feature['_type'] === undefined ? feature : feature['feature'];
  if (Array.isArray(value)) return value.map((item) => nameClasses(item, inner));
  if (!isRecord(value) || !isRecord(inner) || value instanceof Uint8Array) return value;
  const listed = feature['_type'] !== undefined;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, nameClasses(item, listed ? [inner[key]] : inner[key])]),
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
