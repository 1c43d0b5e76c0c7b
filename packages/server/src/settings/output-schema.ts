import { type CallbacksId, wires } from '@selfsame/protocols';
import * as v from 'valibot';
import { exact, settingsId, text, webAddress } from './fields.ts';
import { rules } from './rule-schema.ts';

const wholeFrom = (least: number, most: number) =>
  v.pipe(
    v.number(),
    v.integer('is no whole number'),
    v.minValue(least, `is below ${least}`),
    v.maxValue(most, `is above ${most}`),
  );

/** A secret of Standard Webhooks: `whsec_` and base64 of 24 bytes or more (S28). */
const webhookSecret = v.pipe(
  v.string(),
  v.check(
    (one) => /^whsec_[A-Za-z0-9+/]+={0,2}$/.test(one) && secretBytes(one).length >= 24,
    'is no webhook secret; use whsec_ and the base64 of at least 24 random bytes',
  ),
);

/** Where a project is told that an output halted, signed where there is a secret. */
export const alertSettings = exact({ url: webAddress, secret: v.optional(webhookSecret) });

/** The bytes that a `whsec_…` stands for. */
export const secretBytes = (secret: string): Uint8Array => Buffer.from(secret.replace(/^whsec_/, ''), 'base64');

const kinds = v.pipe(
  v.array(v.picklist(['event', 'person', 'moved', 'erased', 'retracted'])),
  v.minLength(1, 'is empty; name a kind'),
);

/** What every output may say of itself. */
const common = {
  id: v.pipe(
    settingsId('output'),
    ...wires.flatMap(({ name, callbacks }) =>
      callbacks === undefined
        ? []
        : [
            v.check<string, string>(
              (one) => one !== callbacks.id,
              `is the id of what wires.${name}.${callbacks.setting} makes; take another`,
            ),
          ],
    ),
  ),
  rules: v.optional(rules),
};

/** What every output that posts may say. Files hold everything, at the pace of their disk. */
const posting = {
  ...common,
  /** Absent: all that its receiver understands, but for `retracted`, which receivers ask for by its name. */
  takes: v.optional(kinds),
  /** Most messages a second; absent: as many as its receiver takes. */
  perSecond: v.optional(wholeFrom(1, 1_000_000)),
};

const webhookSettings = exact({
  ...posting,
  type: v.literal('webhook'),
  url: webAddress,
  secret: webhookSecret,
  /** After a correction every event it concerns is told again. */
  expand: v.optional(v.boolean()),
  /** The secret before; receivers that still hold it can verify with it. */
  previousSecret: v.optional(webhookSecret),
});

const mixpanelSettings = exact({
  ...posting,
  type: v.literal('mixpanel'),
  /** The base: `/track`, `/import` and `/engage` follow it. */
  url: webAddress,
  token: text,
  /** Either makes events go by `/import`, which says what it refused and takes old ones. */
  apiSecret: v.optional(text),
  serviceAccount: v.optional(exact({ username: text, secret: text, projectId: text })),
  /** `anchors`: Mixpanel stitches by itself. `person`: `distinct_id` is our person. `spid`: as SPiD forwards. */
  identity: v.optional(v.picklist(['anchors', 'person', 'spid'])),
  /** Of `person`: how long everything waits, to be sent of whoever it belongs to by then. A week at most. */
  settleSeconds: v.optional(wholeFrom(1, 604_800)),
});

/** mParticle's own webhook: its batches, with the settings its output has. */
const mparticleWebhookSettings = exact({
  ...posting,
  type: v.literal('mparticle-webhook'),
  url: webAddress,
  /** The whole value of the `Authorization` header. */
  authorization: v.optional(
    v.pipe(v.string(), v.regex(/^[\x20-\x7e]{1,4000}$/, 'is no header value; use printable ASCII')),
  ),
  includeDeviceId: v.optional(v.boolean()),
  /** The kind of identifier that goes as `unique_id`. */
  uniqueId: v.optional(text),
  /** Gathers what a device does for so long; absent: each event is a call. */
  batchSeconds: v.optional(wholeFrom(1, 3_600)),
});

const segmentSettings = exact({
  ...posting,
  type: v.literal('segment'),
  /** The base: `/v1/batch` follows it. */
  url: webAddress,
  writeKey: text,
});

/** Files of everything; they lie under `filesDirectory`, in a directory of the project and the output. */
const filesSettings = exact({
  ...common,
  type: v.literal('files'),
  format: v.optional(v.picklist(['parquet', 'ndjson'])),
  /** A row for every event of a correction. */
  expand: v.optional(v.boolean()),
  /** A file ends when its rows are so large as JSON; 64 MiB unless said otherwise. */
  rotateBytes: v.optional(wholeFrom(1_000, 1 << 30)),
  /** And when so much time has passed; 15 minutes unless said otherwise. */
  rotateSeconds: v.optional(wholeFrom(1, 86_400)),
});

/** One output of the settings file, or of `POST /v1/outputs`. */
export const outputSettings = v.pipe(
  v.variant('type', [webhookSettings, mixpanelSettings, mparticleWebhookSettings, segmentSettings, filesSettings]),
  v.check(
    (one) => one.type !== 'mixpanel' || one.settleSeconds === undefined || one.identity === 'person',
    'has settleSeconds, which only identity "person" has a use for',
  ),
);

/** What a setting of a wire makes, such as `wires.spid.callbackUrl`: it has no entry of its own. */
export interface CallbackSettings {
  readonly id: CallbacksId;
  readonly type: CallbacksId;
  /** Whose setting it is. */
  readonly wire: string;
  readonly url: string;
  readonly rules?: undefined;
  readonly perSecond?: undefined;
}

export const isCallbacks = (settings: OutputSettings): settings is CallbackSettings => 'wire' in settings;

export type OutputSettings = v.InferOutput<typeof outputSettings> | CallbackSettings;

/** Most messages that it sends a second; undefined where it has no such limit. */
export const perSecondOf = (settings: OutputSettings): number | undefined =>
  settings.type === 'files' ? undefined : settings.perSecond;
export type FilesSettings = v.InferOutput<typeof filesSettings>;
