import { existsSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PersonView } from '@selfsame/server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch, selfsame, serve, temporaryFolder } from './cli.ts';

const folder = temporaryFolder();
const data = join(folder.path, 'data');
let server: Awaited<ReturnType<typeof serve>>;

beforeAll(async () => {
  server = await serve(data);
});
afterAll(async () => {
  await server.stop();
  folder.remove();
});

const here = () => ['--url', server.url, '--data', data];
const personOf = async (identifier: string, where: readonly string[]): Promise<PersonView> =>
  JSON.parse((await selfsame(['people', 'show', identifier, '--json', ...where])).stdout) as PersonView;
const lines = (from: number, count: number) =>
  Array.from({ length: count }, (_, i) =>
    JSON.stringify({
      type: 'login',
      time: 1_700_000_000_000 + i,
      ids: { user: `u${from + i}`, device: `d${from + i}` },
    }),
  ).join('\n');

describe('selfsame backup and restore (G23)', () => {
  it('a server that takes items is copied, and one that is started on the copy knows everybody by their ids', async () => {
    const first = join(folder.path, 'first.ndjson');
    const more = join(folder.path, 'more.ndjson');
    writeFileSync(first, lines(0, 500));
    writeFileSync(more, lines(500, 6_000));
    await selfsame(['import', first, ...here()]);
    const importing = launch(['import', more, '--batch', '10', ...here()]);
    const imported = new Promise((resolve) => importing.once('exit', resolve));
    const backup = join(folder.path, 'backup');
    const made = await selfsame(['backup', backup, '--data', data]);
    expect(made).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/backup: [\d,]+ log records\n {2}demo: [\d,]+ people, [0-9a-f]{64}\n$/),
    });
    expect(made.stderr).toMatch(/Copying the log[\s\S]*Folding the copy/);
    expect(await imported).toBe(0);

    const copy = join(folder.path, 'copy');
    const restored = await selfsame(['restore', backup, '--data', copy]);
    expect(restored).toMatchObject({ code: 0, stdout: expect.stringContaining('those it was made with') });
    expect(statSync(copy).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(copy))
      expect([name, statSync(join(copy, name)).mode & 0o777]).toEqual([name, 0o600]);
    expect(await selfsame(['doctor', '--data', copy])).toMatchObject({ code: 0 });
    const then = join(folder.path, 'then');
    expect(await selfsame(['restore', backup, '--data', then, '--through', '100'])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/then: 100 log records, of [\d,]+ in the backup of 2/),
    });
    expect((await selfsame(['doctor', '--data', then])).stdout).toMatch(/^100 log records/);
    const second = await serve(copy);
    try {
      for (const user of ['user:u0', 'user:u499'])
        expect(await personOf(user, ['--url', second.url, '--data', copy])).toEqual(await personOf(user, here()));
    } finally {
      await second.stop();
    }
  });

  it('says what is in the way, and leaves nothing behind', async () => {
    const taken = join(folder.path, 'taken');
    writeFileSync(taken, '');
    expect(await selfsame(['backup', taken, '--data', data])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('is there already'),
    });
    const nowhere = await selfsame(['backup', join(folder.path, 'x'), '--data', folder.path]);
    expect(nowhere).toMatchObject({ code: 1, stderr: expect.stringContaining('there is no selfsame.db') });
    const quick = join(folder.path, 'quick');
    expect(await selfsame(['backup', quick, '--quick', '--data', data])).toMatchObject({ code: 0 });
    expect(await selfsame(['restore', quick, '--data', data])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('is not empty'),
    });
    expect(await selfsame(['restore', folder.path, '--data', join(folder.path, 'y')])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('is no backup'),
    });
    expect(existsSync(join(folder.path, 'y'))).toBe(false);
    const fresh = await selfsame(['restore', quick, '--data', join(folder.path, 'z')]);
    expect(fresh).toMatchObject({ code: 0, stdout: expect.stringContaining('its checksums match') });
  });

  it('a server does not start where a restore was broken off', async () => {
    const half = join(folder.path, 'z');
    rmSync(join(half, 'selfsame.db'));
    writeFileSync(join(half, '.restoring'), '');
    const said = await selfsame(['serve', '--data', half, '--port', '0']);
    expect(said).toMatchObject({ code: 1, stderr: expect.stringContaining('broke off: empty it and restore again') });
  });
});
