import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { ProjectId } from '@selfsame/identity';
import type { WireRequest } from '@selfsame/protocols';
import { expect, it } from 'vitest';
import { limits } from '../limits.ts';
import { withWhatWasSent } from './sent.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

it.each(['path', 'search'] as const)('of a large %s little is kept of what was refused (G12)', (part) => {
  const refused = { type: 'refused', project: 'shop' as ProjectId, reason: 'as planned' } as const;
  const kept = Array.from({ length: 50 }, (_, i) => {
    const address = `/${part === 'path' ? '' : '?'}${String(i).repeat(limits.urlBytes / 2)}`;
    const at = part === 'path' ? address.length : 1;
    const request = { path: address.slice(0, at), search: address.slice(at), body: new Uint8Array(0) } as WireRequest;
    return withWhatWasSent([refused], request);
  });
  collect();
  const held = process.memoryUsage().heapUsed;
  const length = JSON.stringify(kept).length;
  kept.length = 0;
  collect();
  const freed = held - process.memoryUsage().heapUsed;
  console.log(`50 refused requests with a ${part} of ${limits.urlBytes} bytes hold ${Math.round(freed / 1024)} KiB`);
  expect(length).toBeLessThan(50 * 3_000);
  expect(freed).toBeLessThan(5_000_000);
});
