/** `npm run guarantees`: writes into docs/guarantees.md which tests try which promise, and the figures of their last run. */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Proof, withProof } from './proof.ts';
import { proofFolder } from './proof-reporter.ts';
import { root, run } from './run.ts';

const files = readdirSync(proofFolder)
  .map((name) => join(proofFolder, name))
  .toSorted((a, b) => statSync(a).mtimeMs - statSync(b).mtimeMs);
/** Of a test that ran twice the later run. */
const latest = new Map<string, Proof>();
for (const file of files)
  for (const proof of JSON.parse(readFileSync(file, 'utf8')) as Proof[])
    latest.set(`${proof.file} ${proof.name}`, proof);
const proofs = [...latest.values()];
const last = files.at(-1);
if (last === undefined) throw new Error('no test has run yet: npm test first');
const day = statSync(last).mtime.toISOString().slice(0, 10);
const page = join(root, 'docs/guarantees.md');
writeFileSync(page, withProof(readFileSync(page, 'utf8'), proofs, day));
await run('biome', ['format', '--write', page]);
console.log(`${proofs.length} tests name a promise; see docs/guarantees.md`);
