/** `npm run guarantees`: writes into docs/guarantees.md which tests try which promise, and the figures of their last run. */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Proof, withProof } from './proof.ts';
import { proofFolder } from './proof-reporter.ts';
import { root, run } from './run.ts';

const files = readdirSync(proofFolder).map((name) => join(proofFolder, name));
const proofs = files.flatMap((file) => JSON.parse(readFileSync(file, 'utf8')) as Proof[]);
const day = new Date(Math.max(...files.map((file) => statSync(file).mtimeMs))).toISOString().slice(0, 10);
const page = join(root, 'docs/guarantees.md');
writeFileSync(page, withProof(readFileSync(page, 'utf8'), proofs, day));
await run('biome', ['format', '--write', page]);
console.log(`${proofs.length} tests name a promise; see docs/guarantees.md`);
