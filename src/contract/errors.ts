/**
 * Errors that a person meets. Each has a stable `code`, and its facts as fields, which travel in the JSON of a reply:
 * `{ code, message, …facts }`. Messages read: Cannot + action + "value": why, and what would help.
 *
 * @module
 */

/** Conditions a user can meet; programming mistakes are `TypeError` and `RangeError`. */
export abstract class FoveaError extends Error {
  /** Stable, snake_case; documented, tested and translated by clients. */
  abstract readonly code: string;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }

  /** The error's own fields without `code`, `message`, `cause` and `name`, for JSON replies and logs. */
  facts(): Record<string, unknown> {
    const {
      code: _code,
      name: _name,
      message: _message,
      cause: _cause,
      stack: _stack,
      ...facts
    } = this as FoveaError & {
      cause?: unknown;
    };
    return facts;
  }

  toJSON(): Record<string, unknown> {
    return { code: this.code, message: this.message, ...this.facts() };
  }
}

/** An argument, a file or a body that doesn't have the form it should have. */
export class InvalidInputError extends FoveaError {
  readonly code = 'invalid_input';
  /** What is wrong, one entry a fault, with where it was found. */
  readonly issues: readonly InputIssue[];

  constructor(message: string, issues: readonly InputIssue[] = [], options?: ErrorOptions) {
    super(message, options);
    this.issues = issues;
  }
}

/** One fault of an input. */
export interface InputIssue {
  /** Dotted path into the value, e.g. `extraction_policies.0.extractor`; empty for the whole. */
  readonly path: string;
  readonly message: string;
  /** Line of the text it came from, counting from 1, where there is one. */
  readonly line?: number;
  /** Where in that line it begins, counting UTF-16 units from 1. */
  readonly column?: number;
}

/** Names that a sentence holds. */
const MOST_NAMES = 20;

/** Something that was named does not exist. */
export class NotFoundError extends FoveaError {
  readonly code = 'not_found';
  /** `content`, `graph`, `policy`, `index`, `namespace`, `extractor`, `model`, … */
  readonly kind: string;
  readonly id: string;
  /** Names that do exist, where the list is short. */
  readonly known: readonly string[];

  constructor(kind: string, id: string, known: readonly string[] = [], hint?: string) {
    const names = known.slice(0, MOST_NAMES).map((name) => `"${name}"`);
    const more = known.length > MOST_NAMES ? ` and ${known.length - MOST_NAMES} more` : '';
    const list = names.length > 0 ? `known: ${names.join(', ')}${more}` : `there is no ${kind} yet`;
    super(`Cannot find ${kind} "${id}": ${hint ?? list}`);
    this.kind = kind;
    this.id = id;
    this.known = known;
  }
}

/** The state of things forbids it now: a name is taken, something is in use, a newer version exists. */
export class ConflictError extends FoveaError {
  readonly code = 'conflict';
}

/** The caller has no right to it. */
export class ForbiddenError extends FoveaError {
  readonly code = 'forbidden';
}

/** Something Fovea needs can't be had at the moment: a model, a host, the database. Trying again may work. */
export class UnavailableError extends FoveaError {
  readonly code: string = 'unavailable';
}

/** No room is left where Fovea writes, on its own disk or its database's. It works again by itself once there is. */
export class StorageFullError extends UnavailableError {
  override readonly code = 'storage_full';
  /** Below it nothing can be written; undefined where only the database knows. */
  readonly folder: string | undefined;
  /** What is left to this user on the folder's file system, where that is known. */
  readonly freeBytes: number | undefined;

  constructor(
    message: string,
    facts: { folder?: string | undefined; freeBytes?: number | undefined } = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.folder = facts.folder;
    this.freeBytes = facts.freeBytes;
  }
}

/** The caller asks more often than the server answers. */
export class RateLimitError extends UnavailableError {
  override readonly code = 'rate_limited';
  /** Until then asking again is of no use. */
  readonly retryAfterSeconds: number;

  constructor(message: string, retryAfterSeconds: number) {
    super(message);
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** A statement or a request took longer than its limit and was ended. */
export class TimeoutError extends FoveaError {
  readonly code = 'timeout';
  readonly limitMs: number;

  constructor(action: string, limitMs: number, hint?: string) {
    super(`Cannot ${action}: it took longer than ${limitMs} ms and was ended${hint === undefined ? '' : `; ${hint}`}`);
    this.limitMs = limitMs;
  }
}

/** A limit on size, count or memory was met. */
export class LimitError extends FoveaError {
  readonly code = 'limit';
}

/** A picture that can't be read. `reason` is for people and names the format; stored with the failed task. */
export class UnreadableImageError extends FoveaError {
  readonly code = 'unreadable_image';
  /** The format its bytes say it is, e.g. `image/jpeg`, or undefined where they say nothing. */
  readonly format: string | undefined;

  constructor(reason: string, format?: string, options?: ErrorOptions) {
    super(`Cannot read picture: ${reason}`, options);
    this.format = format;
  }
}

/** A video that can't be read. `reason` is for people; stored with the failed task. */
export class UnreadableVideoError extends FoveaError {
  readonly code = 'unreadable_video';
  /** The format its bytes say it is, e.g. `video/mp4`. */
  readonly format: string | undefined;

  constructor(reason: string, format?: string, options?: ErrorOptions) {
    super(`Cannot read video: ${reason}`, options);
    this.format = format;
  }
}

/** A program that is not Fovea's is missing on this machine; tasks that need it wait. */
export class ProgramUnavailableError extends UnavailableError {
  override readonly code = 'program_unavailable';
  /** As it was called. */
  readonly program: string;

  constructor(program: string, reason: string, options?: ErrorOptions) {
    super(`Cannot run "${program}": ${reason}`, options);
    this.program = program;
  }
}

/** A picture of the web that can't be had: its server doesn't answer, answers otherwise, or sends no picture. */
export class UnreadableUrlError extends FoveaError {
  readonly code = 'unreadable_url';
  readonly url: string;
  /** The HTTP status, where that is the reason. */
  readonly status: number | undefined;

  constructor(url: string, reason: string, status?: number, options?: ErrorOptions) {
    super(`Cannot add "${url}": ${reason}`, options);
    this.url = url;
    this.status = status;
  }
}

/** A model's files are missing and can't be fetched; tasks that need it wait. */
export class ModelUnavailableError extends UnavailableError {
  override readonly code = 'model_unavailable';
  /** The model as it was asked for: a card's name, a repository or a folder. */
  readonly model: string;

  constructor(model: string, reason: string) {
    super(`Cannot load model "${model}": ${reason}`);
    this.model = model;
  }

  /** @param sentence All that there is to say: what was told already of why the model can't be had. */
  static told(model: string, sentence: string): ModelUnavailableError {
    const error = new ModelUnavailableError(model, '');
    error.message = sentence;
    return error;
  }
}

/**
 * A model behind somebody else's server can't be asked now, or may not be, whatever it was to be asked: nobody answers, a key is
 * refused, a ceiling on cost is reached. Tasks that need it wait, as for a model whose files are missing.
 */
export class EndpointUnavailableError extends UnavailableError {
  override readonly code = 'model_unavailable';
}

/** A SQL statement that the door refuses or the database rejects. */
export class SqlError extends FoveaError {
  readonly code = 'sql';
  /** SQLSTATE where the database said it. */
  readonly sqlState: string | undefined;
  /** Character offset into the statement, counting from 0, where known. */
  readonly position: number | undefined;

  constructor(
    message: string,
    facts: { sqlState?: string | undefined; position?: number | undefined } = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.sqlState = facts.sqlState;
    this.position = facts.position;
  }
}

/** A question in words, where nobody has said which language model to ask. It can be put in SQL. */
export class NotConfiguredError extends FoveaError {
  readonly code = 'not_configured';
  /** What SQL sees: each table as a `create table` would look. */
  readonly tables: readonly string[];
  /** Statements that work on these tables. */
  readonly examples: readonly string[];

  constructor(tables: readonly string[], examples: readonly string[]) {
    super(
      'Cannot answer in words: no language model is configured; start Fovea with FOVEA_LLM_URL and FOVEA_LLM_MODEL (any server that speaks the chat API of OpenAI, also Ollama or vLLM on your machine), or ask in SQL',
    );
    this.tables = tables;
    this.examples = examples;
  }
}

/** A question for which the language model wrote no statement that runs. */
export class UnansweredError extends FoveaError {
  readonly code = 'unanswered';
  /** What it wrote, and why that did not run. */
  readonly refused: readonly { readonly sql: string; readonly code: string; readonly message: string }[];

  constructor(message: string, refused: UnansweredError['refused'] = [], options?: ErrorOptions) {
    super(message, options);
    this.refused = refused;
  }
}
