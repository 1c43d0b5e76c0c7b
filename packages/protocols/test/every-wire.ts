import { mixpanel } from '../src/mixpanel/index.ts';
import { mparticle } from '../src/mparticle/index.ts';
import { native } from '../src/native/index.ts';
import type { Host, Protocol, Reading, WireRequest } from '../src/protocol.ts';
import { segment } from '../src/segment/index.ts';
import { withTokens } from '../src/signed-token.ts';
import { spid } from '../src/spid/index.ts';
import { asPlatform } from '../src/spid/platform.ts';
import { xo } from '../src/xo/index.ts';
import { dice } from './dice.ts';
import { CLIENT } from './spid/platform-world.ts';
import { WRITE_KEY } from './world.ts';

/** The clock of laws over all wires, ms. */
export const START = Date.UTC(2026, 10, 24);

/** A whole number below another, by chance. */
export type Roll = (below: number) => number;

/** Whole numbers below another, from a seed. */
export function wholes(seed: number): Roll {
  const chance = dice(seed);
  return (below) => Math.floor(chance() * below);
}

export const of = <T>(roll: Roll, list: readonly T[]): T => list[roll(list.length)] as T;

export const json = { 'content-type': 'application/json' };
export const basic = (user: string, secret = '') => ({ ...json, authorization: `Basic ${btoa(`${user}:${secret}`)}` });
export const bearer = (key: string) => ({ ...json, authorization: `Bearer ${key}` });

/** What a question of mParticle's SDK comes with. */
export const sdk = {
  client_sdk: { platform: 'web', sdk_vendor: 'mparticle', sdk_version: '2' },
  environment: 'production',
};

const protocols: Readonly<Record<string, Protocol>> = { mixpanel, mparticle, native, segment, spid, xo };

/**
 * Wires by the first part of the path, over one graph; the native wire is the login platform of SPiD too.
 * @param numberOf a number for the profile that a request may make; undefined: the world's next
 */
export const everyWire = (numberOf: (request: WireRequest) => string | undefined): Protocol => ({
  ...native,
  read(one, host) {
    const [, wire = '', path = ''] = /^\/(\w+)(\/.*)$/.exec(one.path) ?? [];
    const lent = Object.create(host, {
      publicKey: {
        value(name: string, key: string) {
          if (name === 'spid') {
            const access = host.publicKey(name, WRITE_KEY);
            return key === CLIENT && access ? { ...access, beside: [asPlatform] } : undefined;
          }
          return host.publicKey(name, key);
        },
      },
      serverKey: {
        value(name: string, key: string) {
          const access = host.serverKey(name, key);
          return access && { ...access, beside: [asPlatform] };
        },
      },
      randomInteger: { value: () => numberOf(one) ?? host.randomInteger() },
    }) as Host;
    const reading = (protocols[wire] as Protocol).read({ ...one, path }, lent);
    return reading instanceof Promise ? reading.then((read) => withSigned(read, lent)) : withSigned(reading, lent);
  },
});

/** With what backends signed in it, as the server reads it. */
function withSigned(reading: Reading, host: Host): Reading {
  if (reading.type === 'answer') return reading;
  const { items, reply } = reading;
  return {
    ...reading,
    items: withTokens(items, host),
    reply: (verdicts) => reply(verdicts.slice(0, items.length)),
  };
}
