import type { Item } from './shop-traffic.ts';

/** Sends items to `/v1/batch` in pieces the server takes. Throws when a piece is not answered with 2xx. */
export async function sendBatch(url: string, key: string, items: readonly (Item | object)[]): Promise<void> {
  for (let from = 0; from < items.length; from += 500) {
    const answer = await fetch(`${url}/v1/batch`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
      body: JSON.stringify({ items: items.slice(from, from + 500) }),
    });
    if (!answer.ok) throw new Error(`batch: ${answer.status} ${await answer.text()}`);
  }
}
