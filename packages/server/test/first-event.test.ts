import { expect, test } from 'vitest';
import { running, shop, track } from './running.ts';

test('a project whose columns are still fed after a start is not told that it waits for its first event', async () => {
  const { url, context } = await running();
  const headers = { authorization: `Bearer ${shop.serverKey}`, 'content-type': 'application/json' };
  const project = async () =>
    ((await (await fetch(`${url}/v1/project`, { headers })).json()) as { firstEvent: string | null }).firstEvent;
  expect(await project()).toBeNull();
  await fetch(`${url}/v1/batch`, { method: 'POST', headers, body: JSON.stringify({ items: [track('ann')] }) });
  const { columns } = context;
  const { overview } = columns;
  columns.overview = async (id) => ({
    ...(await overview.call(columns, id)),
    events: 0,
    people: 0,
    through: 0,
    last: 1,
  });
  expect(await project()).not.toBeNull();
});
