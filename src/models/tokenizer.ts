/**
 * Texts to token ids, with the padding and cutting that each family of models was trained with.
 *
 * - CLIP: start … end, padded to the longest of the batch (the end token is where the tower reads, causal, so padding
 *   behind it changes nothing), cut to 77 with the end token kept.
 * - SigLIP: lower case, no start, always 64 long: cut to 63, then the end token, then padding (part of its meaning).
 *
 * @module
 */
import { z } from 'zod';
import { InvalidInputError } from '../contract/index.ts';
import type { ModelConfig } from './config.ts';
import { parseJsonFile } from './config.ts';

/** One batch: `ids` has `texts.length` rows of `length`. */
interface TokenBatch {
  readonly ids: readonly number[];
  /** 1 for a token, 0 for padding. */
  readonly mask: readonly number[];
  readonly length: number;
}

export type TokenizeBatch = (texts: readonly string[]) => TokenBatch;

/** A token is written as its text, or as an object that holds it. */
const Token = z
  .union([z.string(), z.looseObject({ content: z.string() })])
  .transform((token) => (typeof token === 'string' ? token : token.content))
  .nullish();
const TokenizerConfig = z.looseObject({ eos_token: Token, pad_token: Token, model_max_length: z.number().nullish() });
const TokenizerFile = z.looseObject({
  padding: z.looseObject({ strategy: z.unknown(), pad_id: z.int().nonnegative() }).nullish(),
});

/** Longest text of CLIP models whose configuration doesn't say. */
const CLIP_LENGTH = 77;
/** Length of every text of SigLIP models whose configuration doesn't say. */
const SIGLIP_LENGTH = 64;

interface Pieces {
  /** Ids with the special tokens the tokenizer's template adds, or without. */
  readonly encode: (text: string, special: boolean) => number[];
  /** Without special tokens. */
  readonly decode: (ids: readonly number[]) => string;
  readonly idOf: (token: string | null | undefined) => number | undefined;
  readonly settings: z.output<typeof TokenizerConfig>;
  readonly file: z.output<typeof TokenizerFile>;
}

/** CLIP's rule. `fixedLength` is the graph's own length of texts, where it has one. */
export async function clipTokenizer(
  tokenizerPath: string,
  configPath: string | null,
  { text_config: text }: ModelConfig,
  fixedLength: number | undefined,
): Promise<TokenizeBatch> {
  const { encode, idOf, settings } = await loadPieces(tokenizerPath, configPath);
  const end = idOf(settings.eos_token) ?? text?.eos_token_id ?? undefined;
  const pad = idOf(settings.pad_token) ?? text?.pad_token_id ?? end;
  if (end === undefined || pad === undefined) throw noSpecialToken(tokenizerPath);
  const room = text?.max_position_embeddings ?? CLIP_LENGTH;
  const longest = fixedLength ?? Math.min(settings.model_max_length ?? room, room);
  return (texts) => {
    const rows = texts.map((line) => {
      const ids = encode(line, true);
      return ids.length > longest ? [...ids.slice(0, longest - 1), end] : ids;
    });
    return pack(rows, fixedLength ?? Math.max(1, ...rows.map((ids) => ids.length)), pad);
  };
}

/** SigLIP's rule. */
export async function siglipTokenizer(
  tokenizerPath: string,
  configPath: string | null,
  { text_config: text }: ModelConfig,
  fixedLength: number | undefined,
): Promise<TokenizeBatch> {
  const { encode, idOf, settings, file } = await loadPieces(tokenizerPath, configPath);
  const end = idOf(settings.eos_token ?? '<eos>') ?? text?.eos_token_id ?? undefined;
  const pad = idOf(settings.pad_token) ?? file.padding?.pad_id ?? text?.pad_token_id ?? idOf('<pad>');
  if (end === undefined || pad === undefined) throw noSpecialToken(tokenizerPath);
  const length = fixedLength ?? fixedPadding(file) ?? text?.max_position_embeddings ?? SIGLIP_LENGTH;
  return (texts) => {
    const rows = texts.map((line) => [...encode(line.toLowerCase(), false).slice(0, length - 1), end]);
    return pack(rows, length, pad);
  };
}

/** BERT's rule, and that of multilingual models of its shape: all special tokens of the template, cut with the last one kept. */
export async function bertTokenizer(
  tokenizerPath: string,
  configPath: string | null,
  maxTokens: number,
): Promise<TokenizeBatch> {
  const { encode, idOf, settings, file } = await loadPieces(tokenizerPath, configPath);
  const pad = idOf(settings.pad_token) ?? file.padding?.pad_id ?? idOf('[PAD]') ?? idOf('<pad>') ?? 0;
  return (texts) => {
    const rows = texts.map((line) => {
      const ids = encode(line, true);
      return ids.length > maxTokens ? [...ids.slice(0, maxTokens - 1), ids.at(-1) ?? pad] : ids;
    });
    return pack(rows, Math.max(1, ...rows.map((ids) => ids.length)), pad);
  };
}

/** The pieces of a BERT's vocabulary, and the tokens that a text is framed and divided with. */
export interface BertPieces {
  /** Without special tokens; words keep their pieces wherever they stand. */
  readonly encode: (text: string) => number[];
  readonly start: number;
  readonly end: number;
  /** Ends a phrase. */
  readonly stop: number;
  /** Of letters that the vocabulary has nothing for. */
  readonly unknown: number;
}

export async function bertPieces(tokenizerPath: string, configPath: string | null): Promise<BertPieces> {
  const { encode, idOf } = await loadPieces(tokenizerPath, configPath);
  const [start, end, stop, unknown] = ['[CLS]', '[SEP]', '.', '[UNK]'].map(idOf);
  if (start === undefined || end === undefined || stop === undefined || unknown === undefined)
    throw new InvalidInputError(`Cannot use "${tokenizerPath}": it has no [CLS], [SEP], [UNK] or full stop`);
  return { encode: (text) => encode(text, false), start, end, stop, unknown };
}

/** A text to ids with the template's special tokens, and ids back to a text without them. */
export interface TextCodec {
  encode(text: string): number[];
  decode(ids: readonly number[]): string;
}

export async function textCodec(tokenizerPath: string, configPath: string | null): Promise<TextCodec> {
  const { encode, decode } = await loadPieces(tokenizerPath, configPath);
  return { encode: (text) => encode(text, true), decode };
}

async function loadPieces(tokenizerPath: string, configPath: string | null): Promise<Pieces> {
  const { Tokenizer } = await import('@huggingface/tokenizers');
  const file = await parseJsonFile(tokenizerPath, TokenizerFile);
  const settings = configPath === null ? {} : await parseJsonFile(configPath, TokenizerConfig);
  const raw = await parseJsonFile(tokenizerPath, z.looseObject({}));
  const tokenizer = new Tokenizer(raw, settings);
  return {
    encode: (text, special) => tokenizer.encode(text, { add_special_tokens: special }).ids,
    decode: (ids) => tokenizer.decode([...ids], { skip_special_tokens: true }),
    idOf: (token) => (token === null || token === undefined ? undefined : tokenizer.token_to_id(token)),
    settings,
    file,
  };
}

/** `padding.strategy` is `"BatchLongest"` or `{ "Fixed": 64 }`. */
function fixedPadding(file: z.output<typeof TokenizerFile>): number | undefined {
  return z.looseObject({ Fixed: z.int().positive() }).safeParse(file.padding?.strategy).data?.Fixed;
}

function pack(rows: readonly (readonly number[])[], length: number, pad: number): TokenBatch {
  const ids: number[] = [];
  const mask: number[] = [];
  for (const row of rows) {
    for (let i = 0; i < length; i++) {
      ids.push(row[i] ?? pad);
      mask.push(i < row.length ? 1 : 0);
    }
  }
  return { ids, mask, length };
}

function noSpecialToken(path: string): InvalidInputError {
  return new InvalidInputError(
    `Cannot use "${path}": neither tokenizer_config.json nor config.json names its end and padding tokens`,
  );
}
