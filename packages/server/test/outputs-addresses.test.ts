import { createServer } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { batch, other, running, shop, track } from './running.ts';

const patience = { timeout: 120_000, interval: 200 };

/** Counts whoever connects to this machine, whatever they say. */
async function trap() {
  const connections = { count: 0 };
  const server = createServer((socket) => {
    connections.count += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, () => resolve()));
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return { connections, port: (server.address() as { port: number }).port };
}

/** This machine, private networks and no hosts at all, in every spelling that some client takes for an address. */
const hosts = [
  ...['127.0.0.1', '127.1', '127.0.1', '127.255.255.254', '0.0.0.0', '0', '2130706433', '017700000001', '0x7f000001'],
  ...['0x7f.1', '0177.0.0.1', '127.0.0.1.', 'localhost', 'LOCALHOST', '%6c%6fcalhost', '①②⑦.⓪.⓪.①'],
  ...['[::1]', '[::]', '[0:0:0:0:0:0:0:1]', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[::127.0.0.1]', '[::7f00:1]'],
  ...[
    '[64:ff9b::7f00:1]',
    '[64:ff9b:1::7f00:1]',
    '[2002:7f00:1::]',
    '[fe80::1]',
    '[fc00::1]',
    '[fd00:ec2::254]',
    '[ff02::1]',
  ],
  ...[
    '10.0.0.1',
    '172.16.0.1',
    '192.168.0.1',
    '100.64.0.1',
    '169.254.169.254',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
  ],
  ...['192.0.2.1', '240.0.0.1', '[2001:db8::1]', '[fec0::1]'],
];

const secret = `whsec_${Buffer.from('twenty-four bytes and more').toString('base64')}`;
const kinds = [
  { type: 'webhook', secret },
  { type: 'mixpanel', token: 'token' },
  { type: 'segment', writeKey: 'key' },
  { type: 'mparticle-webhook' },
];

describe('addresses of outputs', () => {
  it('S27: nothing that leads here is taken when an output is made or changed, of any type', async () => {
    const { connections, port } = await trap();
    const server = await running({ projects: [{ ...shop, outputs: [] }, other] });
    const ask = async (method: string, path: string, body: object) =>
      (
        await fetch(`${server.url}/v1/outputs${path}`, {
          method,
          headers: { authorization: `Bearer ${shop.serverKey}`, 'content-type': 'application/json' },
          body: JSON.stringify(body),
        })
      ).status;
    for (const kind of kinds)
      expect(await ask('POST', '', { ...kind, id: `public-${kind.type}`, url: 'https://1.1.1.1/' })).toBe(201);
    let asked = 0;
    for (const [i, host] of hosts.entries()) {
      const url = `http://${host}:${port}/`;
      for (const kind of kinds) {
        expect(await ask('POST', '', { ...kind, id: `o${i}`, url }), `${url} at create`).toBe(400);
        expect(await ask('PUT', `/public-${kind.type}`, { ...kind, url }), `${url} at update`).toBe(400);
        asked += 2;
      }
    }
    console.log(`S27: ${hosts.length} addresses, ${asked} tries at create and update, ${connections.count} escapes`);
    expect(connections.count).toBe(0);
  });

  it('S27: what stands in the settings file is checked at test, at sending and at replay', {
    timeout: 300_000,
  }, async () => {
    const { connections, port } = await trap();
    // Those that the settings take for an address at all.
    const urls = hosts
      .map((host) => `http://${host}:${port}/`)
      .filter((url) => !/[^\x21-\x7e]/.test(url) && URL.canParse(url));
    const outputs = urls.map((url, i) => ({ ...kinds[i % kinds.length], id: `o${i}`, url }));
    const server = await running({ projects: [{ ...shop, outputs }, other] });
    const headers = { authorization: `Bearer ${shop.serverKey}`, 'content-type': 'application/json' };
    const post = async (path: string, body: object) =>
      (await fetch(`${server.url}/v1/outputs/${path}`, { method: 'POST', headers, body: JSON.stringify(body) })).json();
    const retried = async () => {
      const metrics = await (await fetch(`${server.url}/metrics`)).text();
      const found = metrics.matchAll(
        /selfsame_output_messages_total\{output="(o\d+)",outcome="retry",status=""\} (\d+)/g,
      );
      return new Map([...found].map(([, id = '', count]) => [id, Number(count)]));
    };
    for (const { id } of outputs) expect(await post(`${id}/test`, {}), id).toMatchObject({ ok: false });
    await batch(server.url, shop.serverKey, [track('ann')]);
    const sent = await vi.waitFor(async () => {
      const counts = await retried();
      expect(counts.size).toBe(outputs.length);
      return counts;
    }, patience);
    for (const { id } of outputs) await post(`${id}/replay`, { from: 0 });
    await vi.waitFor(async () => {
      const counts = await retried();
      for (const { id } of outputs) expect(counts.get(id)).toBeGreaterThan(sent.get(id) as number);
    }, patience);
    console.log(`S27: ${outputs.length} addresses at test, send and replay, ${connections.count} escapes`);
    expect(connections.count).toBe(0);
    expect(outputs.length).toBeGreaterThan(40);
  });
});
