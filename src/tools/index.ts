/**
 * What language models may do with a library: search, ask in SQL and in words, look. Nothing here changes anything.
 *
 * @module
 */
import { askTool } from './ask.ts';
import { pictureTool } from './picture.ts';
import { schemaTool } from './schema.ts';
import { searchTool } from './search.ts';
import { sqlTool } from './sql.ts';
import type { FoveaTool } from './tool.ts';

export { DATA_RULE, RESULT_BOUNDS } from './tool.ts';
export type { FoveaTool, ToolName, ToolOptions, ToolResult } from './tool.ts';

/** All of them, in the order in which they are listed. */
export const tools: readonly FoveaTool[] = [searchTool, sqlTool, schemaTool, pictureTool, askTool];
