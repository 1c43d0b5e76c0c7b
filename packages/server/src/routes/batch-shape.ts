import * as v from 'valibot';

/** `POST /v1/batch` for the OpenAPI document. The wire itself reads by hand: it refuses item by item and it is quick. */

const time = v.union([v.string(), v.number()]);
const ids = v.record(v.string(), v.union([v.string(), v.number(), v.null()]));
const properties = v.record(v.string(), v.any());
const circumstances = { insertId: v.exactOptional(v.string()), time: v.exactOptional(time) };

export const batch = v.object({
  key: v.exactOptional(v.string()),
  sentAt: v.exactOptional(time),
  items: v.pipe(
    v.array(
      v.variant('type', [
        v.object({
          type: v.literal('track'),
          name: v.string(),
          ids: v.exactOptional(ids),
          properties: v.exactOptional(properties),
          ...circumstances,
        }),
        v.object({
          type: v.literal('page'),
          name: v.exactOptional(v.string()),
          ids: v.exactOptional(ids),
          properties: v.exactOptional(properties),
          ...circumstances,
        }),
        v.object({
          type: v.picklist(['identify', 'login', 'logout', 'modify']),
          ids,
          signed: v.exactOptional(v.string()),
          ...circumstances,
        }),
        v.object({
          type: v.literal('traits'),
          ids,
          traits: v.exactOptional(properties),
          op: v.exactOptional(v.picklist(['set', 'set-once', 'add', 'append', 'union', 'remove', 'replace'])),
          signed: v.exactOptional(v.string()),
          ...circumstances,
        }),
        v.object({
          type: v.literal('segments'),
          ids,
          segments: v.array(v.string()),
          op: v.exactOptional(v.picklist(['set', 'add', 'remove'])),
          ...circumstances,
        }),
        v.object({ type: v.literal('merge'), ids: v.tuple([ids, ids]), ...circumstances }),
        v.object({ type: v.literal('consent'), ids, consent: v.picklist(['granted', 'denied']), ...circumstances }),
      ]),
    ),
    v.maxLength(2_000),
  ),
});
