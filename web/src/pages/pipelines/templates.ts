/**
 * Graphs to begin with. Each is right as it stands and needs no model that does not come with Fovea.
 *
 * @module
 */

export interface Template {
  readonly name: string;
  readonly title: string;
  readonly text: string;
}

export const templates: readonly Template[] = [
  {
    name: 'search',
    title: 'Search by words',
    text: `name: search
extraction_policies:
  - extractor: embedding/clip
    name: meaning
`,
  },
  {
    name: 'things',
    title: 'Objects and their parts',
    text: `name: things
extraction_policies:
  - extractor: image/yolo
    name: objects
    input_params:
      conf: 0.4
  # Embeds the boxes that objects finds.
  - extractor: embedding/clip
    name: parts
    content_source: objects
`,
  },
  {
    name: 'looks',
    title: 'Colours and camera data',
    text: `name: looks
extraction_policies:
  - extractor: image/colors
    name: colors
  - extractor: image/exif
    name: exif
`,
  },
  {
    name: 'albums',
    title: 'Only with a label',
    text: `name: albums
extraction_policies:
  - extractor: image/colors
    name: colors
    filter:
      - album=rome
`,
  },
];

/** The text of a template under a name that no graph has yet. */
export function textOf({ name, text }: Template, taken: ReadonlySet<string>): string {
  let free = name;
  for (let number = 2; taken.has(free); number += 1) free = `${name}-${number}`;
  return text.replace(`name: ${name}\n`, `name: ${free}\n`);
}
