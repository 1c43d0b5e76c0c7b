import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startServer } from '@selfsame/server';
import { createIngest } from '@selfsame/store';
import { itemOf, testRules } from '@selfsame/store/traffic';
import { openEmbeddedStore } from '@selfsame/store-embedded';
import { expect, it, onTestFinished, vi } from 'vitest';
import { Failure } from '../src/failure.ts';
import { createProgram } from '../src/program.ts';
import { temporaryFolder } from './cli.ts';

/** Runs a command line in this process; answers what it prints and how it ends. */
async function run(...args: readonly string[]) {
  let out = '';
  const spy = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += String(text);
    return true;
  });
  try {
    await createProgram().parseAsync(args, { from: 'user' });
    return { code: 0, out };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { code: error.exitCode, out };
  } finally {
    spy.mockRestore();
  }
}

it('quarantine: what waits is listed with what the rules failed with, and replayed once (G16)', async () => {
  const folder = temporaryFolder();
  onTestFinished(folder.remove);
  const [config, data] = [join(folder.path, 'settings.json'), join(folder.path, 'data')];
  const keys = { publicKey: 'p', serverKey: 's', signingSecret: 'x' };
  writeFileSync(config, JSON.stringify({ projects: [{ id: 'shop', ...keys }] }));
  const rules = () => ({
    ...testRules('shop'),
    derive: () => {
      throw new RangeError('ann@example.com');
    },
  });
  const store = await openEmbeddedStore({ directory: data, rules });
  const ingest = createIngest({ store, rules, clock: () => 1_760_000_000_000 });
  const ids = [{ kind: 'user', value: 'ann' }];
  const command = { type: 'Track', ids, name: 'Bought', properties: {} } as const;
  const told = { project: 'shop', wire: 'native', trust: 2, command } as const;
  await ingest.submit('native', [itemOf(told), itemOf(told)]);
  await ingest.stop();
  await store.close();

  const server = await startServer(
    { config, data, port: 0, host: '127.0.0.1' },
    { foreground: false, logTo: { write: () => {} } },
  );
  onTestFinished(() => server.stop());
  const quarantine = (...args: readonly string[]) =>
    run('quarantine', ...args, '--url', server.url, '--server-key', 's');
  const listed = await quarantine('list');
  expect(listed.out).toMatch(
    /^1 {2}2025-\S+Z {2}native track "Bought": RangeError at test\/quarantine\.test\.ts:\d+\n2 {2}[^\n]+\n2 wait\.\n$/,
  );
  expect(await quarantine('replay', 'one')).toEqual({ code: 2, out: '' });
  expect(await quarantine('replay', '2')).toEqual({ code: 0, out: '1 replayed, 1 wait.\n' });
  expect(await quarantine('replay')).toEqual({ code: 0, out: '1 replayed, 0 wait.\n' });
  expect(await quarantine('replay')).toEqual({ code: 0, out: '0 replayed, 0 wait.\n' });
  expect((await quarantine('list')).out).toBe('Nothing waits, 2 were replayed.\n');
});
