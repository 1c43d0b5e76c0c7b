import { createHash, createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import { MemoryGraph, presets } from '@selfsame/identity';
import type { Batch } from '../../src/native/wire.ts';
import type { Access, Host, WireRequest } from '../../src/protocol.ts';

const access: Access = {
  project: 'shop',
  name: 'Shop',
  publicKey: 'PUB',
  trust: 0,
  policy: presets['selfsame']!,
  settings: {},
};

/** A host with one project whose keys are `PUB` and `SRV`. */
export const host: Host = {
  now: 1_700_000_000_000,
  randomText: (length) => 'x'.repeat(length),
  randomInteger: () => '1',
  randomUuid: () => randomUUID(),
  hmac: (_project, secret, input) => createHmac('sha256', secret).update(input).digest(),
  signingSecrets: () => ['signing'],
  sameBytes: (a, b) =>
    timingSafeEqual(createHash('sha256').update(a).digest(), createHash('sha256').update(b).digest()),
  isAddressIn: () => false,
  tally: () => 0,
  ask: async (_project, question) => question(new MemoryGraph()),
  logged: async () => undefined,
  script: () => undefined,
  publicKey: (_wire, key) => (key === 'PUB' ? access : undefined),
  holdsKey: () => true,
  serverKey: (_wire, key) => (key === 'SRV' ? { ...access, trust: 2 } : undefined),
};

/** `POST /v1/batch` with these headers and this body. */
export function post(body: Batch | string | Uint8Array, headers: Record<string, string> = {}): WireRequest {
  const bytes =
    body instanceof Uint8Array
      ? body
      : new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body));
  return {
    method: 'POST',
    path: '/batch',
    query: new Map(),
    search: '',
    headers: { 'content-type': 'application/json', ...headers },
    body: bytes,
    origin: 'http://127.0.0.1',
    ip: '127.0.0.1',
  };
}

export const withServerKey = { authorization: 'Bearer SRV' };
