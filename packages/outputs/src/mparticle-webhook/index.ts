import { judge } from '../judge.ts';
import type { Delivery, Link, Output, Rendered, Sent } from '../output.ts';
import { batchOf, printBatch } from './batch.ts';
import { bodyOf, gathering, MOST_EVENTS } from './gathering.ts';

export interface MparticleWebhookSettings {
  readonly url: string;
  /** The value of the `Authorization` header, sent as is. */
  readonly authorization?: string;
  /** Says on which device an event happened; off as the vendor's is. */
  readonly includeDeviceId: boolean;
  /** The kind of the identifier that goes as `unique_id`. */
  readonly uniqueId?: string;
  /** Gathers what a device does for so long, ms; the vendor's is ten minutes, and off. */
  readonly batchMs?: number;
}

/** The whole of a call, ms. */
const TIMEOUT = 15_000;
/** The longest body, unless one event alone is longer. */
const MOST_CHARACTERS = 1_000_000;
/** Calls under way at once. */
const SOCKETS = 50;

/** mParticle's own webhook: a batch a call, each event in one of its own or gathered, in no order. */
export function mparticleWebhook(settings: MparticleWebhookSettings): Output {
  const { url, authorization, batchMs } = settings;
  const post = async (body: string, link: Link): Promise<Sent> =>
    judge(
      await link.post(url, {
        headers: {
          'content-type': 'application/json',
          'user-agent': 'selfsame',
          ...(authorization === undefined ? {} : { authorization }),
        },
        body,
        timeoutMs: TIMEOUT,
      }),
    );
  return {
    takes: new Set(['event', 'person']),
    profiles: true,
    order: 'none',
    batch: { items: batchMs === undefined ? 1 : MOST_EVENTS, bytes: MOST_CHARACTERS },
    ...(batchMs === undefined ? {} : { holds: gathering(batchMs) }),
    atOnce: SOCKETS,
    render: (delivery: Delivery) => {
      const batch = batchOf(delivery, settings);
      return batch === 'skip' ? 'skip' : { body: JSON.stringify(batch) };
    },
    async send(batch: readonly Rendered[], link) {
      const sent = await post(bodyOf(batch), link);
      return batch.map(() => sent);
    },
    probe: (link) => post(printBatch(testBatch(link.now())), link),
  };
}

/** Nobody's event of the development environment. */
const testBatch = (now: number) => ({
  schema_version: 2,
  environment: 'development',
  batch_id: now,
  mpid: '0',
  timestamp_unixtime_ms: now,
  source_info: { channel: 'server_to_server', partner: null },
  events: [
    {
      event_type: 'custom_event',
      data: { event_name: 'Selfsame Test', custom_event_type: 'other', timestamp_unixtime_ms: now },
    },
  ],
  user_attributes: {},
  user_identities: [],
  device_info: {},
  application_info: {},
  system_notifications: [],
});
