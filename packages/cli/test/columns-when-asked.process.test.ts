import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { launch, temporaryFolder, untilServed } from './cli.ts';

const project = { id: 'shop', publicKey: 'public', serverKey: 'a-server-key-of-enough-length', signingSecret: 'test' };
const headers = { authorization: `Bearer ${project.serverKey}`, 'content-type': 'application/json' };
const items = [{ type: 'track', name: 'Seen', ids: { user: 'ann' } }];

// docs/decisions/0012: of the 400 MB that it may have.
it.runIf(process.platform === 'linux')(
  'a server has no DuckDB in memory until it is asked a question',
  async () => {
    const folder = temporaryFolder();
    onTestFinished(() => folder.remove());
    const config = join(folder.path, 'settings.json');
    writeFileSync(config, JSON.stringify({ projects: [project] }));
    const child = launch(['serve', '--config', config, '--data', join(folder.path, 'data'), '--port', '0']);
    const hasDuckDB = () => readFileSync(`/proc/${child.pid}/maps`, 'utf8').includes('libduckdb');
    const { url, stop } = await untilServed(child);
    await fetch(`${url}/v1/batch`, { method: 'POST', headers, body: JSON.stringify({ items }) });
    expect(hasDuckDB()).toBe(false);
    const answer = await fetch(`${url}/v1/stats`, { headers });
    expect(await answer.json()).toMatchObject({ events: 1 });
    expect(hasDuckDB()).toBe(true);
    expect(await stop()).toBe(0);
  },
  60_000,
);
