import { type DirectoryPolicy, directoryOf, type Policy, presets } from '@selfsame/identity';
import { mparticle } from '../../src/mparticle/index.ts';
import type { WireReply } from '../../src/protocol.ts';
import { type Circumstances, createWorld, request, SERVER_KEY, type World, WRITE_KEY } from '../world.ts';

export type Preset =
  | 'mparticle-default'
  | 'mparticle-conversion'
  | 'mparticle-link'
  | 'mparticle-isolation'
  | 'mparticle-best-match';

/** A project on the wire under a preset. */
export const open = (preset: Preset, given: Circumstances = {}, change: Partial<Policy> = {}): World =>
  createWorld(mparticle, { ...(presets[preset] as Policy), ...change }, given);

/** A strategy with some of its settings changed. */
export const directory = (
  strategy: DirectoryPolicy['strategy'],
  change: Partial<DirectoryPolicy> = {},
): Pick<Policy, 'directory'> => ({ directory: { ...directoryOf(strategy), ...change } });

export const basic = `Basic ${Buffer.from(`${WRITE_KEY}:${SERVER_KEY}`).toString('base64')}`;

/** A client of one project, in few words. `as: 'server'` shows Basic credentials instead of the web key. */
export function clientOf(world: World) {
  const post = (path: string, body: unknown, headers: Readonly<Record<string, string>> = { 'x-mp-key': WRITE_KEY }) =>
    world.send(request('POST', path, body, headers));
  const environment = 'development';
  return {
    post,
    /** `identify`, `login`, `logout` or `search`. */
    call: (call: string, known_identities: unknown, more: object = {}, headers?: Readonly<Record<string, string>>) =>
      post(`/v1/${call}`, { environment, known_identities, ...more }, headers),
    modify: (mpid: string, changes: readonly object[], headers?: Readonly<Record<string, string>>) =>
      post(`/v1/${mpid}/modify`, { environment, identity_changes: changes }, headers),
    events: (batch: unknown) => post(`/v3/JS/${WRITE_KEY}/events`, batch, { 'content-type': 'text/plain' }),
    feed: (batch: object) => post('/v2/events', { environment, ...batch }, { authorization: basic }),
    alias: (source: unknown, destination: unknown, start: unknown, end: unknown, more: object = {}) =>
      post(`/v1/identity/${WRITE_KEY}/Alias`, {
        ...more,
        data: { source_mpid: source, destination_mpid: destination, start_unixtime_ms: start, end_unixtime_ms: end },
      }),
  };
}

export const bodyOf = (reply: WireReply) => JSON.parse(String(reply.body)) as Record<string, unknown>;
/** The MPID of an answer, or its error code. */
export const mpidOf = (reply: WireReply): string => {
  const body = bodyOf(reply);
  return String(reply.status === 200 ? body['mpid'] : body['ErrorCode']);
};
