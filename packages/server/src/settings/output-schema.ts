import * as v from 'valibot';
import { exact, text, webAddress } from './fields.ts';

const id = v.pipe(v.string(), v.regex(/^[\w.-]{1,64}$/, 'is no output id; use letters, digits and _ . -'));

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

const when = exact({
  event: v.exactOptional(text),
  wire: v.exactOptional(text),
  properties: v.exactOptional(v.record(v.string(), v.union([v.string(), v.number(), v.boolean()]))),
});
const given = { when: v.exactOptional(when) };

/** One step of a connection, as data: no code of a customer's runs here. */
const ruleSettings = v.variant('do', [
  exact({ ...given, do: v.literal('keep') }),
  exact({ ...given, do: v.literal('drop') }),
  exact({ ...given, do: v.literal('rename'), to: text }),
  exact({
    ...given,
    do: v.literal('set'),
    property: text,
    value: v.union([v.string(), v.number(), v.boolean(), v.null()]),
  }),
  exact({ ...given, do: v.literal('remove'), property: text }),
  exact({
    ...given,
    do: v.literal('sample'),
    percent: v.pipe(v.number(), v.minValue(0, 'is below 0'), v.maxValue(100, 'is above 100')),
  }),
]);

/** What every output may say of itself. */
const common = {
  id,
  /** Absent: all that its receiver understands. */
  takes: v.optional(kinds),
  rules: v.optional(v.array(ruleSettings)),
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
