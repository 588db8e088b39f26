import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Where a development server (`npm run dev -w web`) finds Fovea; start it with `--allow-origin http://localhost:5173`. */
const SERVER = 'http://127.0.0.1:8900';

export default defineConfig({
  base: '/ui/',
  plugins: [react()],
  resolve: { alias: { 'fovea/client': fileURLToPath(new URL('../src/client/index.ts', import.meta.url)) } },
  server: { proxy: { '/api': SERVER } },
  build: {
    outDir: fileURLToPath(new URL('../dist/ui', import.meta.url)),
    emptyOutDir: true,
    // light-dark() and nesting as they are.
    target: ['chrome123', 'firefox125', 'safari17.5'],
    // The content security policy knows no data: addresses for fonts and scripts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // What the landing page needs is held to 250 kB, gzipped, by test/web/web.test.ts.
    chunkSizeWarningLimit: 1000,
    manifest: true,
    // Zod is told not to compile schemas before any is made: by the chunk that it lies in, which the others import.
    rolldownOptions: {
      output: { codeSplitting: { groups: [{ name: 'zod', test: /node_modules\/zod\/|web\/src\/api\/zod\.ts$/ }] } },
    },
    license: { fileName: 'licences.md' },
  },
});
