import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: [
      'packages/*/{src,test}/**/*.test.ts',
      'scripts/**/*.test.ts',
      'e2e/**/*.test.ts',
      'examples/*/**/*.test.ts',
      // Clients that are installed for them alone.
      ...(process.env['SELFSAME_CLIENTS'] === undefined ? [] : ['e2e/*.clients.ts']),
    ],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
