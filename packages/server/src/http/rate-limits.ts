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
  /** Items for a project, by the trust of its key. */
  ofItems(project: ProjectId, trust: Trust, items: number): Limited | undefined;
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

  return {
    ofAddress: (one) =>
      address?.loopback !== true && isLoopback(one) ? undefined : limited('address', addresses?.take(network(one), 1)),
    ofItems(project, trust, items) {
      const buckets = made.get(project);
      if (buckets === undefined) return undefined;
      const key = keyOf(trust);
      return limited(key, buckets[key]?.take('', items)) ?? limited('project', buckets.project?.take('', items));
    },
    used(project, trust) {
      const buckets = made.get(project);
      const set = [buckets?.[keyOf(trust)], buckets?.project].filter((one) => one !== undefined);
      return set.length === 0 ? undefined : Math.max(...set.map((one) => one.used('')));
    },
  };
}

const keyOf = (trust: Trust): RateLimited & `${string}-key` => (trust >= 2 ? 'server-key' : 'public-key');

/** Programs of the same machine: benches, proxies that nobody configured, health checks. */
const isLoopback = (address: string): boolean => address === '::1' || address.startsWith('127.');

/** An IPv6 client has at least a /64 to choose its address from. */
const network = (address: string): string =>
  isIPv6(address)
    ? address
        .split(':')
        .slice(0, address.includes('::') ? 3 : 4)
        .join(':')
    : address;
