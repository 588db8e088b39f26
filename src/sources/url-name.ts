/**
 * What a picture of the web is called: the file name that its server gives (RFC 6266), else the last part of its address.
 *
 * @module
 */
import { MIMEType } from 'node:util';

/** As long as file systems let a name be. */
const MAX_CHARACTERS = 255;

/** @param disposition The header `Content-Disposition`, as Node reads it: a character a byte. */
export function urlName(url: URL, disposition: string | undefined): string {
  const segment = url.pathname.split('/').findLast((each) => each !== '') ?? '';
  const given = disposition === undefined ? undefined : fileName(disposition);
  return safeName(given) ?? safeName(percentDecoded(segment) ?? segment) ?? url.hostname;
}

function fileName(disposition: string): string | undefined {
  let parameters: MIMEType['params'];
  try {
    // The header is made as media types are, but for the part before the slash.
    parameters = new MIMEType(`file/${disposition}`).params;
  } catch {
    return undefined;
  }
  const [, encoded] = /^utf-8'[^']*'(.*)$/i.exec(parameters.get('filename*') ?? '') ?? [];
  const extended = encoded === undefined ? undefined : percentDecoded(encoded);
  const plain = parameters.get('filename');
  return extended ?? (plain === null ? undefined : utf8(plain));
}

/** Many servers send UTF-8 where Latin-1 is due. */
function utf8(latin1: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(latin1, 'latin1'));
  } catch {
    return latin1;
  }
}

function percentDecoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** Without folders and control characters; undefined where nothing is left. */
function safeName(name: string | undefined): string | undefined {
  const last =
    name
      ?.split(/[/\\]/)
      .at(-1)
      ?.replaceAll(/\p{Cc}/gu, '')
      .trim() ?? '';
  return last === '' || /^\.+$/.test(last) ? undefined : [...last].slice(0, MAX_CHARACTERS).join('');
}
