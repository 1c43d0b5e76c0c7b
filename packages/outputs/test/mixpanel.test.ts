import { describe, expect, it } from 'vitest';
import { createMemoryBooks, mixpanel } from '../src/index.ts';
import { anything, chance, seed } from './histories.ts';
import { login, segment, track, trait, undo } from './items.ts';
import { type Answer, createWorld, type Post, run } from './world.ts';

type Row = { readonly event: string; readonly properties: Record<string, unknown> };

const base = { url: 'https://mixpanel.test', token: 'TOKEN', identity: 'anchors' } as const;
const strict = { ...base, authorization: 'Basic c2VjcmV0Og==' };
const rows = (posts: readonly Post[]) => posts.flatMap(({ body }) => JSON.parse(body) as Row[]);
const ok: Answer = ({ url }) => ({ status: 200, body: url.includes('/import') ? '{"code":200}' : '{"status":1}' });

/**
 * Mixpanel as it documents itself: when a question is asked two events are one whose name, time, distinct_id and
 * `$insert_id` are equal; when its files are compacted, those of one day whose name, distinct_id and `$insert_id` are.
 */
function stub() {
  const asked = new Set<string>();
  const compacted = new Set<string>();
  return {
    asked,
    compacted,
    take(post: Post): void {
      for (const row of JSON.parse(post.body) as Row[]) {
        const { distinct_id, time, $insert_id } = row.properties;
        asked.add(JSON.stringify([row.event, time, distinct_id, $insert_id]));
        compacted.add(JSON.stringify([row.event, distinct_id, $insert_id, Math.floor(Number(time) / 86_400_000)]));
      }
    },
  };
}

describe('Mixpanel', () => {
  it('G19: an event goes with what the item named, one $insert_id and its time; Mixpanel stitches', async () => {
    const world = createWorld();
    const out = await run(world, mixpanel(base), ok);
    await world.say(track('Seen', 'device:a'), track('Bought', 'user:1', 'device:a'), track('Left'));
    await out.until();
    expect(out.posts[0]).toMatchObject({ url: 'https://mixpanel.test/track?verbose=1&ip=0' });
    expect(rows(out.posts).map((one) => one.properties)).toMatchObject([
      { token: 'TOKEN', distinct_id: '$device:a', $device_id: 'a', time: Date.UTC(2026, 0, 1) + 1_000, n: 1 },
      { distinct_id: '1', $device_id: 'a', $user_id: '1' },
      {},
    ]);
    expect(rows(out.posts)[2]?.properties).not.toHaveProperty('distinct_id');
    for (const { properties } of rows(out.posts)) expect(properties['$insert_id']).toMatch(/^[A-Za-z0-9-]{1,36}$/);
    await out.stop();
  });

  it('O6: a batch that failed goes again as one, not one by one', async () => {
    const world = createWorld();
    const answers = [503, 503, 503, 503, 503, 503, 503, 429];
    const out = await run(world, mixpanel(base), (post, n) => {
      const status = answers[n - 1];
      return status === undefined
        ? ok(post, n)
        : { status, body: '', ...(status === 429 ? { retryAfter: 90_000 } : {}) };
    });
    await world.say(...Array.from({ length: 400 }, (_, i) => track(`e${i}`, 'user:1')));
    await out.until();
    expect(out.posts.map(({ body }) => (JSON.parse(body) as Row[]).length)).toEqual(Array(9).fill(400));
    // Twice as long each time, up to a minute, and what the receiver asks for.
    const waits = out.posts.slice(1).map(({ at }, i) => (at - out.posts[i]!.at) / 1_000);
    expect(waits).toEqual([2, 4, 8, 16, 32, 60, 60, 90]);
    await out.stop();
  });

  it('people: what was set, what is gone, the segments they entered and left', async () => {
    const world = createWorld();
    const out = await run(world, mixpanel(base), ok);
    await world.say(trait('user:1', 'plan', 'pro'));
    await world.say(segment('user:1', 'gold'));
    await world.say(segment('user:1', 'gold', 'remove'));
    await world.say({
      command: { type: 'Describe', ids: [{ kind: 'user', value: '1' }], changes: [{ op: 'unset', name: 'plan' }] },
    });
    await out.until();
    expect(out.posts.every(({ url }) => url.startsWith('https://mixpanel.test/engage?'))).toBe(true);
    const head = { $token: 'TOKEN', $distinct_id: '1', $ip: '0', $ignore_time: true };
    expect(rows(out.posts)).toEqual([
      { ...head, $set: { plan: 'pro' } },
      { ...head, $union: { segments: ['gold'] } },
      { ...head, $remove: { segments: 'gold' } },
      { ...head, $unset: ['plan'] },
    ]);
    await out.stop();
  });

  it('G19: of a strict batch only the records that were named are dead, and nothing is sent twice', async () => {
    const world = createWorld();
    const out = await run(world, mixpanel(strict), (post) =>
      post.body.includes('"E3"')
        ? {
            status: 400,
            body: JSON.stringify({
              code: 400,
              failed_records: [
                {
                  index: (JSON.parse(post.body) as Row[]).findIndex((one) => one.event === 'E3'),
                  field: 'properties.time',
                  message: 'user:1 said so',
                },
              ],
            }),
          }
        : { status: 200, body: '{"code":200}' },
    );
    await world.say(...Array.from({ length: 8 }, (_, i) => track(`E${i}`, 'user:1')));
    await out.until();
    await out.stop();
    expect(out.posts[0]).toMatchObject({
      url: 'https://mixpanel.test/import?strict=1',
      headers: { authorization: 'Basic c2VjcmV0Og==' },
    });
    expect(rows(out.posts)).toHaveLength(8);
    const { letters } = world.books.dead('out', { position: 0, part: 0 }, 10);
    expect(letters.map((one) => [one.position, one.why])).toEqual([
      [4, 'Mixpanel: the field properties.time is not as it must be'],
    ]);
    expect(world.books.open('out')).toMatchObject({ sent: 7, cursor: 8 });
  });

  it('a batch that is refused or too large is halved until the record is found', async () => {
    const world = createWorld();
    const out = await run(world, mixpanel(base), (post) => {
      const batch = JSON.parse(post.body) as Row[];
      if (batch.length > 4) return { status: 413, body: '' };
      return {
        status: 200,
        body: batch.some((one) => one.event === 'E5') ? '{"status":0,"error":"no"}' : '{"status":1}',
      };
    });
    await world.say(...Array.from({ length: 20 }, (_, i) => track(`E${i}`, 'user:1')));
    await out.until();
    await out.stop();
    expect(world.books.open('out')).toMatchObject({ sent: 19, cursor: 20 });
    expect(world.books.dead('out', { position: 0, part: 0 }, 10).letters.map((one) => one.position)).toEqual([6]);
  });

  it('G19: time-outs after it was applied, half answers, 429 and crashes: what Mixpanel counts is what was sent', async () => {
    const world = createWorld();
    const receiver = stub();
    const COUNT = process.env['SELFSAME_LONG'] === '1' ? 100_000 : 3_000;
    const lying: Answer = (post, n) => {
      if (n % 7 === 1) return { failure: 'timed out' };
      if (n % 7 === 3) return { status: 429, body: '', retryAfter: 2_000 };
      receiver.take(post);
      return n % 7 < 6 && n % 2 === 0 ? { failure: 'timed out' } : { status: 200, body: '{"status":1}' };
    };
    for (let i = 0; i < COUNT; i += 500)
      await world.say(...Array.from({ length: 500 }, (_, j) => track(`E${(i + j) % 10}`, `user:${j % 50}`)));
    let out = await run(world, mixpanel(base), lying);
    await out.until(() => out.posts.length >= 4);
    out.kill();
    out = await run(world, mixpanel(base), lying);
    await out.until(() => out.runner.view().cursor === COUNT);
    await out.stop();
    console.log(
      `G19: ${COUNT} sent by ${out.posts.length} calls and more, ${receiver.asked.size} distinct when asked, ${receiver.compacted.size} when compacted, missing ${COUNT - receiver.asked.size}`,
    );
    expect([receiver.asked.size, receiver.compacted.size]).toEqual([COUNT, COUNT]);
  });

  it('person: distinct_id is our person', async () => {
    const world = createWorld();
    const out = await run(world, mixpanel({ ...base, identity: 'person' }), ok);
    await world.say(login('user:1', 'device:a'), track('Seen', 'device:a'));
    await out.until();
    expect(rows(out.posts)[0]?.properties).toMatchObject({ distinct_id: 'p-user-1' });
    expect(rows(out.posts)[0]?.properties).not.toHaveProperty('$device_id');
    await out.stop();
  });

  const settling = mixpanel({ ...base, identity: 'person', settleMs: 3_600_000 });
  const namesIn = (posts: readonly Post[]) =>
    rows(posts.filter(({ url }) => url.includes('/track'))).map((one) => [one.event, one.properties['distinct_id']]);

  it('[O19] person, settling: an event waits, and goes with whoever it belongs to by then; what was taken back does not go', async () => {
    const world = createWorld();
    const out = await run(world, settling, ok);
    const begun = world.now;
    await world.say(track('Seen', 'device:a'), track('Oops', 'device:b'));
    await world.say(trait('device:a', 'plan', 'pro'));
    await world.say(login('user:1', 'device:a'));
    await world.say(undo('Retract', 2));
    world.now = begun + 3_700_000;
    // Too late for what came before, and in time for itself.
    await world.say(login('user:2', 'device:c'), track('Late', 'device:c'));
    await out.until(() => out.posts.length === 2);
    expect(namesIn(out.posts.slice(0, 1))).toEqual([['Seen', 'p-user-1']]);
    // Said of the device, and once more of whoever it became part of.
    const said = { $distinct_id: 'p-user-1', $set: { plan: 'pro' } };
    expect(JSON.parse(out.posts[1]!.body)).toMatchObject([said, said]);
    expect(out.posts[0]!.at).toBeGreaterThanOrEqual(begun + 3_600_000);
    await out.until();
    expect(namesIn(out.posts).at(-1)).toEqual(['Late', 'p-user-2']);
    expect(out.posts.at(-1)!.at).toBeGreaterThanOrEqual(begun + 3_700_000 + 3_600_000);
    expect(out.runner.view()).toMatchObject({ held: 0, cursor: 7 });
    await out.stop();
  });

  it('[O19] G19: settled, an event has one distinct_id on every attempt and replay, whatever is said and taken back and whenever it starts again', async () => {
    const entries = 80;
    const history = async (cut: (n: number) => boolean) => {
      const random = chance(seed);
      const world = createWorld();
      const sent = new Map<unknown, Set<unknown>>();
      const answer: Answer = (post, n) => {
        for (const { properties } of post.url.includes('/track') ? rows([post]) : []) {
          const { $insert_id: id, distinct_id } = properties;
          sent.set(id, (sent.get(id) ?? new Set()).add(distinct_id));
        }
        return n % 3 === 0 ? { failure: 'timed out' } : { status: 200, body: '{"status":1}' };
      };
      let out = await run(world, settling, answer);
      let at = world.now;
      const claims: number[] = [];
      for (let i = 1; i <= entries; i++) {
        at += 300_000 + Math.floor(random() * 600_000);
        world.now = at;
        const said = anything(random, i, claims);
        await world.say(said);
        if (['Identify', 'Logout', 'Merge', 'Track'].includes(said.command.type)) claims.push(i);
        await out.until(() => out.runner.view().held === 0);
        if (!cut(i)) continue;
        out.kill();
        out = await run(world, settling, answer);
      }
      const head = await world.store.head('shop');
      await out.until(() => out.runner.view().cursor === head);
      await out.stop();
      const once = structuredClone(sent);
      let isDone = false;
      const replay = { from: 0, until: head, done: () => (isDone = true) };
      const again = await run(world, settling, answer, { replay, books: createMemoryBooks() });
      await again.until(() => isDone);
      expect(sent).toEqual(once);
      return once;
    };
    const whole = await history(() => false);
    expect([...whole.values()].filter((ids) => ids.size !== 1)).toEqual([]);
    expect(await history((n) => n % 7 === 0)).toEqual(whole);
    expect(whole.size).toBeGreaterThan(15);
  });
});

describe('SPiD to Mixpanel', () => {
  const spid = mixpanel({ ...base, identity: 'spid' });

  it('goes by the visitor’s uid before and after login, and says nothing of strangers', async () => {
    const world = createWorld('spid');
    const out = await run(world, spid, ok);
    await world.say(track('Page viewed', 'visitor:uid-1'));
    await world.say(trait('visitor:uid-1', 'Goals', 3));
    await world.say(login('user:1', 'visitor:uid-1'));
    await world.say(
      track('Login', 'user:1', 'visitor:uid-1'),
      track('Receipt sent', 'user:1'),
      track('Order complete', 'user:2'),
    );
    await out.until();
    const all = rows(out.posts) as unknown as (Row & { readonly $distinct_id?: string })[];
    expect(all.filter((one) => one.event).map((one) => [one.event, one.properties['distinct_id']])).toEqual([
      ['Page viewed', 'uid-1'],
      ['Login', 'uid-1'],
      ['Receipt sent', 'uid-1'],
      ['Order complete', 'p-user-2'],
    ]);
    const people = all.filter((one) => one.$distinct_id);
    expect(people).toMatchObject([{ $distinct_id: 'uid-1', $set: { Goals: 3, Birthday: 'undisclosed' } }]);
    await out.stop();
  });

  it.each([
    ['1980-02-29', '1980-02-29'],
    ['1981-02-29', 'undisclosed'],
    ['0000-00-00', 'undisclosed'],
    ['yesterday', 'undisclosed'],
  ])(
    'a birthday %s is told as %s, after the client’s traits; a login that never was is left out',
    async (given, told) => {
      const world = createWorld('spid');
      const out = await run(world, spid, ok);
      const changes = Object.entries({ Birthday: given, 'Last login': false, Locale: 'nb_NO', Plan: 'pro' }).map(
        ([name, value]) => ({ op: 'set' as const, name, value }),
      );
      await world.say({
        wire: 'native',
        trust: 2,
        command: { type: 'Describe', ids: [{ kind: 'user', value: '1' }], changes },
      });
      await out.until();
      const [update] = rows(out.posts) as unknown as readonly { readonly $set: object }[];
      expect(Object.entries(update!.$set)).toEqual([
        ['Plan', 'pro'],
        ['Locale', 'nb_NO'],
        ['Birthday', told],
      ]);
      await out.stop();
    },
  );
});
