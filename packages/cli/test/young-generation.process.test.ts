import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { flags } from '../bin/short-pauses.js';

const run = promisify(execFile);

// docs/decisions/0041: a quarter of it did, and others waited for the collections of the old generation that came of it.
it('of what items on one device make next to nothing survives a collection of the young generation', async () => {
  const program = join(import.meta.dirname, 'busy-device.ts');
  const { stdout } = await run(process.execPath, [...flags, '--trace-gc-nvp', program], { maxBuffer: 1e8 });
  const [, during = ''] = stdout.split('one device\n');
  const sum = (name: string) =>
    [...during.matchAll(new RegExp(` gc=s .* ${name}=(\\d+)`, 'g'))].reduce((all, [, bytes]) => all + Number(bytes), 0);
  expect(sum('allocated')).toBeGreaterThan(1e8);
  expect(sum('promoted') / sum('allocated')).toBeLessThan(0.1);
}, 60_000);
