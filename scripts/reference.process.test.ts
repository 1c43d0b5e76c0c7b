import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from './run.ts';
import { referencePages } from './sdk-reference.ts';

it('the reference of the SDKs is what their types say: npm run reference writes it', async () => {
  const pages = await referencePages();
  const folder = join(root, 'docs/reference');
  expect(readdirSync(folder).sort()).toEqual([...pages.keys()].sort());
  for (const [file, text] of pages) expect(readFileSync(join(folder, file), 'utf8')).toBe(text);
  // Every function has words, and every type that is not plain from its fields.
  for (const [file, text] of pages) {
    const bare = [...text.matchAll(/^### (\w+)\n\n```ts\n(?:function|const) /gm)].map(([, name]) => `${file}: ${name}`);
    expect(bare).toEqual([]);
  }
});
