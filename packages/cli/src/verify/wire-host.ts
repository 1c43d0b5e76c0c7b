import { createHmac } from 'node:crypto';
import { MemoryGraph, type Policy, type Trust } from '@selfsame/identity';
import type { Access, Host, WireRequest } from '@selfsame/protocols';
import { Failure } from '../failure.ts';
import { chanceFrom } from '../simulate/chance.ts';
import { ARRIVAL } from './digest.ts';

/** What a wire may ask of a server, without one: a single project whose every key is `verify`. */
export function wireHost(policy: Policy, trust: Trust): Host {
  const access: Access = { project: 'verify', name: 'verify', publicKey: 'verify', trust, policy, settings: {} };
  const open = (_wire: string, key: string) => (key === 'verify' ? access : undefined);
  const none = (): never => {
    throw new Failure('These items need a server: import them instead.');
  };
  // The same in every run: what a wire draws is part of the items.
  const chance = chanceFrom(1);
  const digits = () => String(chance.whole(1, 2 ** 31)) + String(chance.whole(10_000, 99_999));
  return {
    now: ARRIVAL,
    publicKey: open,
    holdsKey: none,
    serverKey: open,
    randomText: none,
    randomInteger: digits,
    randomUuid: digits,
    hmac: (_project, _secret, input) => createHmac('sha256', 'verify').update(input).digest(),
    signingSecrets: none,
    sameBytes: none,
    isAddressIn: none,
    tally: none,
    script: none,
    logged: none,
    ask: async (_project, question) => question(new MemoryGraph()),
  };
}

/** A request of JSON as a wire sees it. */
export const wireRequest = (path: string, authorization: string, json: string): WireRequest => ({
  method: 'POST',
  path,
  search: '',
  query: new Map(),
  headers: { 'content-type': 'application/json', authorization },
  body: new TextEncoder().encode(json),
  origin: 'http://localhost',
  ip: '127.0.0.1',
});
