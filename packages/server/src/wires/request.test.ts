import type { IncomingMessage } from 'node:http';
import { expect, it } from 'vitest';
import { limits } from '../limits.ts';
import { NodeWireRequest } from './request.ts';

const queryOf = (search: string) =>
  new NodeWireRequest({} as IncomingMessage, '/', search, new Uint8Array(0), () => ({ ip: '', origin: '' })).query;

it('of a query that fills the longest address so many parameters are read and no more (S19, G12)', () => {
  const names = Array.from({ length: limits.urlBytes / 8 }, (_, i) => i.toString(36));
  expect([...queryOf(`?${names.join('&')}`).keys()]).toEqual(names.slice(0, limits.jsonKeys));
  expect([...queryOf(`?${'a&'.repeat(limits.urlBytes / 2)}`)]).toEqual([['a', Array(limits.jsonKeys).fill('')]]);
});
