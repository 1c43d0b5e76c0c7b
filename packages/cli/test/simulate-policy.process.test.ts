import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startServer } from '@selfsame/server';
import { expect, it, onTestFinished } from 'vitest';
import { selfsame, temporaryFolder } from './cli.ts';

it('simulate-policy: one policy in words, all presets in a table, and an exit code for each answer', async () => {
  const folder = temporaryFolder();
  const config = join(folder.path, 'settings.json');
  const keys = { publicKey: 'p', serverKey: 's', signingSecret: 'x' };
  writeFileSync(config, JSON.stringify({ projects: [{ id: 'shop', ...keys }] }));
  const server = await startServer(
    { config, data: join(folder.path, 'data'), port: 0, host: '127.0.0.1' },
    { foreground: false, logTo: { write: () => {} } },
  );
  onTestFinished(async () => {
    await server.stop();
    folder.remove();
  });
  const seen = (minute: number, ids: object) => ({
    type: 'track',
    name: 'Seen',
    time: new Date(Date.UTC(2026, 0, 1, 10, minute)).toISOString(),
    ids,
  });
  await fetch(`${server.url}/v1/batch`, {
    method: 'POST',
    headers: { authorization: 'Bearer s', 'content-type': 'application/json' },
    body: JSON.stringify({
      items: [
        seen(0, { device: 'd', user: 'ann' }),
        seen(10, { device: 'd', user: 'bob' }),
        { ...seen(12, { device: 'd' }), insertId: 'last' },
      ],
    }),
  });
  const run = (args: readonly string[], input?: string) =>
    selfsame(
      ['simulate-policy', ...args, '--url', server.url, '--server-key', 's'],
      input === undefined ? {} : { input },
    );
  const one = await run(['-'], '{ "sharedDevice": "first-login" }');
  expect([one.code, one.stderr.includes('100 %')]).toEqual([1, true]);
  expect(one.stdout).toContain('2 people would be 2; 2 known people 2.');
  expect(one.stdout).toContain('device:d: this person was the first to log in on this device [L3a], claim c1.');
  const same = await run(['--preset', 'selfsame']);
  expect([same.code, same.stdout]).toEqual([0, 'Nothing would change: 2 people, 2 known.\n']);
  const all = await run(['--all-presets']);
  expect(all.code).toBe(1);
  expect(all.stdout).toMatch(/^mixpanel-simplified +2 +2 +0 +0 +1 +1$/m);
  const truth = join(folder.path, 'truth.ndjson');
  writeFileSync(truth, '{"insertId":"last","human":7}\n{"insertId":"elsewhere","human":8}\n');
  const measured = await run(['--preset', 'xo', '--truth', truth]);
  expect(measured.stdout).toMatch(/Of 1 events whose human is known:\s+policy +told precision .*\n+today +1\.000/);
  expect(measured.stdout).toMatch(/^xo( +1\.000){4} +0\.000$/m);
  const questions = join(folder.path, 'questions.json');
  const named = { event: 'Seen' };
  writeFileSync(
    questions,
    JSON.stringify([{ insight: 'funnel', name: 'Seen twice', question: { steps: [named, named] } }]),
  );
  const json = await run(['--preset', 'xo', '--json', '--questions', questions]);
  expect(JSON.parse(json.stdout)).toMatchObject({
    ...{ preset: 'xo', events: { moved: 1 } },
    questions: [{ name: 'Seen twice', figures: [{}, { name: '2. Seen', before: 1, after: 1 }, { unit: 'share' }] }],
  });
  const [nothing, wrong] = [await run([]), await run(['--preset', 'none'])];
  expect([nothing.code, wrong.code]).toEqual([2, 2]);
  expect(wrong.stderr).toContain('preset');
});
