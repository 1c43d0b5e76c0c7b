import { createServer, type ServerResponse } from 'node:http';
import { createServer as createRawServer } from 'node:net';
import { expect, it, onTestFinished, vi } from 'vitest';
import { batch, other, outputsBeside, running, shop, track } from './running.ts';

const patience = { timeout: 120_000, interval: 100 };
const secret = `whsec_${Buffer.from('twenty-four bytes and more').toString('base64')}`;
const opened = { allowPrivateOutputs: ['127.0.0.1'] };

/** A receiver on 127.0.0.1; `answer` has each request's body and how to answer it. */
async function receiver(answer: (body: string, response: ServerResponse) => void) {
  const server = createServer(async (request, response) =>
    answer(Buffer.concat(await request.toArray()).toString(), response),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as { port: number }).port}/`;
}

it('G18: receivers that hang, refuse, cut off or never end their answer delay no other output and no request', {
  timeout: 300_000,
}, async () => {
  const got: string[] = [];
  const good = await receiver((body, response) => {
    got.push(JSON.parse(body).event.insertId);
    response.end();
  });
  const hangs = await receiver(() => {});
  const refuses = await receiver((_, response) => response.writeHead(500).end());
  const endless = await receiver((_, response) => {
    response.writeHead(200);
    const more = setInterval(() => response.write('x'.repeat(1_000)), 20);
    response.once('close', () => clearInterval(more));
  });
  const cuts = createRawServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => cuts.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => new Promise<void>((resolve) => cuts.close(() => resolve())));
  const cut = `http://127.0.0.1:${(cuts.address() as { port: number }).port}/`;
  const outputs = Object.entries({ hangs, good, refuses, endless, cut }).map(([id, url]) => ({
    id,
    type: 'webhook',
    url,
    secret,
  }));
  const server = await running({ projects: [{ ...shop, outputs }, other], ...opened });
  const sent: string[] = [];
  for (let i = 0; i < 20; i++) {
    const items = Array.from({ length: 20 }, (_, j) => `i-${i}-${j}`);
    const answer = await batch(
      server.url,
      shop.serverKey,
      items.map((id, j) => track(`user-${j}`, id)),
    );
    expect(answer.status).toBe(200);
    sent.push(...items);
  }
  await vi.waitFor(() => expect(got.length).toBe(sent.length), patience);
  expect(new Set(got)).toEqual(new Set(sent));
  const answer = await fetch(`${server.url}/v1/outputs`, { headers: { authorization: `Bearer ${shop.serverKey}` } });
  const { outputs: states } = (await answer.json()) as { outputs: { id: string; held: number; sent: number }[] };
  const view = new Map(states.map((one) => [one.id, one]));
  expect(view.get('good')).toMatchObject({ held: 0, sent: sent.length });
  expect(view.get('hangs')?.held).toBeGreaterThan(0);
  console.log(`G18: ${sent.length} events beside four receivers that fail: all acknowledged, all at the fifth`);
});

it.each(['server', 'process'] as const)(
  'G20: an opt-out against a full queue, outputs in the %s: nothing is sent after its acknowledgement',
  {
    timeout: 300_000,
  },
  async (where) => {
    const [people, each] = [200, 5];
    const got: { readonly user: string; readonly after: boolean }[] = [];
    const held: (() => void)[] = [];
    let isOpen = false;
    const url = await receiver((body, response) => {
      const { person } = JSON.parse(body) as { person: { identifiers: { value: string }[] } };
      got.push({ user: person.identifiers[0]?.value ?? '', after: isOpen });
      if (isOpen) response.end();
      else held.push(() => response.end());
    });
    const server = await running({
      projects: [{ ...shop, outputs: [{ id: 'hook', type: 'webhook', url, secret }] }, other],
      outputs: { in: where },
      ...opened,
    });
    if (where === 'process') await outputsBeside(server);
    const users = Array.from({ length: people }, (_, i) => `user-${i}`);
    for (let i = 0; i < each; i++)
      await batch(
        server.url,
        shop.serverKey,
        users.map((user) => track(user, `${user}-${i}`)),
      );
    // As many are under way as may be, and the rest waits.
    await vi.waitFor(() => expect(held.length).toBe(50), patience);
    const denied = new Set(users.filter((_, i) => i % 4 !== 0));
    const answer = await batch(
      server.url,
      shop.serverKey,
      [...denied].map((user) => ({ type: 'consent', ids: { user }, consent: 'denied' })),
    );
    expect(answer.status).toBe(200);
    isOpen = true;
    for (const end of held) end();
    const headers = { authorization: `Bearer ${shop.serverKey}` };
    await vi.waitFor(async () => {
      const view = await (await fetch(`${server.url}/v1/outputs/hook`, { headers })).json();
      expect(view).toMatchObject({ held: 0, lag: { positions: 0 } });
    }, patience);
    const leaked = got.filter(({ user, after }) => after && denied.has(user));
    console.log(
      `G20: outputs in the ${where}, ${people * each} queued, ${denied.size} people opt out: ${leaked.length} sent after the acknowledgement`,
    );
    expect(leaked).toEqual([]);
    const allowed = got.filter(({ user }) => !denied.has(user));
    expect(allowed).toHaveLength((people - denied.size) * each);
  },
);
