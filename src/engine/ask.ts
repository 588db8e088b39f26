/**
 * Questions in words, with the engine's tables, door and language model.
 *
 * @module
 */
import { UnavailableError } from '../contract/index.ts';
import type { Services } from '../http/index.ts';
import { ask } from '../retrieval/index.ts';
import type { AskDependencies } from '../retrieval/index.ts';
import { colorPolicies, hydrate, listTables } from '../store/index.ts';
import type { EngineContext } from './context.ts';
import { requireNamespace } from './namespaces.ts';
import { prepareSql } from './sql.ts';

/** Questions that are answered at once: each holds a connection to the model's server, for minutes where that is slow. */
const MAX_QUESTIONS = 16;

export function askService(context: EngineContext): Services['ask'] {
  const { database, sqlTurns, options } = context;
  const dependencies: AskDependencies = {
    model: options.languageModel,
    tables: (namespace) => listTables(database, namespace),
    sql: async (namespace, request, signal) =>
      sqlTurns.statement(await prepareSql(context, namespace, request, signal)),
    async contents(namespace, contentIds) {
      const found = contentIds.map((contentId) => ({ contentId, ord: null }));
      const colors = colorPolicies(await context.policies(namespace));
      const hits = await hydrate(database, namespace, found, { colors });
      return hits.map(({ ord: _ord, region: _region, ...content }) => content);
    },
  };
  let questions = 0;
  return async function* (namespace, request, signal) {
    await requireNamespace(context, namespace);
    if (questions >= MAX_QUESTIONS)
      throw new UnavailableError(`Cannot answer another question: ${questions} are being answered; ask again later`);
    questions += 1;
    try {
      yield* ask(dependencies, namespace, request, signal);
    } finally {
      questions -= 1;
    }
  };
}
