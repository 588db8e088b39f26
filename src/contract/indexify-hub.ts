/**
 * Extractors of Indexify's hub that Fovea has no equal of: for those who come from there, so that a name which was right
 * there is not taken for a slip of the pen. Those that it has an equal of are that one's aliases.
 *
 * Names and folders are those of `extractors.json` in tensorlakeai/indexify-extractors, 2024.
 *
 * @module
 */

/** What an extractor was for, and what of Fovea comes nearest. */
export interface HubExtractor {
  readonly purpose: string;
  readonly nearest?: string;
}

/** `tensorlake/<name>` and the folder `<type>/<module>`, separated by spaces. */
const ABSENT: readonly (HubExtractor & { readonly names: string })[] = [
  {
    purpose: 'equal bytes',
    nearest: '"image/phash", whose hashes show which pictures look alike; equal bytes are one content anyway',
    names: 'yenicelik/identity-hash-extractor embedding/hash-embedding',
  },
  {
    purpose: 'faces of videos',
    nearest: '"image/faces", on the frames that "video/frames" makes',
    names: 'tensorlake/face-extractor video/face-extractor',
  },
  {
    purpose: 'sound and speech',
    names:
      'tensorlake/audio-extractor video/audio-extractor tensorlake/whisper-asr audio/whisper-asr tensorlake/whisper-mlx audio/whisper-mlx tensorlake/asrdiarization audio/asrdiarization',
  },
  {
    purpose: 'text in documents',
    nearest: '"image/ocr", which reads the text in pictures',
    names:
      'tensorlake/layoutlm-document-qa-extractor pdf/layoutlm_document_qa tensorlake/donutcord invoices/donut_cord tensorlake/donut-simple-invoice-parser invoices/donut_invoice tensorlake/idefics2json invoices/idefics2json tensorlake/pdf-extractor tensorlake/pdfextractor pdf/pdf-extractor pdf/pdfextractor tensorlake/marker pdf/marker tensorlake/unstructuredio pdf/unstructuredio tensorlake/ocrmypdf pdf/ocrmypdf tensorlake/ppt pdf/presentations',
  },
  {
    purpose: 'embeddings of texts',
    nearest: '"text/embed", which embeds what other policies write of pictures',
    names:
      'tensorlake/mpnet embedding/mpnet tensorlake/arctic embedding/arctic tensorlake/bge-base-en embedding/flag_embedding tensorlake/jina-embeddings-base-en embedding/jina_base_en tensorlake/scibert embedding/scibert tensorlake/colbert embedding/colbert tensorlake/openai-embedding-ada-002-extractor embedding/openai-embedding',
  },
  {
    purpose: 'texts',
    names:
      'tensorlake/chunk-extractor text/chunking tensorlake/ner text/ner tensorlake/summarization text/summarization tensorlake/llm text/llm tensorlake/llm-summary text/llm-summary tensorlake/schema text/schema tensorlake/instructor text/instructor tensorlake/ollama text/ollama tensorlake/wikipedia html/wikipedia',
  },
];

const BY_NAME: ReadonlyMap<string, HubExtractor> = new Map(
  ABSENT.flatMap((entry) => entry.names.split(' ').map((name) => [name, entry] as const)),
);

/** By folder alone, as in `indexify_extractors.moondream.moondream_extractor:MoondreamExtractor`. */
const BY_FOLDER: ReadonlyMap<string, HubExtractor> = new Map(
  [...BY_NAME].map(([name, entry]) => [name.slice(name.indexOf('/') + 1), entry]),
);

/** What Indexify's hub had by that name, where Fovea has no equal of it. */
export function absentHubExtractor(name: string): HubExtractor | undefined {
  const folder = /^(?:indexify_extractors\.)?([\w-]+)\.[\w.-]+:\w+$/.exec(name)?.[1];
  return folder === undefined ? BY_NAME.get(name.replace(/^hub:\/\//, '')) : BY_FOLDER.get(folder);
}
