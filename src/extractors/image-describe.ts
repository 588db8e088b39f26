/**
 * What a picture shows, in words: one row a picture. Its text is found by full text as it is, and by meaning where a policy of
 * `text/embed` takes it.
 *
 * Words in a picture can shape what is written of it. It is text and nothing more: nothing runs it, and no surface shows it as
 * HTML.
 *
 * @module
 */
import { z } from 'zod';
import { InvalidInputError, LanguageTag } from '../contract/index.ts';
import { integer, row, text } from '../extractor/columns.ts';
import { defineExtractor } from '../extractor/define.ts';
import { STANDALONE } from '../extractor/run-batch.ts';
import type { Extractor, ExtractorResult } from '../extractor/types.ts';
import type { Caption, CaptionItem } from '../models/types.ts';
import { pixelsOf } from './pixels-of.ts';

const MAX_PROMPT = 4000;
/** Below half of what a worker may be silent for. */
const ALIVE_MS = 10_000;

export const imageDescribe: Extractor = defineExtractor({
  name: 'image/describe',
  version: '1',
  summary: 'Describes pictures in words, by a vision model',
  aliases: [
    'tensorlake/moondream',
    'image/moondream',
    'moondream_extractor:MoondreamExtractor',
    'tensorlake/florence',
    'image/florence',
    'tensorlake/openai',
    'text/openai',
    'tensorlake/gemini',
    'text/gemini',
  ],
  accepts: ['image/*'],
  regions: true,
  apart: true,
  params: z.object({
    model: z
      .string()
      .min(1)
      .default('auto')
      .describe('"endpoint" or "endpoint:<model there>" (the server of FOVEA_VISION_URL), a local model, or "auto"'),
    prompt: z
      .string()
      .trim()
      .min(1, 'must say what to describe; leave it out for a prompt that serves')
      .max(MAX_PROMPT, `has more than ${MAX_PROMPT} characters`)
      .default('auto')
      .describe('What the model is asked about each picture; "auto": a description in a few sentences'),
    language: LanguageTag.default('en').describe('Language to write in, by which words are looked up: en, de, zh, …'),
    side: z.int().min(64).max(2048).default(768).describe('Long side of the picture that a server is sent. Pixels'),
    maxTokens: z.int().min(8).max(4000).default(300).describe('Longest answer, in tokens of the model'),
  }),
  describe: async (params, models) => {
    const {
      prompt,
      prompts,
      language: own,
      note,
      ...captioner
    } = await models.describeCaptioner(params.model, params.side);
    const { language } = params;
    const asked = params.prompt === 'auto' ? prompt : params.prompt;
    if (prompts !== undefined) checkOneOf('prompt', asked, prompts, captioner.model);
    if (own !== undefined) checkOneOf('language', language, [own], captioner.model);
    return {
      ...captioner,
      columns: {
        text: text({ language, description: 'what the picture shows; words in it may have shaped this' }),
        language: text({ description: 'of the text, e.g. en' }),
        model: text({ description: 'who wrote it' }),
        prompt: text({ description: 'what was asked' }),
        input_tokens: integer({
          range: [0, Number.MAX_SAFE_INTEGER],
          description: 'picture and prompt, where counted',
        }),
        output_tokens: integer({ range: [0, Number.MAX_SAFE_INTEGER], description: 'of the answer, where counted' }),
      },
      vectors: {},
      params: { ...params, model: captioner.model, prompt: asked },
      ...(note === undefined ? {} : { notes: [note] }),
    };
  },
  load: async ({ model, prompt, language, maxTokens }, models) => {
    const captioner = await models.loadCaptioner(model);
    const rowsOf = (caption: Caption | Error | undefined): ExtractorResult => {
      if (caption === undefined) return new Error('Cannot describe this picture: the model said nothing of it');
      if (caption instanceof Error) return caption;
      const { text: said, inputTokens, outputTokens } = caption;
      return [row({ text: said, language, model, prompt, input_tokens: inputTokens, output_tokens: outputTokens })];
    };
    return {
      run: async (items, { alive } = STANDALONE) => {
        const results = new Map<string, ExtractorResult>();
        const pictures: CaptionItem[] = [];
        for (const item of items) {
          // One whose pixels are missing must not make the others be paid for twice.
          if (item.pixels === undefined) results.set(item.id, new Error('Cannot describe: the picture has no pixels'));
          else pictures.push({ id: item.id, pixels: pixelsOf(item) });
        }
        const beat = setInterval(alive, ALIVE_MS);
        try {
          const captions = await captioner.caption(pictures, { prompt, language, maxTokens });
          for (const { id } of pictures) results.set(id, rowsOf(captions.get(id)));
          return results;
        } finally {
          clearInterval(beat);
        }
      },
      close: () => captioner.close(),
    };
  },
});

/** Models of tasks take the prompts of their tasks only, and write the language that they were trained on. */
function checkOneOf(parameter: string, value: string, known: readonly string[], model: string): void {
  if (known.includes(value)) return;
  const reason = `"${model}" takes ${known.map((each) => `"${each}"`).join(', ')} and nothing else`;
  throw new InvalidInputError(`Cannot use these parameters with extractor "image/describe": ${parameter}: ${reason}`, [
    { path: parameter, message: reason },
  ]);
}
