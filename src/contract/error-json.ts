/**
 * Errors from their JSON form `{ code, message, …facts }`: the other half of `FoveaError.toJSON()`. They arrive as the
 * class that their code names, so `instanceof NotFoundError` works on both sides of a connection.
 *
 * @module
 */
import {
  ConflictError,
  ForbiddenError,
  FoveaError,
  InvalidInputError,
  LimitError,
  ModelUnavailableError,
  NotConfiguredError,
  NotFoundError,
  ProgramUnavailableError,
  RateLimitError,
  SqlError,
  StorageFullError,
  TimeoutError,
  UnansweredError,
  UnavailableError,
  UnreadableImageError,
  UnreadableUrlError,
  UnreadableVideoError,
} from './errors.ts';

/** An error of the other side whose code names no class here: a fault inside the server, or a newer version's. */
export class RemoteFoveaError extends FoveaError {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

const CLASSES: Readonly<Record<string, (message: string) => FoveaError>> = {
  invalid_input: (message) => new InvalidInputError(message),
  not_found: () => new NotFoundError('', ''),
  conflict: (message) => new ConflictError(message),
  forbidden: (message) => new ForbiddenError(message),
  unavailable: (message) => new UnavailableError(message),
  model_unavailable: () => new ModelUnavailableError('', ''),
  storage_full: (message) => new StorageFullError(message),
  rate_limited: (message) => new RateLimitError(message, 0),
  timeout: () => new TimeoutError('', 0),
  limit: (message) => new LimitError(message),
  unreadable_image: () => new UnreadableImageError(''),
  unreadable_video: () => new UnreadableVideoError(''),
  program_unavailable: () => new ProgramUnavailableError('', ''),
  unreadable_url: () => new UnreadableUrlError('', ''),
  sql: (message) => new SqlError(message),
  not_configured: () => new NotConfiguredError([], []),
  unanswered: (message) => new UnansweredError(message),
};

/** Fields that an error has by itself. */
const OWN = new Set(['code', 'message', 'name', 'stack', 'cause', '__proto__', 'constructor', 'toJSON', 'facts']);

/** The error that `json` tells of, with its message and facts as they were. */
export function errorFromJson(json: {
  readonly code: string;
  readonly message: string;
  readonly [fact: string]: unknown;
}): FoveaError {
  const create = Object.hasOwn(CLASSES, json.code) ? CLASSES[json.code] : undefined;
  const error = create?.(json.message) ?? new RemoteFoveaError(json.code, json.message);
  error.message = json.message;
  for (const [name, value] of Object.entries(json)) {
    if (!OWN.has(name)) Object.assign(error, { [name]: value });
  }
  return error;
}
