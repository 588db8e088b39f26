/**
 * The layers of `ARCHITECTURE.md` as data: a layer may import itself and what is listed, and each heavy package has
 * one owning layer. `scripts/check.mjs` asserts how many modules were cruised, so that this check can't pass by seeing none.
 */
const layers = {
  contract: [],
  chat: ['contract'],
  image: ['contract'],
  models: ['contract', 'chat', 'image'],
  extractor: ['contract', 'image', 'models'],
  extractors: ['contract', 'image', 'models', 'extractor'],
  sources: ['contract'],
  graph: ['contract'],
  store: ['contract'],
  ingest: ['contract', 'image', 'extractor', 'sources', 'graph', 'store'],
  retrieval: ['contract', 'chat', 'store'],
  client: ['contract'],
  http: ['contract', 'ingest', 'retrieval', 'graph', 'store'],
  engine: [
    'contract',
    'chat',
    'image',
    'models',
    'extractor',
    'extractors',
    'sources',
    'graph',
    'store',
    'ingest',
    'retrieval',
    'client',
    'http',
  ],
  tools: ['contract', 'client'],
  mcp: ['contract', 'client', 'tools'],
  ai: ['contract', 'client', 'tools'],
  langchain: ['contract', 'client', 'tools'],
  evaluate: ['contract', 'client'],
  cli: ['contract', 'image', 'client', 'engine', 'mcp', 'evaluate'],
};

/** Package → the layers that may import it. */
const owners = {
  zod: [
    'contract',
    'chat',
    'extractor',
    'extractors',
    'http',
    'graph',
    'models',
    'retrieval',
    'engine',
    'tools',
    'ai',
    'cli',
  ],
  sharp: ['image'],
  exifreader: ['image'],
  'libheif-js': ['image'],
  'onnxruntime-node': ['models'],
  '@huggingface/tokenizers': ['models'],
  yaml: ['graph'],
  pg: ['store'],
  '@electric-sql/.*': ['store'],
  'libpg-query': ['store'],
  hono: ['http', 'engine'],
  '@hono/node-server': ['engine', 'mcp'],
  '@modelcontextprotocol/.*': ['mcp'],
  '@langchain/.*': ['langchain'],
  '@fastify/busboy': ['http'],
  commander: ['cli'],
  'csv-parse': ['sources'],
  'hyparquet(-compressors)?': ['sources'],
  'hyparquet-writer': ['engine'],
  '@streamparser/json': ['sources'],
  'modern-tar': ['engine'],
};

const tests = '\\.test\\.ts$';

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    { name: 'not-to-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    ...Object.entries(layers).map(([layer, allowed]) => ({
      name: `layer-${layer}`,
      comment: `${layer} may import ${[layer, ...allowed].join(', ')}`,
      severity: 'error',
      from: { path: `^src/${layer}/`, pathNot: tests },
      to: { path: '^src/', pathNot: [layer, ...allowed].map((name) => `^src/${name}/`) },
    })),
    ...Object.entries(owners).map(([name, allowed]) => ({
      name: `owner-${name}`,
      comment: `${name} belongs to ${allowed.join(', ')}`,
      severity: 'error',
      from: { path: '^src/', pathNot: [tests, ...allowed.map((layer) => `^src/${layer}/`)] },
      to: { path: `node_modules/${name}/` },
    })),
    {
      name: 'browser-safe',
      comment: 'contract and client run in a browser',
      severity: 'error',
      from: { path: '^src/(contract|client)/', pathNot: tests },
      to: { dependencyTypes: ['core'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.d.ts'],
    },
  },
};
