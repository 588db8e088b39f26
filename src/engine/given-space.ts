/**
 * The space of given vectors: what a policy's parameter `space` stands for, looked up when the policy is made and pinned in
 * it, so that words are encoded as the vectors were, whatever becomes of the index that was named.
 *
 * @module
 */
import type { OutputSpec, SpaceEncoder } from '../contract/index.ts';
import {
  encoderOf,
  GivenSpace,
  indexName,
  InvalidInputError,
  ModelUnavailableError,
  NotFoundError,
} from '../contract/index.ts';
import { outputOf } from '../extractor/index.ts';
import type { PolicyRecord } from '../store/index.ts';
import type { EngineContext } from './context.ts';

/** What is pinned: the encoder, and the hash of its space. */
interface PinnedSpace {
  readonly encoder: SpaceEncoder;
  readonly space: string;
  readonly model: string | undefined;
  /** Of its vectors; more than one where an extractor writes several. */
  readonly dimensions: readonly number[];
}

/**
 * Parameters, space and model of a policy of given features.
 *
 * @param params As they were parsed.
 * @param policies Of the namespace.
 * @returns Undefined where no space is declared.
 * @throws NotFoundError for an index or extractor that is not there; InvalidInputError where a vector has another dimension;
 * ModelUnavailableError where the model that made them is not here.
 */
export async function pinSpace(
  context: EngineContext,
  name: string,
  params: Readonly<Record<string, unknown>>,
  output: OutputSpec,
  policies: readonly PolicyRecord[],
): Promise<{ params: Readonly<Record<string, unknown>>; space: string; model: string | undefined } | undefined> {
  if (params.space === undefined) return undefined;
  const asked = GivenSpace.parse(params.space);
  const pinned = typeof asked === 'string' ? ofIndex(asked, policies) : await ofExtractor(context, asked);
  for (const [vector, { dimension }] of Object.entries(output.vectors)) {
    if (pinned.dimensions.includes(dimension)) continue;
    throw new InvalidInputError(
      `Cannot compare vector "${vector}" of policy "${name}" with space ${JSON.stringify(asked)}: it has ${dimension} numbers, and those of the space have ${pinned.dimensions.join(' or ')}`,
    );
  }
  return { params: { ...params, space: pinned.encoder }, space: pinned.space, model: pinned.model };
}

/** Of an index `<graph>.<policy>.<output>`, or of the policy `<graph>.<policy>`. */
function ofIndex(name: string, policies: readonly PolicyRecord[]): PinnedSpace {
  const active = policies.filter(({ state }) => state === 'active');
  const indexes = active.flatMap((policy) =>
    Object.entries(policy.output.vectors).map(([output, { dimension }]) => ({ policy, output, dimension })),
  );
  const named = indexes.filter(({ policy, output }) =>
    [`${policy.graph}.${policy.name}`, indexName(policy.graph, policy.name, output)].includes(name),
  );
  const [first] = named;
  const encoder = first === undefined ? undefined : encoderOf(first.policy);
  if (first?.policy.space === undefined || encoder === undefined)
    throw new NotFoundError(
      'space',
      name,
      indexes
        .filter(({ policy }) => policy.space !== undefined && encoderOf(policy) !== undefined)
        .map(({ policy, output }) => indexName(policy.graph, policy.name, output)),
    );
  const { space, model } = first.policy;
  return { encoder, space, model, dimensions: named.map(({ dimension }) => dimension) };
}

async function ofExtractor({ registry, models }: EngineContext, asked: SpaceEncoder): Promise<PinnedSpace> {
  const extractor = registry.get(asked.extractor);
  const description = await extractor.describe(asked.params, models);
  const { space, model, waitingFor, params } = description;
  if (waitingFor !== undefined) throw ModelUnavailableError.told(model ?? extractor.name, waitingFor);
  const dimensions = Object.values(outputOf(description).vectors).map(({ dimension }) => dimension);
  if (space === undefined || dimensions.length === 0)
    throw new InvalidInputError(`Cannot use extractor "${extractor.name}" as a space: it makes no vectors`);
  return { encoder: { extractor: extractor.name, params: { ...params } }, space, model, dimensions };
}
