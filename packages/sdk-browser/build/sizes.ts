import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { bundle } from './script.ts';

const root = new URL('../', import.meta.url);

/** An entry with everything it imports, as a page gets it. Bytes. */
export interface Size {
  readonly entry: string;
  readonly minified: number;
  readonly gzip: number;
  readonly budget: number;
}

/** What every entry weighs, beside the budget that package.json gives it under `sizes`. */
export async function sizes(): Promise<readonly Size[]> {
  const { sizes: budgets } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as {
    readonly sizes: Readonly<Record<string, number>>;
  };
  return await Promise.all(
    Object.entries(budgets).map(async ([entry, budget]) => {
      const code = await bundle(fileURLToPath(new URL(entry, root)), 'esm');
      return { entry, minified: Buffer.byteLength(code), gzip: gzipSync(code, { level: 9 }).length, budget };
    }),
  );
}
