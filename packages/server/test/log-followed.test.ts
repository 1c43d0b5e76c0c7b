import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keyOf, type ProjectId, type Statement } from '@selfsame/identity';
import { createIngest } from '@selfsame/store';
import { itemOf, testRules } from '@selfsame/store/traffic';
import { openEmbeddedStore, openLogBeside } from '@selfsame/store-embedded';
import { expect, it, onTestFinished } from 'vitest';
import { LogFollowed } from '../src/delivery/outputs/beside/log-followed.ts';

const project: ProjectId = 'p';
const seen = (user: string) =>
  ({
    ...{ project, wire: 'native', trust: 1, time: 1 },
    command: { type: 'Track', ids: [{ kind: 'user', value: user }], name: 'Seen', properties: {} },
  }) satisfies Statement;

/** A log that one process writes and another follows, how often the other looked for its end, and who is known there. */
async function followed() {
  const directory = mkdtempSync(join(tmpdir(), 'selfsame-followed-'));
  const store = await openEmbeddedStore({ directory, rules: testRules });
  const file = openLogBeside(directory);
  onTestFinished(async () => {
    file.close();
    await store.close();
    rmSync(directory, { recursive: true });
  });
  const ingest = createIngest({ store, rules: testRules, clock: Date.now });
  const say = (user: string) => ingest.submit('native', [itemOf(seen(user))]);
  let looks = 0;
  const grown = () => {
    looks += 1;
    return file.grown();
  };
  const log = new LogFollowed({ ...file, grown }, { rules: testRules });
  const knows = (user: string) => log.graph(project).node(keyOf({ kind: 'user', value: user })) !== undefined;
  return { say, log, knows, looks: () => looks };
}

it('G20: fifty messages that are to go now share one look at the log, and each finds all that was said before it asked', async () => {
  const { say, log, knows, looks } = await followed();
  await say('ann');
  await Promise.all(Array.from({ length: 50 }, () => log.catchUp(project)));
  expect(knows('ann')).toBe(true);
  expect(looks()).toBe(1);
  // While one look is under way what is said is for the next, also where it was asked for meanwhile.
  const first = log.catchUp(project);
  await say('bob');
  await log.catchUp(project);
  expect(knows('bob')).toBe(true);
  await first;
});

it('G20: messages whose turns follow one another before anything else has its own share one look', async () => {
  const { say, log, knows, looks } = await followed();
  await say('ann');
  const asked: Promise<void>[] = [];
  for (let i = 0; i < 10; i++) {
    asked.push(log.catchUp(project));
    await new Promise<void>((resolve) => process.nextTick(resolve));
  }
  await Promise.all(asked);
  expect(knows('ann')).toBe(true);
  expect(looks()).toBe(1);
});

it('G20: rules that change while it looks: it looks again, for the graph is another', async () => {
  const { say, log, knows } = await followed();
  await say('ann');
  const asked = log.catchUp(project);
  log.refold(project);
  await asked;
  expect(knows('ann')).toBe(true);
});
