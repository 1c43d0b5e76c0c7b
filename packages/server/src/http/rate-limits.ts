import { isIPv6 } from 'node:net';
import type { ProjectId, Trust } from '@selfsame/identity';
import type { RateLimited } from '@selfsame/protocols';
import { createTokenBuckets, type Rate, type TokenBuckets } from './token-buckets.ts';

export interface Limited {
  readonly whose: RateLimited;
  readonly retryAfterSeconds: number;
}

/** The settings of a project's rates, items a second. */
export interface ProjectRates {
  readonly project?: Rate | undefined;
  readonly publicKey?: Rate | undefined;
  readonly serverKey?: Rate | undefined;
}

export interface RateLimits {
  /** A request of this address, any path. */
  ofAddress(address: string): Limited | undefined;
  /** Items for a project, by the trust of its key. What one limit turns away is taken off no other. */
  ofItems(project: ProjectId, trust: Trust, items: number): Limited | undefined;
  /** Items that `ofItems` let through and that could not be kept: their sender comes again with them. */
  giveBack(project: ProjectId, trust: Trust, items: number): void;
  /** How full the fuller of a key's limits is, 0 to 1; undefined where none is set. */
  used(project: ProjectId, trust: Trust): number | undefined;
}

/** Beyond what any page or backend sends; programs of this machine are not counted unless the settings say so. */
export const defaultAddressRate: Rate = { perSecond: 1_000, burst: 20_000 };

/**
 * @param address of one address; `loopback`: also of this machine's own programs
 * @param now a clock for durations, ms
 */
export function createRateLimits(
  address: (Rate & { readonly loopback: boolean }) | undefined,
  projects: ReadonlyMap<ProjectId, ProjectRates>,
  now: () => number = () => performance.now(),
): RateLimits {
  const addresses = address && createTokenBuckets(address, now);
  const bucketsOf = (rate: Rate | undefined): TokenBuckets | undefined => rate && createTokenBuckets(rate, now);
  const made = new Map(
    [...projects].map(([id, { project, publicKey, serverKey }]) => [
      id,
      { project: bucketsOf(project), 'public-key': bucketsOf(publicKey), 'server-key': bucketsOf(serverKey) },
    ]),
  );
  const limited = (whose: RateLimited, retryAfterSeconds: number | undefined): Limited | undefined =>
    retryAfterSeconds === undefined || retryAfterSeconds === 0 ? undefined : { whose, retryAfterSeconds };

  /** The buckets that a key's items are taken from, of those the settings name. */
  function bucketsFor(project: ProjectId, trust: Trust): readonly (readonly [RateLimited, TokenBuckets])[] {
    const buckets = made.get(project);
    const key = trust >= 2 ? 'server-key' : 'public-key';
    return ([key, 'project'] as const).flatMap((whose) => {
      const bucket = buckets?.[whose];
      return bucket === undefined ? [] : [[whose, bucket] as const];
    });
  }

  return {
    ofAddress: (one) =>
      address?.loopback !== true && isLoopback(one) ? undefined : limited('address', addresses?.take(network(one), 1)),
    ofItems(project, trust, items) {
      const asked = bucketsFor(project, trust);
      for (const [whose, bucket] of asked) {
        const full = limited(whose, bucket.wait(''));
        if (full !== undefined) return full;
      }
      for (const [, bucket] of asked) bucket.take('', items);
      return undefined;
    },
    giveBack(project, trust, items) {
      for (const [, bucket] of bucketsFor(project, trust)) bucket.giveBack('', items);
    },
    used(project, trust) {
      const parts = bucketsFor(project, trust).map(([, bucket]) => bucket.used(''));
      return parts.length === 0 ? undefined : Math.max(...parts);
    },
  };
}

/** Programs of the same machine: benches, proxies that nobody configured, health checks. */
const isLoopback = (address: string): boolean => address === '::1' || address.startsWith('127.');

/** An IPv6 client has at least a /64 to choose its address from; an IPv4 address in its IPv6 form is one address. */
export function network(address: string): string {
  if (!isIPv6(address)) return address;
  if (/^::ffff:.*\./i.test(address)) return address.slice('::ffff:'.length);
  const [start = [], end = []] = address.split('::').map((part) => part.split(':').filter((group) => group !== ''));
  const zeros = Array<string>(Math.max(0, 8 - start.length - end.length)).fill('0');
  return [...start, ...zeros, ...end].slice(0, 4).join(':');
}
