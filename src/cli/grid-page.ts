/**
 * A grid of hits as one HTML page: thumbnails are inside it, boxes lie over them.
 *
 * @module
 */
import type { BoundingBox } from '../contract/index.ts';

export interface PagePicture {
  /** WebP; undefined where there is none. */
  readonly bytes: Uint8Array | undefined;
  readonly width: number;
  readonly height: number;
  /** In pixels of `width` × `height`. */
  readonly boxes: readonly BoundingBox[];
  readonly caption: readonly string[];
}

export interface GridPage {
  readonly title: string;
  readonly subtitle: string;
  readonly query: PagePicture | undefined;
  readonly pictures: readonly PagePicture[];
}

export function gridPage({ title, subtitle, query, pictures }: GridPage): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escape(title)} · Fovea</title>
<style>
  :root { color-scheme: light dark; --surface: #f7f7f6; --lost: #dfdfdc; --text: #1c1c1b; --quiet: #62625f; }
  @media (prefers-color-scheme: dark) { :root { --surface: #151514; --lost: #353533; --text: #ededeb; --quiet: #a3a39f; } }
  body { margin: 24px; font: 15px/1.4 system-ui, sans-serif; color: var(--text); background: var(--surface); }
  h1 { margin: 0; font-size: 18px; font-weight: 650; }
  p { margin: 4px 0 16px; font-size: 13px; color: var(--quiet); }
  main { display: flex; flex-wrap: wrap; gap: 4px; }
  figure { margin: 0; }
  .picture { position: relative; display: block; height: 220px; border-radius: 4px; overflow: hidden; background: var(--lost); }
  .query .picture { height: 160px; width: max-content; }
  .query { margin-bottom: 16px; }
  img { display: block; height: 100%; }
  svg { position: absolute; inset: 0; width: 100%; height: 100%; }
  rect { fill: none; stroke: #ff3b30; stroke-width: 2px; vector-effect: non-scaling-stroke; }
  figcaption { width: 0; min-width: 100%; padding: 2px 0 10px; font-size: 12px; }
  figcaption span { display: block; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
  figcaption span + span { color: var(--quiet); }
</style>
<h1 dir="auto">${escape(title)}</h1>
<p>${escape(subtitle)}</p>
${query === undefined ? '' : `<div class="query">${tile(query)}</div>`}
<main>
${pictures.map(tile).join('\n')}
</main>
</html>
`;
}

function tile({ bytes, width, height, boxes, caption }: PagePicture): string {
  const shapes = boxes.map(
    ({ xmin, ymin, xmax, ymax }) => `<rect x="${xmin}" y="${ymin}" width="${xmax - xmin}" height="${ymax - ymin}"/>`,
  );
  const overlay =
    shapes.length === 0
      ? ''
      : `<svg viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" aria-hidden="true">${shapes.join('')}</svg>`;
  const picture =
    bytes === undefined ? '' : `<img src="data:image/webp;base64,${Buffer.from(bytes).toString('base64')}" alt="">`;
  const lines = caption
    .filter((text) => text !== '')
    .map((text) => `<span title="${escape(text)}">${escape(text)}</span>`);
  return `<figure><div class="picture" style="aspect-ratio: ${width} / ${height}">${picture}${overlay}</div><figcaption>${lines.join('')}</figcaption></figure>`;
}

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
