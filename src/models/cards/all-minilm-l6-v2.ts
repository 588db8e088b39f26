/**
 * all-MiniLM-L6-v2 of Sentence Transformers in the ONNX export of Xenova, in 8 bits.
 *
 * Reimers and Gurevych, "Sentence-BERT", EMNLP 2019; Wang et al., "MiniLM", NeurIPS 2020. Revision and the graph's hash as several
 * independent projects pin them, the tokenizer's as one does.
 *
 * @module
 */
import type { TextEmbeddingCard } from '../card.ts';

export const allMinilmL6V2: TextEmbeddingCard = {
  name: 'all-minilm-l6-v2',
  kind: 'text-embedding',
  family: 'bert',
  summary: 'Meaning of English texts; small and quick',
  licence: 'Apache-2.0',
  source: {
    kind: 'hub',
    repository: 'Xenova/all-MiniLM-L6-v2',
    revision: '751bff37182d3f1213fa05d7196b954e230abad9',
  },
  build: 'quantized',
  files: [
    { path: 'config.json' },
    {
      path: 'tokenizer.json',
      sizeBytes: 711_661,
      sha256: 'da0e79933b9ed51798a3ae27893d3c5fa4a201126cef75586296df9b4d2c62a0',
    },
    {
      path: 'onnx/model_quantized.onnx',
      sizeBytes: 22_972_370,
      sha256: 'afdb6f1a0e45b715d0bb9b11772f032c399babd23bfc31fed1c170afc848bdb1',
    },
  ],
  inputs: { input_ids: 'int64 [N,L], L ≤ 256', attention_mask: 'int64 [N,L]', token_type_ids: 'int64 [N,L]' },
  preprocessing: 'adapter',
  dimension: 384,
  maxTokens: 256,
  prefixes: { query: '', passage: '' },
  verified: false,
};
