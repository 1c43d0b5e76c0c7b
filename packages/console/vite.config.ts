import { defineConfig } from 'vite';

export default defineConfig({
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
