/**
 * What goes wrong between here and a server of the web, as sentences. They name no address that a name led to: who asks is
 * not always somebody who may know this network.
 *
 * @module
 */
import { FoveaError, UnreadableUrlError } from '../contract/index.ts';

const REASONS: readonly (readonly [code: RegExp, reason: string])[] = [
  [/^ENOTFOUND$/, 'there is no host of that name'],
  [/^EAI_/, "its host's name can't be looked up now; try again later"],
  [/^ECONNREFUSED$/, 'its server takes no connections'],
  [/^(ECONNRESET|EPIPE)$/, 'the connection broke before all of it had come; try again'],
  [/^(EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|ETIMEDOUT)$/, "its server can't be reached from here"],
  [/^HPE_/, 'its server breaks the rules of HTTP'],
  [/^(CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_TLS_CERT_)/, "its server's certificate is not trusted"],
  [/^(ERR_SSL_|ERR_TLS_|EPROTO$)/, 'no encrypted connection to its server comes about'],
];

/** An error of Node's as one for people; those that are already come back as they are. */
export function urlProblem(url: string, error: unknown): Error {
  if (error instanceof FoveaError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'no code';
  const reason = REASONS.find(([pattern]) => pattern.test(code))?.[1] ?? "its server can't be talked to";
  return new UnreadableUrlError(url, `${reason} (${code})`, undefined, { cause: error });
}
