/**
 * Graph → YAML, in Indexify's spelling; `parseGraph` reads it back as the same graph.
 *
 * @module
 */
import { stringify } from 'yaml';
import type { GraphSpec, LabelFilter, PolicySpec } from '../contract/index.ts';
import { canonicalJson } from './canonical.ts';
import { formatFilter, parseFilter } from './filter.ts';

/** YAML text that ends with a line break. */
export function formatGraph({ name, description, policies }: GraphSpec): string {
  const document = {
    name,
    ...(description === undefined ? {} : { description }),
    extraction_policies: policies.map(policyDocument),
  };
  return stringify(document, { lineWidth: 0, aliasDuplicateObjects: false });
}

function policyDocument({ extractor, name, contentSource, params, filter }: PolicySpec): Record<string, unknown> {
  return {
    extractor,
    name,
    ...(contentSource === undefined ? {} : { content_source: contentSource }),
    ...(Object.keys(params).length === 0 ? {} : { input_params: params }),
    ...(filter.length === 0 ? {} : { filter: filter.map(filterDocument) }),
  };
}

/** A text where that reads back as the same condition, else a map (keys that hold an operator). */
function filterDocument(filter: LabelFilter): string | LabelFilter {
  const text = formatFilter(filter);
  try {
    return canonicalJson(parseFilter(text)) === canonicalJson(filter) ? text : filter;
  } catch {
    return filter;
  }
}
