/**
 * Parameters that extractors of Indexify's hub had: which are ours by another name, and which mean nothing here. Theirs of
 * 2024, by the name that we call the extractor.
 *
 * @module
 */

interface OldParameter {
  readonly extractor: string;
  readonly parameter: string;
  /** What we call it. */
  readonly ours?: string;
  /** Why it means nothing here. */
  readonly why?: string;
  /** Its value is told to nobody. */
  readonly isSecret?: true;
}

const KEYS = "keys are the server's own (FOVEA_VISION_KEY), no part of a graph";
const OLD_PARAMETERS: readonly OldParameter[] = [
  {
    extractor: 'image/yolo',
    parameter: 'model_name',
    why: 'those weights are not used here; "model" names a detector of "fovea models"',
  },
  { extractor: 'image/describe', parameter: 'task_prompt', ours: 'prompt' },
  { extractor: 'image/describe', parameter: 'user_prompt', ours: 'prompt' },
  { extractor: 'image/describe', parameter: 'system_prompt', why: '"prompt" is all that a model is told' },
  { extractor: 'image/describe', parameter: 'text_input', why: '"prompt" is all that a model is told' },
  {
    extractor: 'image/describe',
    parameter: 'model_name',
    why: '"model" names a vision model of "fovea models", or "endpoint:<model there>"',
  },
  { extractor: 'image/describe', parameter: 'api_key', why: KEYS, isSecret: true },
  { extractor: 'image/describe', parameter: 'key', why: KEYS, isSecret: true },
  { extractor: 'video/frames', parameter: 'key_frames', why: 'key frames are taken where "fps" is not given' },
  { extractor: 'video/frames', parameter: 'key_frames_threshold', why: 'key frames are those of the file' },
  { extractor: 'video/frames', parameter: 'max_fps', why: '"distance" is the shortest time between key frames' },
];

export interface ReadParameters {
  /** By our names; what is not known as an old one is as it was. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** What became of each old one: sentences. */
  readonly notes: readonly string[];
}

/** A parameter by our name that is given too goes before an old one. */
export function readOldParameters(
  extractor: string | undefined,
  given: Readonly<Record<string, unknown>>,
): ReadParameters {
  const parameters: Record<string, unknown> = {};
  const notes: string[] = [];
  for (const [name, value] of Object.entries(given)) {
    const old = OLD_PARAMETERS.find((each) => each.extractor === extractor && each.parameter === name);
    const ours = old?.ours;
    if (old === undefined) {
      parameters[name] = value;
    } else if (ours !== undefined && given[ours] === undefined && parameters[ours] === undefined) {
      parameters[ours] = value;
      notes.push(`"${name}" is an old name of "${ours}"`);
    } else {
      const what = old.isSecret === true ? name : `${name}: ${String(value)}`;
      notes.push(`"${what}" was ignored: ${old.why ?? `"${ours}" is given, too`}`);
    }
  }
  return { parameters, notes };
}
