/**
 * Model cards: what is known about a published model, one file each in `cards/`.
 *
 * A hash or a revision stands in a card only where it was computed from bytes or taken from a named source. What is
 * not known is left out: the first fetch then takes the hub's own hash, and the lock file keeps it (`pins.ts`).
 *
 * @module
 */

/** Builds of one model that differ in number format only; the files' suffix on the hub follows (`onnx-files.ts`). */
export type Variant = 'fp32' | 'fp16' | 'quantized' | 'int8' | 'uint8' | 'q4' | 'q4f16' | 'bnb4';

/** Input, output and post-processing a model shares with its kin. */
type ImageTextFamily = 'clip' | 'siglip';
type DetectorFamily = 'yolox' | 'dfine';
type ZeroShotDetectorFamily = 'grounding-dino';
type TextReaderFamily = 'ppocr';
type TextEmbeddingFamily = 'bert';
type CaptionerFamily = 'florence2';
type FaceDetectorFamily = 'ultraface' | 'yunet';
type FaceEmbedderFamily = 'sface';
export type Family =
  | ImageTextFamily
  | DetectorFamily
  | ZeroShotDetectorFamily
  | TextReaderFamily
  | TextEmbeddingFamily
  | CaptionerFamily
  | FaceDetectorFamily
  | FaceEmbedderFamily;

/** One file of a model. */
export interface CardFile {
  /** Below the repository, with `/`. */
  readonly path: string;
  /** Exact. */
  readonly sizeBytes?: number;
  /** 64 lower-case hex digits. */
  readonly sha256?: string;
}

export type CardSource =
  /** `<endpoint>/<repository>/resolve/<revision>/<path>`, for a hub or a mirror of it. */
  | { readonly kind: 'hub'; readonly repository: string; readonly revision: string }
  /** `<base>/<path>`: a release whose publisher gives no hashes. */
  | { readonly kind: 'release'; readonly repository: string; readonly revision: string; readonly base: string }
  /** In this package, below `assets/models/<name of the card>`. */
  | { readonly kind: 'shipped' };

interface CardBase {
  /** What people write in `model:`. */
  readonly name: string;
  /** What it is good for, one sentence without a full stop. */
  readonly summary: string;
  readonly licence: string;
  readonly source: CardSource;
  readonly files: readonly CardFile[];
  /** The build that its bare name stands for; absent: `fp32`. */
  readonly build?: Variant;
  /** The graph's inputs with type and shape, by their published names. */
  readonly inputs: Readonly<Record<string, string>>;
  /** Where the pixel arithmetic is written: in the model's own file, or in the adapter because the model has none. */
  readonly preprocessing: 'preprocessor_config.json' | 'adapter';
  /** True where these very bytes are run by this project's tests; else the card is what public sources agree on. */
  readonly verified: boolean;
}

/** An image-text dual encoder. */
export interface ImageTextCard extends CardBase {
  readonly kind: 'image-text';
  readonly family: ImageTextFamily;
  /** Length of its vectors. */
  readonly dimension: number;
}

/** A detector of fixed classes. */
export interface DetectorCard extends CardBase {
  readonly kind: 'detector';
  readonly family: DetectorFamily;
  /** Class names in the order of the model's outputs. */
  readonly labels: readonly string[];
  /** Width and height of the picture it takes. Pixels. */
  readonly inputSize: number;
  /** Average precision on COCO val (IoU 0.50:0.95), as published. Percent. Absent: not measured there. */
  readonly cocoAp?: number;
}

/** A detector of what words name. */
export interface ZeroShotDetectorCard extends CardBase {
  readonly kind: 'zero-shot-detector';
  readonly family: ZeroShotDetectorFamily;
}

/** The files of a text reader, below its repository or folder. */
export interface TextReaderParts {
  readonly detection: string;
  /** Says which lines stand on their head; a model may have none. */
  readonly angle: string | undefined;
  readonly recognition: string;
  /** One character a line, in the order of the recogniser's classes. */
  readonly dictionary: string;
}

/** Finds lines of text and reads them. */
export interface TextReaderCard extends CardBase {
  readonly kind: 'text-reader';
  readonly family: TextReaderFamily;
  readonly parts: TextReaderParts;
}

/** An encoder of texts, whose vector is the mean of its tokens' vectors. */
export interface TextEmbeddingCard extends CardBase {
  readonly kind: 'text-embedding';
  readonly family: TextEmbeddingFamily;
  /** Length of its vectors. */
  readonly dimension: number;
  /** Longest text; more is cut. */
  readonly maxTokens: number;
  /** What it was trained to see before questions and before what is to be found. */
  readonly prefixes: TextPrefixes;
}

export interface TextPrefixes {
  readonly query: string;
  readonly passage: string;
}

/** Puts a picture into words. */
export interface CaptionerCard extends CardBase {
  readonly kind: 'captioner';
  readonly family: CaptionerFamily;
}

/** Finds faces. One file. */
export interface FaceDetectorCard extends CardBase {
  readonly kind: 'face-detector';
  readonly family: FaceDetectorFamily;
  /** Width and height of the picture it takes. Pixels. */
  readonly inputSize: number;
}

/** Makes a vector of a face. One file. */
export interface FaceEmbedderCard extends CardBase {
  readonly kind: 'face-embedder';
  readonly family: FaceEmbedderFamily;
  /** Length of its vectors. */
  readonly dimension: number;
}

export type Card =
  | ImageTextCard
  | DetectorCard
  | ZeroShotDetectorCard
  | TextReaderCard
  | TextEmbeddingCard
  | CaptionerCard
  | FaceDetectorCard
  | FaceEmbedderCard;
export type Kind = Card['kind'];
