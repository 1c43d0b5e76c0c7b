import * as v from 'valibot';
import { exact, settingsId, text, webAddress } from './fields.ts';
import { rules } from './rule-schema.ts';

/** A secret of Standard Webhooks: `whsec_` and base64 of 24 bytes or more (S28). */
const webhookSecret = v.pipe(
  v.string(),
  v.check(
    (one) => /^whsec_[A-Za-z0-9+/]+={0,2}$/.test(one) && secretBytes(one).length >= 24,
    'is no webhook secret; use whsec_ and the base64 of at least 24 random bytes',
  ),
);

/** The bytes that a `whsec_…` stands for. */
export const secretBytes = (secret: string): Uint8Array => Buffer.from(secret.replace(/^whsec_/, ''), 'base64');

const kinds = v.pipe(
  v.array(v.picklist(['event', 'person', 'moved', 'erased'])),
  v.minLength(1, 'is empty; name a kind'),
);

/** What every output may say of itself. */
const common = {
  id: settingsId('output'),
  /** Absent: all that its receiver understands. */
  takes: v.optional(kinds),
  rules: v.optional(rules),
};

const webhookSettings = exact({
  ...common,
  type: v.literal('webhook'),
  url: webAddress,
  secret: webhookSecret,
  /** The secret before; receivers that still hold it can verify with it. */
  previousSecret: v.optional(webhookSecret),
});

const mixpanelSettings = exact({
  ...common,
  type: v.literal('mixpanel'),
  /** The base: `/track`, `/import` and `/engage` follow it. */
  url: webAddress,
  token: text,
  /** Either makes events go by `/import`, which says what it refused and takes old ones. */
  apiSecret: v.optional(text),
  serviceAccount: v.optional(exact({ username: text, secret: text, projectId: text })),
  /** `anchors`: Mixpanel stitches by itself. `person`: `distinct_id` is our person. `spid`: as SPiD forwards. */
  identity: v.optional(v.picklist(['anchors', 'person', 'spid'])),
});

const segmentSettings = exact({
  ...common,
  type: v.literal('segment'),
  /** The base: `/v1/batch` follows it. */
  url: webAddress,
  writeKey: text,
});

/** One output of the settings file, or of `POST /v1/outputs`. */
export const outputSettings = v.variant('type', [webhookSettings, mixpanelSettings, segmentSettings]);

export type OutputSettings = v.InferOutput<typeof outputSettings>;
