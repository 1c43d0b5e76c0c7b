import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { launch, temporaryFolder, untilServed } from './cli.ts';

const project = { id: 'shop', publicKey: 'public', serverKey: 'a-server-key-of-enough-length', signingSecret: 'test' };
const headers = { authorization: `Bearer ${project.serverKey}`, 'content-type': 'application/json' };
const items = [{ type: 'track', name: 'Seen', ids: { user: 'ann' } }];

// docs/decisions/0012: of the 400 MB that it may have.
it.runIf(process.platform === 'linux')(
  'a server has no DuckDB in memory before it was asked a question, and from its start on once it was',
  async () => {
    const folder = temporaryFolder();
    onTestFinished(() => folder.remove());
    const config = join(folder.path, 'settings.json');
    writeFileSync(config, JSON.stringify({ projects: [project] }));
    const start = async () => {
      const child = launch(['serve', '--config', config, '--data', join(folder.path, 'data'), '--port', '0']);
      const hasDuckDB = () => readFileSync(`/proc/${child.pid}/maps`, 'utf8').includes('libduckdb');
      return { ...(await untilServed(child)), hasDuckDB };
    };
    const first = await start();
    await fetch(`${first.url}/v1/batch`, { method: 'POST', headers, body: JSON.stringify({ items }) });
    expect(first.hasDuckDB()).toBe(false);
    const answer = await fetch(`${first.url}/v1/stats`, { headers });
    expect(await answer.json()).toMatchObject({ events: 1 });
    expect(first.hasDuckDB()).toBe(true);
    expect(await first.stop()).toBe(0);
    const second = await start();
    expect(second.hasDuckDB()).toBe(true);
    expect(await second.stop()).toBe(0);
  },
  60_000,
);
