import type { Item } from './shop-traffic.ts';

/** Sends items to `/v1/batch` in pieces the server takes. Throws when a piece is not answered with 2xx. */
export async function sendBatch(url: string, key: string, items: readonly object[]): Promise<void> {
  for (let from = 0; from < items.length; from += 500)
    await post(`${url}/v1/batch`, `Bearer ${key}`, { items: items.slice(from, from + 500) });
}

/** Sends a shop's traffic as such a shop would: events by Mixpanel's wire, logins and traits by its backend. */
export async function sendTraffic(url: string, serverKey: string, items: readonly Item[]): Promise<void> {
  const events = items.filter(({ type }) => type === 'track').map(mixpanelEvent);
  for (let from = 0; from < events.length; from += 500)
    await post(`${url}/mixpanel/import?strict=1`, `Basic ${btoa(`${serverKey}:`)}`, events.slice(from, from + 500));
  await sendBatch(
    url,
    serverKey,
    items.filter(({ type }) => type !== 'track'),
  );
}

function mixpanelEvent({ name, ids, properties, time, insertId }: Item): object {
  const { device, user } = ids;
  return {
    event: name,
    properties: {
      ...(properties as object),
      time: Date.parse(time),
      distinct_id: user ?? `$device:${device}`,
      $insert_id: insertId,
      ...(device === undefined ? {} : { $device_id: device }),
      ...(user === undefined ? {} : { $user_id: user }),
    },
  };
}

async function post(url: string, authorization: string, body: unknown): Promise<void> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${new URL(url).pathname}: ${answer.status} ${await answer.text()}`);
}
