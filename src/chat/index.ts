/**
 * Somebody else's models, behind the chat API of OpenAI.
 *
 * @module
 */
export { createLanguageModel } from './language-model.ts';
export type { ChatMessage, LanguageModel, LanguageModelOptions } from './language-model.ts';
export { plainText, withoutThoughts } from './model-text.ts';
export { createVisionModel } from './vision-model.ts';
export type { Picture, VisionModel, VisionOptions, VisionQuestion, VisionReply } from './vision-model.ts';
