/**
 * Files as replies: entity tags, conditional and partial requests (RFC 9110 §13, §14), caching (RFC 8246), names
 * (RFC 6266), and what keeps a hostile file harmless: no sniffing, and a sandbox for whatever could run.
 *
 * @module
 */
import { parseRange } from './range.ts';
import type { ServedFile } from './services.ts';

export interface FileReplyOptions {
  /** Entity tag that the address names (`?v=`). */
  readonly v?: string | undefined;
  /** Answer as a download. */
  readonly download?: boolean;
}

/** Types that a browser only paints or plays. */
const INERT = /^(image|video|audio)\/(?!svg)[\w.+-]+$/;
/** Runs scripts where it is opened by itself; in a page's picture it doesn't. */
const SVG = 'image/svg+xml';

/** A document without rights: no scripts, no forms, no network, an origin of its own. */
const SANDBOX = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; sandbox";

/** Answers a GET or HEAD of `file`. */
export function fileReply(
  request: Request,
  file: ServedFile,
  { v, download = false }: FileReplyOptions = {},
): Response {
  const etag = `"${file.etag}"`;
  const headers = new Headers({
    ETag: etag,
    'Accept-Ranges': 'bytes',
    'Cache-Control': isPinned(v, file.etag) ? 'private, max-age=31536000, immutable' : 'private, no-cache',
  });
  if (matches(request.headers.get('if-none-match'), etag)) return new Response(null, { status: 304, headers });

  const isInert = INERT.test(file.mimeType);
  headers.set('Content-Type', isInert || file.mimeType === SVG ? file.mimeType : 'application/octet-stream');
  headers.set('Content-Disposition', contentDisposition(download || !isInert ? 'attachment' : 'inline', file.name));
  if (!isInert) headers.set('Content-Security-Policy', SANDBOX);

  const ifRange = request.headers.get('if-range');
  const asked = ifRange === null || ifRange === etag ? request.headers.get('range') : null;
  const range = parseRange(asked, file.sizeBytes);
  if (range === 'unsatisfiable') {
    headers.set('Content-Range', `bytes */${file.sizeBytes}`);
    return new Response(null, { status: 416, headers });
  }
  // Hono answers HEAD through GET and drops the body, which would leave the file open.
  const isHead = request.method === 'HEAD';
  if (range === 'whole') {
    headers.set('Content-Length', String(file.sizeBytes));
    return new Response(isHead ? null : file.open(), { status: 200, headers });
  }
  headers.set('Content-Length', String(range.end - range.start + 1));
  headers.set('Content-Range', `bytes ${range.start}-${range.end}/${file.sizeBytes}`);
  return new Response(isHead ? null : file.open(range), { status: 206, headers });
}

/** `inline; filename="ascii"; filename*=UTF-8''…`, without anything that would end the header or leave a folder. */
export function contentDisposition(type: 'inline' | 'attachment', name: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what must go
  const safe = (name.split(/[/\\]/).at(-1) ?? '').replaceAll(/[\u0000-\u001f\u007f]/g, '').slice(0, 200) || 'file';
  const ascii = safe.replaceAll(/[^\u0020-\u007e]|["%]/g, '_');
  const encoded = encodeURIComponent(Buffer.from(safe).toString()).replaceAll(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `${type}; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}

/** Whether an address names the bytes themselves: `v` is the tag, or its part before a `-`. */
function isPinned(v: string | undefined, etag: string): boolean {
  return v !== undefined && v !== '' && (v === etag || etag.startsWith(`${v}-`));
}

/** Whether an If-None-Match header lists the tag; weak comparison. */
function matches(header: string | null, etag: string): boolean {
  if (header === null) return false;
  return header.split(',').some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === etag);
}
