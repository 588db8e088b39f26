/**
 * `fovea/ai`: the tools for the AI SDK (`ai`, majors 6 and 7), each as its `tool()` would make it.
 *
 *     const { text } = await generateText({ model, tools: foveaTools(connect(url)), stopWhen: stepCountIs(5), prompt });
 *
 * @module
 */
import type { z } from 'zod';
import type { FoveaClient } from '../client/index.ts';
import { encodeBase64 } from '../contract/index.ts';
import { DATA_RULE, type FoveaTool, type ToolName, tools, type ToolResult } from '../tools/index.ts';

/** What a call gives to the program; the model gets `toModelOutput` of it. */
export type FoveaToolOutput =
  | { readonly type: 'value'; readonly value: unknown }
  /** WebP in base64. */
  | { readonly type: 'picture'; readonly data: string; readonly mediaType: string; readonly name: string };

/** What the AI SDK is to hand to a model. */
export type ModelOutput =
  | { readonly type: 'text'; readonly value: string }
  | {
      readonly type: 'content';
      readonly value: (
        | { readonly type: 'text'; readonly text: string }
        | { readonly type: 'image-data'; readonly data: string; readonly mediaType: string }
      )[];
    };

/** A tool as the AI SDK takes it. */
export interface FoveaAiTool {
  readonly description: string;
  readonly inputSchema: z.ZodObject;
  /** @throws FoveaError, whose message the SDK tells the model. */
  execute(input: unknown, options?: { readonly abortSignal?: AbortSignal | undefined }): Promise<FoveaToolOutput>;
  toModelOutput(call: { readonly output: FoveaToolOutput }): ModelOutput;
}

/**
 * The tools for a library, by name: search, sql, schema, picture, ask. None of them changes anything. What they give was partly
 * written by strangers: a model that may also act on other things should ask before it does.
 */
export function foveaTools(client: FoveaClient): Record<ToolName, FoveaAiTool> {
  const all = tools.map((tool) => [tool.name, aiTool(client, tool)]);
  return Object.fromEntries(all) as Record<ToolName, FoveaAiTool>;
}

function aiTool(client: FoveaClient, { description, input, run }: FoveaTool): FoveaAiTool {
  return {
    description: `${description} ${DATA_RULE}`,
    inputSchema: input,
    execute: async (given, { abortSignal } = {}) =>
      outputOf(await run(client, input.parse(given), { signal: abortSignal })),
    toModelOutput: ({ output }) => modelOutput(output),
  };
}

function outputOf(result: ToolResult): FoveaToolOutput {
  if ('value' in result) return { type: 'value', value: result.value };
  const { bytes, mimeType, name } = result.picture;
  return { type: 'picture', data: encodeBase64(bytes), mediaType: mimeType, name };
}

function modelOutput(output: FoveaToolOutput): ModelOutput {
  if (output.type === 'value') return { type: 'text', value: JSON.stringify(output.value) };
  const { data, mediaType, name } = output;
  return {
    type: 'content',
    value: [
      { type: 'text', text: JSON.stringify({ name }) },
      { type: 'image-data', data, mediaType },
    ],
  };
}
