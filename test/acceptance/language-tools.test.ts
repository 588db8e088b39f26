/**
 * The tools in the hands of the libraries that they are made for, with models of those libraries that say what a test wants, over a
 * library with real pictures.
 */
import { SqlToolkit } from '@langchain/classic/agents/toolkits/sql';
import { createSqlQueryChain, SqlDatabaseChain } from '@langchain/classic/chains/sql_db';
import { SimpleChatModel } from '@langchain/core/language_models/chat_models';
import { AIMessage, type BaseMessage } from '@langchain/core/messages';
import { FakeStreamingChatModel } from '@langchain/core/utils/testing';
import { generateText, stepCountIs } from 'ai';
import { MockLanguageModelV3 } from 'ai/test';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { foveaTools as aiTools } from '../../src/ai/index.ts';
import type { FoveaClient } from '../../src/client/index.ts';
import { NotFoundError, SqlError } from '../../src/contract/index.ts';
import { open } from '../../src/engine/index.ts';
import { FoveaRetriever, FoveaSqlDatabase, foveaTools as langchainTools } from '../../src/langchain/index.ts';
import { hasTestData, testData } from '../data.ts';
import { libraries } from './library.ts';

const NAMES = ['search', 'sql', 'schema', 'picture', 'ask'];
const GRAPH = `name: kb
extraction_policies:
  - { extractor: embedding/clip, name: clip, input_params: { model: fovea-tiny } }
  - { extractor: image/yolo, name: objects, input_params: { model: yolox-nano } }
`;
const COUNT = "select count(distinct content_id)::int as photos from ingestion where object_name = 'cat'";

/** A chat model of LangChain that says what is written down; theirs say the first stop word where a chain has one. */
class ScriptedChat extends SimpleChatModel {
  readonly prompts: string[] = [];
  readonly #replies: string[];

  constructor(...replies: string[]) {
    super({});
    this.#replies = replies;
  }

  override _llmType(): string {
    return 'scripted';
  }

  override async _call(messages: BaseMessage[]): Promise<string> {
    this.prompts.push(messages.map(({ text }) => text).join('\n'));
    return this.#replies.shift() ?? '';
  }
}

describe.skipIf(!hasTestData)('tools for language models', () => {
  const newLibrary = libraries(false);
  let fovea: FoveaClient;
  let cat: string;
  beforeAll(async () => {
    const library = await newLibrary();
    const models = [testData('models')];
    fovea = await open({ home: library.home, models, hub: { offline: true }, workers: 1 });
    await fovea.graphs.apply(GRAPH);
    const folder = library.photos('photos', 'cat_720p.jpg', 'owl.jpg', 'hot_dog.jpg');
    for await (const _ of fovea.addPath(folder, { labels: { trip: 'rome' } })) void _;
    await fovea.waitUntilIndexed();
    cat = (await fovea.contents.list()).contents.find(({ name }) => name === 'cat_720p.jpg')?.contentId ?? '';
  });
  afterAll(() => fovea.close());

  describe('fovea/langchain', () => {
    test('FoveaRetriever gives the pictures that fit as documents of what is in them', async () => {
      const documents = await new FoveaRetriever({ client: fovea, k: 1 }).invoke('a cat');
      expect(documents).toHaveLength(1);
      expect(documents[0]?.metadata).toMatchObject({ contentId: cat, name: 'cat_720p.jpg', labels: { trip: 'rome' } });
      expect(documents[0]?.pageContent).toMatch(
        /^cat_720p\.jpg\nlabels: \{"trip":"rome"\}\n[^]*objects: \[[^]*"object_name":"cat"/,
      );
      const narrowed = new FoveaRetriever({ client: fovea, k: 9, where: "name like 'owl%'", labels: ['trip=rome'] });
      expect((await narrowed.invoke('a cat')).map(({ metadata }) => metadata.name)).toEqual(['owl.jpg']);
      expect(await new FoveaRetriever({ client: fovea, labels: ['trip=oslo'] }).invoke('a cat')).toEqual([]);
    });

    test('createSqlQueryChain() of LangChain writes from the tables, and what it writes runs', async () => {
      const db = await FoveaSqlDatabase.create({ client: fovea });
      const llm = new ScriptedChat(COUNT);
      const chain = await createSqlQueryChain({ llm, db, dialect: 'postgres' });
      const sql = await chain.invoke({ question: 'How many photos show a cat?' });
      expect(sql).toBe(COUNT);
      expect(JSON.parse(await db.run(sql))).toEqual([{ photos: 1 }]);
      expect(llm.prompts.join('')).toContain('How many photos show a cat?');
      expect(llm.prompts.join('')).toContain('object_name text');
      // No rows of the library stand in the prompt that SQL is written from.
      expect(llm.prompts.join('')).not.toContain('cat_720p');
    });

    test('SqlDatabaseChain of LangChain answers from the rows', async () => {
      const database = await FoveaSqlDatabase.create({ client: fovea });
      const llm = new ScriptedChat(COUNT, 'One photo.');
      const chain = new SqlDatabaseChain({ llm, database, sqlOutputKey: 'sql' });
      expect(await chain.invoke({ query: 'How many photos show a cat?' })).toMatchObject({
        result: 'One photo.',
        sql: COUNT,
      });
    });

    test('SqlToolkit of LangChain lists, describes and asks, and is told why the door refuses', async () => {
      const db = await FoveaSqlDatabase.create({ client: fovea });
      const toolkit = new SqlToolkit(db, new ScriptedChat());
      const [query, info, list] = toolkit.tools;
      expect(String(await list?.invoke(''))).toBe('content, ingestion, kb, kb.clip, kb.objects');
      expect(String(await info?.invoke('content, "kb.objects"'))).toMatch(
        /CREATE TABLE content \([^]*CREATE TABLE "kb.objects" \(/,
      );
      expect(String(await info?.invoke('contents'))).toContain('Cannot find table "contents"');
      expect(JSON.parse(String(await query?.invoke(COUNT)))).toEqual([{ photos: 1 }]);
      expect(String(await query?.invoke('delete from content'))).toMatch(/SqlError: .*only SELECT is/);
      expect((await fovea.contents.list()).total).toBe(3);
      const narrow = await FoveaSqlDatabase.create({ client: fovea, includesTables: ['content'] });
      expect(await narrow.getTableInfo()).not.toContain('kb.objects');
      await expect(FoveaSqlDatabase.create({ client: fovea, includesTables: ['nosuch'] })).rejects.toBeInstanceOf(
        NotFoundError,
      );
    });

    test('foveaTools() are tools of LangChain', async () => {
      const tools = langchainTools(fovea);
      expect(tools.map(({ name }) => name)).toEqual(NAMES);
      const called = async (name: string, args: Record<string, unknown>) =>
        tools.find((tool) => tool.name === name)?.invoke({ type: 'tool_call', id: '1', name, args });
      expect(JSON.parse((await called('sql', { query: COUNT })).content)).toMatchObject({ rows: [{ photos: 1 }] });
      expect(JSON.parse((await called('search', { query: 'a cat', limit: 1 })).content)).toMatchObject({
        hits: [{ contentId: cat }],
      });
      expect((await called('picture', { contentId: cat, side: 320 })).content).toMatchObject([
        { type: 'text' },
        { type: 'image', mimeType: 'image/webp' },
      ]);
      await expect(called('sql', { query: 'delete from content' })).rejects.toBeInstanceOf(SqlError);
      await expect(called('sql', { query: 7 })).rejects.toThrow(/schema/);
      const bound = new FakeStreamingChatModel({ responses: [new AIMessage('yes')] }).bindTools(tools);
      expect((await bound.invoke('a cat?')).content).toBe('yes');
    });
  });

  describe('fovea/ai', () => {
    const usage = {
      inputTokens: { total: 1, noCache: 1, cacheRead: 0, cacheWrite: 0 },
      outputTokens: { total: 1, text: 1, reasoning: 0 },
    };
    const calling = (toolName: string, input: unknown) => ({
      content: [{ type: 'tool-call' as const, toolCallId: toolName, toolName, input: JSON.stringify(input) }],
      finishReason: { unified: 'tool-calls' as const, raw: undefined },
      usage,
      warnings: [],
    });
    const saying = (text: string) => ({
      content: [{ type: 'text' as const, text }],
      finishReason: { unified: 'stop' as const, raw: undefined },
      usage,
      warnings: [],
    });

    test('generateText() of the AI SDK calls the tools, and the model sees rows, errors and pictures', async () => {
      const model = new MockLanguageModelV3({
        doGenerate: [
          calling('sql', { query: COUNT }),
          calling('sql', { query: 'delete from content' }),
          calling('picture', { contentId: cat, side: 320 }),
          calling('search', { query: 'a cat', limit: 1 }),
          saying('One photo shows a cat.'),
        ],
      });
      const { text, steps } = await generateText({
        model,
        tools: aiTools(fovea),
        stopWhen: stepCountIs(6),
        prompt: 'How many cats?',
      });
      expect(text).toBe('One photo shows a cat.');
      expect(steps).toHaveLength(5);
      const told = model.doGenerateCalls.at(-1)?.prompt.filter(({ role }) => role === 'tool') ?? [];
      const results = told.flatMap(
        ({ content }) => content as { toolName: string; output: { type: string; value: unknown } }[],
      );
      expect(results.map(({ toolName, output }) => [toolName, output.type])).toEqual([
        ['sql', 'text'],
        ['sql', 'error-text'],
        ['picture', 'content'],
        ['search', 'text'],
      ]);
      const [rows, refused, picture, hits] = results.map(({ output }) => output.value);
      expect(JSON.parse(String(rows))).toMatchObject({ rows: [{ photos: 1 }] });
      expect(String(refused)).toContain('only SELECT is');
      expect(picture).toMatchObject([
        { type: 'text' },
        { type: 'image-data', mediaType: 'image/webp', data: expect.any(String) },
      ]);
      expect(JSON.parse(String(hits))).toMatchObject({ hits: [{ contentId: cat }] });
      expect(model.doGenerateCalls[0]?.tools?.map(({ name }) => name)).toEqual(NAMES);
      expect((await fovea.contents.list()).total).toBe(3);
    });
  });
});
