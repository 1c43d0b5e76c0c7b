import { accessSync, constants, existsSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { run } from './run.ts';

/** A program the tests run, by the Debian package that holds it. */
interface Needed {
  readonly program: string;
  readonly package: string;
  readonly why: string;
}

const needed: readonly Needed[] = [
  {
    program: 'chromium-headless-shell',
    package: 'chromium-headless-shell',
    why: 'the browser tests drive a real browser',
  },
  { program: 'chromium', package: 'chromium', why: 'our browser client is tried in it as people have it' },
  { program: 'firefox-esr', package: 'firefox-esr', why: 'our browser client is tried in it too' },
  { program: 'WebKitWebDriver', package: 'webkit2gtk-driver', why: 'our browser client is tried in WebKit too' },
  { program: 'Xvfb', package: 'xvfb', why: 'WebKit wants a screen' },
  { program: 'strace', package: 'strace', why: 'the durability tests watch what reaches the disk' },
  { program: 'python3', package: 'python3-minimal', why: 'the guides serve their pages with it' },
  { program: 'nginx', package: 'nginx-light', why: 'the files for proxies are tried with it' },
  { program: 'caddy', package: 'caddy', why: 'the files for proxies are tried with it' },
  { program: 'systemd-analyze', package: 'systemd', why: 'the units are checked with it' },
  { program: 'curl', package: 'curl', why: 'the guides ask with it' },
];

/** Makes sure that every program is there; installs from Debian when allowed to. Answers what is missing, in words. */
export async function ensurePrograms(): Promise<string | undefined> {
  const missing = needed.filter(({ program }) => !isInstalled(program));
  if (missing.length === 0) return undefined;
  const packages = missing.map((one) => one.package);
  for (const one of missing) console.log(`${one.program} is missing: ${one.why}.`);
  const command = `apt-get install --yes --no-install-recommends ${packages.join(' ')}`;
  if (process.getuid?.() !== 0 || !isInstalled('apt-get'))
    return `Install ${packages.join(' and ')} and run npm test again. On Debian: sudo ${command}`;
  console.log(`Installing from Debian: ${command}`);
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['update', '--quiet'], { env });
  const { ok, output } = await withoutServices(() => run('apt-get', command.split(' ').slice(1), { env }));
  return ok ? undefined : `${command} failed:\n${output}`;
}

/** Debian starts a server as it installs one, unless this program, which it asks first, says no. */
const askedFirst = '/usr/sbin/policy-rc.d';

async function withoutServices<T>(install: () => Promise<T>): Promise<T> {
  if (existsSync(askedFirst)) return await install();
  writeFileSync(askedFirst, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    return await install();
  } finally {
    rmSync(askedFirst);
  }
}

function isInstalled(program: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
