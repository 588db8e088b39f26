/**
 * What the rest of Fovea asks of models: describe (reads cards and configurations, loads no weights) and load.
 *
 * @module
 */
import type { VisionOptions } from '../chat/index.ts';
import type { BoundingBox, Detection, ModelInfo } from '../contract/index.ts';
import type { Point, Quadrilateral } from '../image/index.ts';
import type { PixelRequest, Pixels } from '../image/pixels.ts';

/** What a model name was resolved to. */
export interface ModelDescription {
  /** Card's name, hub repository or folder: what a policy pins instead of `auto`. */
  readonly model: string;
  /** A sentence for the user where `auto` chose it: which model, what it is good for, how to change. */
  readonly note?: string;
  readonly pixels: PixelRequest;
}

export interface ImageTextDescription extends ModelDescription {
  readonly dimension: number;
  /** Hash of (vision file's SHA-256, variant, preprocessing version, dimension). */
  readonly space: string;
  /** The vision file, whether or not it is there yet. */
  readonly weights: string;
}

export interface DetectorDescription extends ModelDescription {
  readonly labels: readonly string[];
}

/** A loaded image-text dual encoder. Vectors are L2-normalised. */
export interface ImageTextModel {
  encodeImages(pixels: readonly Pixels[]): Promise<Float32Array[]>;
  encodeTexts(texts: readonly string[]): Promise<Float32Array[]>;
  close(): Promise<void>;
}

/** One picture for a detector. */
export interface DetectorItem {
  readonly pixels: Pixels;
  /** Size of the upright original. Pixels. */
  readonly original: { readonly width: number; readonly height: number };
}

/** A loaded detector. Boxes come back in pixels of the upright original, clipped to `original`. */
export interface DetectorModel {
  detect(
    items: readonly DetectorItem[],
    options: { readonly conf: number; readonly iou: number },
  ): Promise<Detection[][]>;
  close(): Promise<void>;
}

/** A box of what words name. `label` is the phrase that was asked for. */
export interface GroundedDetection extends Detection {
  /** The words of that phrase which the box answers to, as they follow each other in it. */
  readonly phrase: string;
}

export interface GroundingOptions {
  /** A box is kept where one of its tokens has more. */
  readonly boxThreshold: number;
  /** Of a kept box, tokens that have more say what it is. */
  readonly textThreshold: number;
  /** Overlap above which the lesser of two boxes of one phrase goes. */
  readonly iou: number;
  /** Called before every run of the graph. A throw ends the work. */
  readonly onPass?: () => void;
}

export interface ZeroShotDetectorDescription extends ModelDescription {
  /** Runs of the graph that a picture takes. */
  readonly passes: number;
}

/** A loaded detector of what words name. Boxes come back in pixels of the upright original, best first. */
export interface ZeroShotDetectorModel {
  detect(item: DetectorItem, options: GroundingOptions): Promise<GroundedDetection[]>;
  close(): Promise<void>;
}

/** A line of text in a picture. */
export interface TextLine {
  /** Not empty, without blanks at its ends. */
  readonly text: string;
  /** Mean probability of its characters, in [0, 1]. */
  readonly score: number;
  /** In pixels of the upright original, from where the text begins, clockwise as one who reads it sees it. */
  readonly corners: Quadrilateral;
}

/** A loaded text reader. */
export interface TextReaderModel {
  /** Lines whose score is at least `conf`, in reading order, a list for each picture. */
  read(pictures: readonly Pixels[], options: { readonly conf: number }): Promise<TextLine[][]>;
  close(): Promise<void>;
}

export interface TextEmbedderDescription extends Omit<ModelDescription, 'pixels'> {
  readonly dimension: number;
  /** Hash of what makes its vectors comparable. */
  readonly space: string;
  /** The model's file, whether or not it is there yet. */
  readonly weights: string;
}

/** A loaded encoder of texts. Vectors are L2-normalised. */
export interface TextEmbedderModel {
  /** @param as A question, or what is to be found: some models tell these apart. */
  encode(texts: readonly string[], as: 'query' | 'passage'): Promise<Float32Array[]>;
  close(): Promise<void>;
}

export interface CaptionerDescription extends ModelDescription {
  /** What it is asked where nobody says otherwise. */
  readonly prompt: string;
  /** The prompts that it takes; undefined: any words. */
  readonly prompts?: readonly string[];
  /** The one language that it writes; undefined: the one that it is asked for. */
  readonly language?: string;
  /** Why it can't be asked now. */
  readonly waitingFor?: string;
}

export interface CaptionItem {
  readonly id: string;
  readonly pixels: Pixels;
}

export interface CaptionQuestion {
  readonly prompt: string;
  /** BCP 47. */
  readonly language: string;
  readonly maxTokens: number;
}

/** What a model says of a picture: text that whoever wrote on the picture may have shaped. */
export interface Caption {
  /** Without control characters, at most 4,000 characters. */
  readonly text: string;
  /** Tokens that were counted; null where nobody does. */
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
}

/** A loaded model that puts pictures into words. */
export interface CaptionerModel {
  /** An entry for every item: its caption, or the error of that item alone. */
  caption(items: readonly CaptionItem[], question: CaptionQuestion): Promise<ReadonlyMap<string, Caption | Error>>;
  close(): Promise<void>;
}

/** Right eye, left eye, tip of the nose, right and left corner of the mouth: right and left as the person has them. */
export type FivePoints = readonly [Point, Point, Point, Point, Point];

/** A face, in pixels of the upright original. */
export interface Face {
  readonly score: number;
  readonly box: BoundingBox;
  /** Undefined where the model gives none. */
  readonly points: FivePoints | undefined;
}

export interface FaceDetectorDescription extends ModelDescription {
  readonly hasPoints: boolean;
}

/** A loaded face detector. Pictures of any size: those that are not of the description's are brought to it. */
export interface FaceDetectorModel {
  /** Best first. */
  detect(items: readonly DetectorItem[], options: { readonly conf: number; readonly iou: number }): Promise<Face[][]>;
  close(): Promise<void>;
}

export interface FaceEmbedderDescription {
  readonly model: string;
  readonly note?: string;
  readonly dimension: number;
  /** Hash of what makes its vectors comparable. */
  readonly space: string;
  readonly weights: string;
}

/** A loaded face embedder. Vectors are L2-normalised. */
export interface FaceEmbedderModel {
  /** `points` in pixels of the upright original. */
  embed(faces: readonly { readonly pixels: Pixels; readonly points: FivePoints }[]): Promise<Float32Array[]>;
  close(): Promise<void>;
}

/** Progress of a download. */
export interface FetchProgress {
  readonly model: string;
  readonly file: string;
  readonly receivedBytes: number;
  readonly totalBytes: number | null;
}

export interface ModelsOptions {
  /** Where fetched weights lie (`FOVEA_CACHE`). */
  readonly cacheFolder: string;
  /** Folders with models laid out like hub repositories, one folder a model (`FOVEA_MODELS`, separated by `:`). */
  readonly localFolders?: readonly string[];
  /** `https://huggingface.co` or a mirror (`HF_ENDPOINT`). */
  readonly endpoint?: string;
  readonly token?: string;
  readonly offline?: boolean;
  /** Somebody else's server that describes pictures. */
  readonly vision?: VisionOptions;
  readonly onProgress?: (progress: FetchProgress) => void;
}

/**
 * The door to models. Every method throws `ModelUnavailableError` where files are missing and can't be had (which names
 * the file, where it would come from, and what to do), and `InvalidInputError` for a folder that isn't such a model.
 */
export interface Models {
  describeImageText(model: string): Promise<ImageTextDescription>;
  /** Vision weights are loaded at the first `encodeImages`, text weights at the first `encodeTexts`. */
  loadImageText(model: string): Promise<ImageTextModel>;
  describeDetector(model: string): Promise<DetectorDescription>;
  loadDetector(model: string): Promise<DetectorModel>;
  /**
   * @param prompt Phrases that end with full stops: "skateboard. person."
   * @throws InvalidInputError for a prompt without phrases, or with one that the model can't be asked for.
   */
  describeZeroShotDetector(model: string, prompt: string): Promise<ZeroShotDetectorDescription>;
  loadZeroShotDetector(model: string, prompt: string): Promise<ZeroShotDetectorModel>;
  describeTextReader(model: string): Promise<Omit<ModelDescription, 'pixels'>>;
  loadTextReader(model: string): Promise<TextReaderModel>;
  describeTextEmbedder(model: string): Promise<TextEmbedderDescription>;
  loadTextEmbedder(model: string): Promise<TextEmbedderModel>;
  /** @param side Long side of what an endpoint is sent. Pixels. */
  describeCaptioner(model: string, side: number): Promise<CaptionerDescription>;
  loadCaptioner(model: string): Promise<CaptionerModel>;
  describeFaceDetector(model: string): Promise<FaceDetectorDescription>;
  loadFaceDetector(model: string): Promise<FaceDetectorModel>;
  describeFaceEmbedder(model: string): Promise<FaceEmbedderDescription>;
  loadFaceEmbedder(model: string): Promise<FaceEmbedderModel>;
  list(): Promise<ModelInfo[]>;
  /** Fetches every file of a card or repository that is missing or damaged; says which of a folder's is damaged. */
  pull(model: string, onProgress?: (progress: FetchProgress) => void): Promise<ModelInfo>;
}
