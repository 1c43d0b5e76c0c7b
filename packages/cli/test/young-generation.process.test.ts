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

it('threads have a young generation of an eighth of the server’s', async () => {
  const shortPauses = new URL('../bin/short-pauses.js', import.meta.url);
  // What a young generation has grown to after garbage of 200 MB, bytes.
  const used = `(() => {
    for (let i = 0, all = []; i < 2e5; i++) all = [...all.slice(-9), { text: 'x'.repeat(i % 1000) + i }];
    return v8.getHeapSpaceStatistics().find((one) => one.space_name === 'new_space').physical_space_size;
  })()`;
  const thread = `const v8 = require('node:v8'); require('node:worker_threads').parentPort.postMessage(${used})`;
  const program = `
    import v8 from 'node:v8';
    import { Worker } from 'node:worker_threads';
    import { shortenPauses } from ${JSON.stringify(shortPauses.href)};
    shortenPauses();
    new Worker(${JSON.stringify(thread)}, { eval: true, execArgv: [] }).on('message', (thread) =>
      console.log(JSON.stringify({ server: ${used}, thread })));
  `;
  const { stdout } = await run(process.execPath, [...flags, '--input-type=module', '--eval', program]);
  const { server, thread: its } = JSON.parse(stdout) as { server: number; thread: number };
  expect(its).toBeLessThan(4e6);
  expect(server).toBeGreaterThan(8e6);
});
