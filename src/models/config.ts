/**
 * `config.json` of a model: what kind it is, how long its vectors are, what its classes are called.
 *
 * Values that equal the reference library's default are left out of such files, so those defaults are written here.
 *
 * @module
 */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { InvalidInputError } from '../contract/index.ts';
import type { Family } from './card.ts';

const Tower = z.looseObject({
  hidden_size: z.int().positive().optional(),
  projection_size: z.int().positive().optional(),
  max_position_embeddings: z.int().positive().optional(),
  pad_token_id: z.int().nonnegative().nullish(),
  eos_token_id: z.int().nonnegative().nullish(),
});

const ModelConfig = z.looseObject({
  model_type: z.string(),
  projection_dim: z.int().positive().optional(),
  text_config: Tower.optional(),
  vision_config: Tower.optional(),
  id2label: z.record(z.string(), z.string()).optional(),
});
export type ModelConfig = z.infer<typeof ModelConfig>;

/** `model_type` → the adapter that runs it. */
const FAMILIES: Readonly<Record<string, Family>> = {
  clip: 'clip',
  siglip: 'siglip',
  d_fine: 'dfine',
  'grounding-dino': 'grounding-dino',
  bert: 'bert',
  florence2: 'florence2',
};

/** Throws `InvalidInputError` where the file isn't a model's configuration. */
export async function readModelConfig(path: string): Promise<ModelConfig> {
  return parseJsonFile(path, ModelConfig);
}

/** Parses a JSON file of a model with a schema; `InvalidInputError` names the file and the fault. */
export async function parseJsonFile<Schema extends z.ZodType>(path: string, schema: Schema): Promise<z.output<Schema>> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw new InvalidInputError(`Cannot read "${path}": it is no JSON (${String(error)})`, [], { cause: error });
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message }));
  const [first] = issues;
  throw new InvalidInputError(`Cannot read "${path}": ${first?.path ?? ''} ${first?.message ?? ''}`.trim(), issues);
}

/** The adapter for a configuration. Throws `InvalidInputError` for kinds that Fovea has no adapter for. */
export function familyOf(config: ModelConfig, model: string): Family {
  const family = FAMILIES[config.model_type];
  if (family !== undefined) return family;
  const known = Object.keys(FAMILIES).map((type) => `"${type}"`);
  throw new InvalidInputError(
    `Cannot use model "${model}": its config.json says model_type "${config.model_type}", and Fovea knows ${known.join(', ')}`,
  );
}

/** Length of a dual encoder's vectors. CLIP: 512 unless said; SigLIP: the vision tower's width, 768 unless said. */
export function embeddingDimension(config: ModelConfig): number {
  if (config.model_type === 'siglip') return config.vision_config?.hidden_size ?? 768;
  return config.projection_dim ?? 512;
}

/** Class names in the order of the outputs. Throws `InvalidInputError` where the ids have gaps or there are none. */
export function classLabels(config: ModelConfig, model: string): readonly string[] {
  const names = config.id2label ?? {};
  const labels = Object.keys(names).map((_, id) => names[String(id)]);
  if (labels.length > 0 && labels.every((label) => label !== undefined)) return labels;
  throw new InvalidInputError(
    `Cannot use model "${model}": id2label of its config.json must number the classes from 0 without gaps`,
  );
}
