/**
 * The names that an extractor answers to: its own and its aliases, as Indexify's hub, its SDK and its worker wrote them.
 *
 *     image/yolo   hub://image/yolo   tensorlake/yolo-extractor
 *     yolo_extractor:YoloExtractor   indexify_extractors.yolo.yolo_extractor:YoloExtractor
 *
 * @module
 */
import { closestName } from './closest-name.ts';
import { absentHubExtractor } from './indexify-hub.ts';

/** What has such names; an `ExtractorInfo` is one. */
export interface NamedExtractor {
  readonly name: string;
  readonly aliases: readonly string[];
}

/** Modules and a class of Python; which folder the module lay in differed between releases. */
const PYTHON_CLASS = /^(?:[\w-]+\.)*([\w-]+:\w+)$/;

/** A name without what only says where it was written: two names of one extractor are equal then, or both its aliases. */
export function bareExtractorName(name: string): string {
  return name.replace(/^hub:\/\//, '').replace(PYTHON_CLASS, '$1');
}

/** The extractor of that name or alias; its own name goes before another's alias. */
export function extractorNamed<T extends NamedExtractor>(name: string, extractors: readonly T[]): T | undefined {
  const bare = bareExtractorName(name);
  const is = (each: string): boolean => bareExtractorName(each) === bare;
  return extractors.find((each) => is(each.name)) ?? extractors.find((each) => each.aliases.some(is));
}

/**
 * What would help who named an extractor that there is none of: what Indexify's hub had by that name and what comes
 * nearest, or the known name that looks most like it; undefined where there is nothing to say.
 */
export function unknownExtractorHint(name: string, extractors: readonly NamedExtractor[]): string | undefined {
  const known = absentHubExtractor(name);
  if (known !== undefined) {
    const nearest = known.nearest === undefined ? '' : `; nearest is ${known.nearest}`;
    return `Indexify's hub had it for ${known.purpose}, and Fovea has no equal of it yet${nearest}`;
  }
  const names = extractors.flatMap((each) => [each.name, ...each.aliases]);
  const closest = closestName(bareExtractorName(name), names);
  return closest === undefined ? undefined : `did you mean "${closest}"?`;
}
