import { defineConfig } from 'vite';

/** The page of parts alone, for its test; it is no part of the console that is served. */
export default defineConfig({
  build: {
    target: 'es2023',
    // Younger than `light-dark()`, which stays as it is then: two themes on one page need it.
    cssTarget: 'chrome130',
    assetsInlineLimit: 0,
    rolldownOptions: { input: 'parts.html' },
  },
});
