/** `npm run reference`: writes the reference of our SDKs, made of their types, into docs/reference. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './run.ts';
import { referencePages } from './sdk-reference.ts';

const folder = join(root, 'docs/reference');
mkdirSync(folder, { recursive: true });
for (const [file, text] of await referencePages()) writeFileSync(join(folder, file), text);
