import { judge, type Link, type Output, type Rendered, type Sent } from '@selfsame/outputs';
import { sign } from '../../signed-blob.ts';
import type { Callbacks } from '../../wire.ts';
import { coalesced, type Notice, noticesOf, payloadOf } from './notices.ts';

interface CallbackSettings {
  /** Where the client wants to be called. */
  readonly url: string;
  /** The signed blob of a payload. */
  readonly sign: (payload: object) => string;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** One callback for a client in so much time, ms. */
const APART = 5 * MINUTE;
/** How long after each failure to try again, ms; then the callback has failed. */
const RETRIES = [0, 5 * MINUTE, 15 * MINUTE, HOUR, 12 * HOUR, 12 * HOUR] as const;
const TIMEOUT = 30_000;
/** How long changes gather before a callback, ms. */
const GATHER = 1_000;
/** Most messages whose notices go in one. */
const MOST = 15_000;

/** The output that `wires.spid.callbackUrl` makes. */
export const callbacks: Callbacks = {
  id: 'spid-callbacks',
  setting: 'callbackUrl',
  output: (url, project, host) => spidCallbacks({ url, sign: (payload) => sign(payload, project, host) }),
  metrics: {
    attempts: {
      name: 'selfsame_spid_callbacks_total',
      help: 'Attempts to tell a SPiD client of changes, by what came of them.',
    },
    waiting: {
      name: 'selfsame_spid_notices_waiting',
      help: 'Changes that SPiD clients are yet to be told of, without those on their way.',
    },
  },
};

/** Tells a SPiD client that something about its users changed, and nothing of what. */
export function spidCallbacks({ url, sign }: CallbackSettings): Output {
  const post = async (batch: readonly Rendered[], link: Link): Promise<Sent> => {
    const notices = coalesced(batch.flatMap(({ body }) => JSON.parse(body) as readonly Notice[]));
    const reply = await link.post(url, {
      headers: { 'content-type': 'text/plain', 'user-agent': 'selfsame' },
      body: sign(payloadOf(notices)),
      timeoutMs: TIMEOUT,
    });
    if ('failure' in reply) return judge(reply);
    const { status } = reply;
    return status === 202 ? { type: 'done' } : { type: 'retry', why: `the client answered ${status}, not 202`, status };
  };
  return {
    takes: new Set(['event', 'person']),
    order: 'lane',
    batch: { items: MOST, bytes: Number.POSITIVE_INFINITY },
    atOnce: 1,
    apart: APART,
    gather: GATHER,
    retries: RETRIES,
    wants: (message) => noticesOf(message).length > 0,
    render({ message }) {
      const notices = noticesOf(message);
      return notices.length === 0 ? 'skip' : { body: JSON.stringify(notices) };
    },
    async send(batch, link) {
      const sent = await post(batch, link);
      return batch.map(() => sent);
    },
    // A callback about nobody.
    probe: (link) => post([], link),
  };
}
