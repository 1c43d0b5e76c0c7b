import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';

/** Leaves each text beside itself in brotli and gzip, so that the server compresses nothing twice. */
const compressed: Plugin = {
  name: 'compressed',
  apply: 'build',
  writeBundle({ dir }) {
    const files = readdirSync(dir as string, { recursive: true, encoding: 'utf8' });
    for (const file of files.filter((name) => /\.(js|css|html|svg)$/.test(name))) {
      const bytes = readFileSync(join(dir as string, file));
      writeFileSync(join(dir as string, `${file}.br`), brotliCompressSync(bytes));
      writeFileSync(join(dir as string, `${file}.gz`), gzipSync(bytes));
    }
  },
};

export default defineConfig({
  plugins: [compressed],
  build: {
    target: 'es2023',
    // The server's CSP allows neither data: scripts nor inline styles, so nothing is inlined.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      // Libraries mark files for server components; there is no server here, so the marks may go.
      onLog(level, log, handle) {
        if (log.code !== 'MODULE_LEVEL_DIRECTIVE') handle(level, log);
      },
    },
  },
  server: {
    // `npm run dev` beside a running server; its cookie works because both are one site.
    proxy: { '/v1': 'http://127.0.0.1:4400', '/login': 'http://127.0.0.1:4400', '/shop': 'http://127.0.0.1:4400' },
  },
});
