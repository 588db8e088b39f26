/**
 * Hits as one HTML page that needs no server: thumbnails are inside it.
 *
 * @module
 */
import type { FoveaClient } from '../client/index.ts';
import type { Hit, SearchResponse } from '../contract/index.ts';

/** @param title What was asked, for people. */
export async function gridPage(client: FoveaClient, title: string, { hits, total }: SearchResponse): Promise<string> {
  const tiles = await Promise.all(hits.map((hit) => tile(client, hit)));
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escape(title)} · Fovea</title>
<style>
  body { margin: 24px; font: 15px/1.4 system-ui, sans-serif; color: #1c1c1c; background: #f6f6f5; }
  h1 { font-size: 18px; font-weight: 650; }
  main { display: flex; flex-wrap: wrap; gap: 4px; }
  figure { margin: 0; }
  img { display: block; height: 220px; border-radius: 4px; background: #ddd; }
  figcaption { font-size: 12px; max-width: 320px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; padding: 2px 0 10px; }
  @media (prefers-color-scheme: dark) { body { color: #eee; background: #161616; } }
</style>
<h1>${escape(title)}</h1>
<p>${hits.length} of ${total}</p>
<main>
${tiles.join('\n')}
</main>
</html>
`;
}

async function tile(client: FoveaClient, { contentId, name, similarity, width, height }: Hit): Promise<string> {
  const source = await thumbnail(client, contentId);
  const size = width === null || height === null ? '' : ` style="aspect-ratio: ${width} / ${height}"`;
  const caption = similarity === null ? escape(name) : `${escape(name)} · ${similarity.toFixed(3)}`;
  return `<figure title="${escape(contentId)}"><img src="${source}" alt="${escape(name)}"${size}><figcaption>${caption}</figcaption></figure>`;
}

/** A data URL; empty where there is no thumbnail, so that one lost file does not lose the page. */
async function thumbnail(client: FoveaClient, contentId: string): Promise<string> {
  try {
    const file = await client.thumbnail(contentId, { side: 320 });
    return `data:image/webp;base64,${Buffer.from(await file.bytes()).toString('base64')}`;
  } catch {
    return 'data:,';
  }
}

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
