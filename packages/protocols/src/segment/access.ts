import type { Json } from '@selfsame/identity';
import { basicAuth } from '../basic-auth.ts';
import { isObject, itemsOf, own } from '../json/values.ts';
import type { Access, Host, WireRequest } from '../protocol.ts';

/**
 * Whose request this is by its head: HTTP Basic with the write key as user name, where a backend may give the server key,
 * or `writeKey` in the address of a beacon, which has no headers. `absent` when it has neither: then the body says.
 */
export function accessByHeader(request: WireRequest, host: Host): Access | 'absent' | undefined {
  const basic = basicAuth(request.headers['authorization']);
  if (basic === undefined) return accessByAddress(request, host);
  return host.publicKey('segment', basic.user) ?? host.serverKey('segment', basic.user);
}

/** Two keys open nothing (S24), and a secret has no place in an address (S3). */
function accessByAddress({ query }: WireRequest, host: Host): Access | 'absent' | undefined {
  const keys = query.get('writeKey');
  if (keys === undefined || keys.every((key) => key === '')) return 'absent';
  return keys.length === 1 ? host.publicKey('segment', keys[0] as string) : undefined;
}

/** Whose request this is by its body: `writeKey`, or that of the first message of a batch. Never a secret (S3). */
export function accessByBody(body: Json, host: Host): Access | undefined {
  if (!isObject(body)) return undefined;
  const batch = itemsOf(own(body, 'batch'));
  const key = own(body, 'writeKey') ?? (isObject(batch?.[0]) ? own(batch[0], 'writeKey') : undefined);
  return typeof key === 'string' ? host.publicKey('segment', key) : undefined;
}
