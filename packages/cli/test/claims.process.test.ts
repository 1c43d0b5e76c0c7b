import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startServer } from '@selfsame/server';
import { expect, it, onTestFinished } from 'vitest';
import { selfsame, temporaryFolder } from './cli.ts';

/** A server of its own that was told of a login, and its commands. */
async function aServer() {
  const folder = temporaryFolder();
  const config = join(folder.path, 'settings.json');
  const policy = { preset: 'selfsame', breaker: { perDay: { contact: 2 } } };
  const keys = { publicKey: 'p', serverKey: 's', signingSecret: 'x' };
  writeFileSync(config, JSON.stringify({ projects: [{ id: 'shop', ...keys, policy }] }));
  const server = await startServer(
    { config, data: join(folder.path, 'data'), port: 0, host: '127.0.0.1' },
    { foreground: false, logTo: { write: () => {} } },
  );
  onTestFinished(async () => {
    await server.stop();
    folder.remove();
  });
  const tell = (items: readonly object[]) =>
    fetch(`${server.url}/v1/batch`, {
      method: 'POST',
      headers: { authorization: 'Bearer s', 'content-type': 'application/json' },
      body: JSON.stringify({ items }),
    });
  await tell([
    { type: 'track', name: 'Seen', ids: { device: 'd1' } },
    { type: 'login', ids: { user: 'ann', device: 'd1' } },
  ]);
  const at = ['--url', server.url, '--server-key', 's'];
  const run = (...args: readonly string[]) => selfsame(['claims', ...args, ...at]);
  return { at, run, tell, folder };
}

it('claims: a login is looked at, taken back, put back, and both are in the history', {
  timeout: 180_000,
}, async () => {
  const { at, run, folder } = await aServer();
  const explained = await selfsame(['explain', 'device:d1', 'user:ann', ...at]);
  const id = /claim (c[\d.]+)/.exec(explained.stdout)?.[1] as string;
  expect((await run('show', id)).stdout).toContain(`${id}: device:d1 belongs to user:ann`);
  expect((await run('retract', id)).code).toBe(2);
  const dry = await run('retract', id, '--dry-run');
  expect(dry.stdout).toContain("1 of today's people would be several");
  expect(dry.stdout).toContain('Nothing was changed.');
  const questions = join(folder.path, 'questions.json');
  const counts = { insight: 'counts', name: 'Who was seen', question: { events: [{ event: 'Seen' }] } };
  writeFileSync(questions, JSON.stringify([counts]));
  expect((await run('retract', '--entry', '1', '--dry-run', '--questions', questions)).stdout).toContain(
    'Who was seen, today → then:\n  Seen, people: 1 → 0\n  Seen, events: 1 → 0',
  );
  expect((await run('retract', id, '--reason', 'a test', '--questions', questions)).code).toBe(2);
  expect((await run('retract', id, '--reason', 'a test')).stdout).toContain(
    `${id} does not stand: a test (server key,`,
  );
  expect((await selfsame(['explain', 'device:d1', 'user:ann', ...at])).code).not.toBe(0);
  expect((await run('restore', id, '--reason', 'no test')).stdout).toContain(`${id} stands: no test`);
  expect((await selfsame(['explain', 'device:d1', 'user:ann', ...at])).code).toBe(0);
  const ours = await run('retract', '--identifier', 'device:d1', '--reason', 'ours');
  expect(ours.stdout).toMatch(
    /^Taken back: 2 entries of the log\. To put it back: selfsame claims restore --undo 5\n$/,
  );
  const { stdout } = await run('history');
  expect(stdout.match(/ {2}(retract|restore) {2}/g)).toHaveLength(3);
  expect((await run('show', 'c99.1')).code).toBe(1);

  expect((await run('restore', '--undo', '4', '--reason', 'no undo')).stderr).toContain('Nothing was taken back at 4');
  const back = await run('restore', '--undo', '5', '--reason', 'not ours');
  expect(back.stdout).toBe('Put back: 2 entries of the log.\n');
  expect((await run('history')).stdout).toMatch(
    /restore of 5 {2}2 entries {2}by[\s\S]*5 {2}retract {2}2 entries, put back {2}by/,
  );
  expect((await run('pin', 'device:d1', '--reason', 'x')).code).toBe(2);
  const look = await run('pin', 'device:d1', '--nobody', '--dry-run');
  expect(look.stdout).toContain('1 event would be another person');
  const pinned = await run('pin', 'device:d1', '--nobody', '--reason', 'a till');
  const pin = /claim (c[\d.]+)/.exec(pinned.stdout)?.[1] as string;
  expect((await run('show', pin)).stdout).toMatch(/belongs to nobody[\s\S]*pin {2}by server key: a till/);
  expect((await selfsame(['explain', 'device:d1', 'user:ann', ...at])).code).not.toBe(0);
  await run('retract', pin, '--reason', 'no till');
  expect((await selfsame(['explain', 'device:d1', 'user:ann', ...at])).code).toBe(0);
});

it('a value that the breaker quarantined is found and cured, and several claims are taken back at once', {
  timeout: 180_000,
}, async () => {
  const { at, run, tell } = await aServer();
  const time = '2026-01-01T00:00:00.000Z';
  const login = (user: string) => ({ type: 'login', ids: { user, email: 'info@example.com' }, time });
  await tell([login('bob'), login('cyd'), login('dan')]);
  const row = await selfsame(['suspicious', ...at]);
  expect(row.stdout).toContain(
    'email:info@example.com  people it was said to be: 3, 3 of them on 2026-01-01 (quarantined',
  );
  expect(row.stdout).toContain('selfsame claims retract --cure email:info@example.com --dry-run');
  const cure = await run('retract', '--cure', 'email:info@example.com', '--reason', 'a faulty job');
  expect(cure.stdout).toMatch(/^Taken back: 3 entries of the log\./);
  // A few a day, which the breaker lets be: all that joined it, of some time.
  const merge = (user: string, day: number) => ({
    type: 'merge',
    ids: [{ user: 'qa' }, { user }],
    time: `2026-01-0${day}T00:00:00.000Z`,
  });
  await tell([1, 2, 3, 4, 5, 6, 7].map((day) => merge(`c${day}`, day)));
  const found = await selfsame(['suspicious', ...at]);
  expect(found.stdout).toContain('selfsame claims retract --cure user:qa --all --dry-run');
  const some = await run(
    'retract',
    '--cure',
    'user:qa',
    '--from',
    '2026-01-02',
    '--to',
    '2026-01-04',
    '--reason',
    'qa',
  );
  expect(some.stdout).toMatch(/^Taken back: 2 entries of the log\./);
  expect((await run('retract', '--cure', 'user:qa', '--reason', 'qa')).stderr).toContain(
    'is not quarantined, or was never named',
  );
  expect((await run('retract', '--cure', 'user:qa', '--all', '--reason', 'qa')).stdout).toMatch(
    /^Taken back: 5 entries of the log\./,
  );
  const explained = await selfsame(['explain', 'device:d1', 'user:ann', ...at]);
  const id = /claim (c[\d.]+)/.exec(explained.stdout)?.[1] as string;
  // What is said in two ways is not done in one of them.
  expect(await run('retract', id, '--cure', 'user:qa', '--reason', 'x')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('in one way: claims, or --cure'),
  });
  expect((await run('retract', id, id, '--reason', 'twice')).stdout).toMatch(/^Taken back: 1 entry of the log\./);
});
