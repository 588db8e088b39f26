/**
 * The tools for LangChain's agents (`createAgent`, `bindTools`, LangGraph).
 *
 * @module
 */
import { type StructuredToolInterface, tool as structuredTool } from '@langchain/core/tools';
import type { FoveaClient } from '../client/index.ts';
import { encodeBase64 } from '../contract/index.ts';
import { DATA_RULE, tools } from '../tools/index.ts';

/**
 * The tools for a library: search, sql, schema, picture, ask. None of them changes anything; errors are thrown as FoveaErrors, whose
 * message is for the model. The picture is a content block of type `image`.
 */
export function foveaTools(client: FoveaClient): StructuredToolInterface[] {
  return tools.map(({ name, description, input, run }) =>
    structuredTool(
      async (given, config) => {
        const result = await run(client, given, { signal: config?.signal });
        if ('value' in result) return JSON.stringify(result.value);
        const { bytes, mimeType, name: picture } = result.picture;
        return [
          { type: 'text', text: JSON.stringify({ name: picture }) },
          { type: 'image', mimeType, data: encodeBase64(bytes) },
        ];
      },
      { name, description: `${description} ${DATA_RULE}`, schema: input },
    ),
  );
}
