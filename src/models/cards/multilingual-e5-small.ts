/**
 * Multilingual E5 small in the ONNX export of Xenova, in 8 bits.
 *
 * Wang et al., "Multilingual E5 Text Embeddings: A Technical Report", 2024. Revision and hashes as several independent projects
 * pin them.
 *
 * @module
 */
import type { TextEmbeddingCard } from '../card.ts';

export const multilingualE5Small: TextEmbeddingCard = {
  name: 'multilingual-e5-small',
  kind: 'text-embedding',
  family: 'bert',
  summary: 'Meaning of texts in about a hundred languages',
  licence: 'MIT',
  source: {
    kind: 'hub',
    repository: 'Xenova/multilingual-e5-small',
    revision: '761b726dd34fb83930e26aab4e9ac3899aa1fa78',
  },
  build: 'quantized',
  files: [
    { path: 'config.json' },
    {
      path: 'tokenizer.json',
      sizeBytes: 17_082_730,
      sha256: '0b44a9d7b51c3c62626640cda0e2c2f70fdacdc25bbbd68038369d14ebdf4c39',
    },
    {
      path: 'onnx/model_quantized.onnx',
      sizeBytes: 118_308_185,
      sha256: 'f80102d3f2a1229f387d3c81909990d8945513e347b0eab049f7de3c6f98c193',
    },
  ],
  inputs: { input_ids: 'int64 [N,L], L ≤ 512', attention_mask: 'int64 [N,L]', token_type_ids: 'int64 [N,L]' },
  preprocessing: 'adapter',
  dimension: 384,
  maxTokens: 512,
  prefixes: { query: 'query: ', passage: 'passage: ' },
  verified: false,
};
