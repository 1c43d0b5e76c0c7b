import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { backupData, restoreData } from '@selfsame/store-embedded';
import { expect, it, onTestFinished, vi } from 'vitest';
import { deriveIn, rulesIn, startServer } from '../src/index.ts';
import { batch, patience, shop, track } from './running.ts';

it('after a restore new messages have new ids, and those of before keep theirs (G17, G23)', async () => {
  const got: { readonly id: string; readonly item: string }[] = [];
  const receiver = createServer(async (request, response) => {
    const body = JSON.parse(Buffer.concat(await request.toArray()).toString());
    got.push({ id: String(request.headers['webhook-id']), item: body.event.insertId });
    response.end();
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
  const folder = mkdtempSync(join(tmpdir(), 'selfsame-restored-'));
  onTestFinished(() => {
    receiver.closeAllConnections();
    receiver.close();
    rmSync(folder, { recursive: true });
  });
  const config = join(folder, 'settings.json');
  const secret = `whsec_${Buffer.from('twenty-four bytes and more').toString('base64')}`;
  const project = { ...shop, outputs: [{ id: 'hook', type: 'webhook', url, secret }] };
  writeFileSync(config, JSON.stringify({ projects: [project], allowPrivateOutputs: ['127.0.0.1'] }));
  const start = (data: string) =>
    startServer({ config, data, port: 0, host: '127.0.0.1' }, { foreground: false, logTo: { write: () => {} } });
  const arrived = (item: string, times = 1) =>
    vi.waitFor(() => {
      const ids = got.filter((one) => one.item === item).map(({ id }) => id);
      expect(ids).toHaveLength(times);
      return ids;
    }, patience);

  const data = join(folder, 'data');
  const first = await start(data);
  await batch(first.url, shop.serverKey, [track('ann', 'before')]);
  await arrived('before');
  const backup = join(folder, 'backup');
  const quiet = () => {};
  await backupData({ from: data, to: backup, rulesIn: (copy) => rulesIn(copy, config), now: 0, onStep: quiet });
  await batch(first.url, shop.serverKey, [track('ann', 'lost')]);
  const [lost] = await arrived('lost');
  await first.stop();

  const restored = join(folder, 'restored');
  await restoreData({ from: backup, to: restored, deriveIn, onStep: quiet });
  const second = await start(restored);
  onTestFinished(() => second.stop());
  await batch(second.url, shop.serverKey, [track('ann', 'after')]);
  const [after] = await arrived('after');
  expect(after).not.toBe(lost);
  const replay = await fetch(`${second.url}/v1/outputs/hook/replay`, {
    method: 'POST',
    headers: { authorization: `Bearer ${shop.serverKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ from: 0 }),
  });
  expect(replay.ok).toBe(true);
  await arrived('after', 2);
  const beforeIds = got.filter(({ item }) => item === 'before').map(({ id }) => id);
  expect(new Set(beforeIds).size).toBe(1);
  expect(beforeIds.length).toBeGreaterThan(1);
});
