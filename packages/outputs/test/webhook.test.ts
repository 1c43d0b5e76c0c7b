import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { type Connection, connect, webhook } from '../src/index.ts';
import { login, merge, segment, track, trait, undo } from './items.ts';
import { type Answer, createWorld, ok, run } from './world.ts';

const HOUR = 3_600_000;
const secret = Buffer.from('a secret of twenty-four bytes');
const older = Buffer.from('the secret that came before it');
const hook = (secrets: readonly Uint8Array[] = [secret]) =>
  webhook({ project: 'shop', url: 'https://receiver.test/hook', secrets: () => secrets });
const status =
  (...codes: readonly number[]): Answer =>
  (_post, n) => ({ status: codes[Math.min(n, codes.length) - 1] as number, body: '' });

describe('a webhook', () => {
  it('carries what the contract says, and the reference verifier takes it, under either of two secrets and not with a byte changed (S28)', async () => {
    const world = createWorld();
    const out = await run(world, hook([secret, older]));
    await world.say({ ...track('Seen', 'user:1', 'device:a'), insertId: 'i-1' });
    await out.until();
    const [post] = out.posts;
    const person = {
      id: 'p-user-1',
      known: true,
      identifiers: [
        { kind: 'user', value: '1' },
        { kind: 'device', value: 'a' },
      ],
    };
    expect(JSON.parse(post!.body)).toEqual({
      id: 'm1.0',
      type: 'event',
      at: '2026-01-01T00:00:01.000Z',
      project: 'shop',
      person,
      sequence: 1,
      event: {
        name: 'Seen',
        time: '2026-01-01T00:00:01.000Z',
        insertId: 'i-1',
        wire: 'native',
        anchor: { kind: 'user', value: '1' },
        properties: { n: 1 },
      },
      position: 1,
    });
    expect(post!.headers).toMatchObject({
      'selfsame-person': 'p-user-1',
      'selfsame-sequence': '1',
      'webhook-id': 'm1.0',
    });
    // The reference verifier goes by the machine's clock, so ours is set to it.
    world.now = Date.now();
    await world.say(track('Seen', 'user:1'));
    await out.until();
    const { body, headers } = out.posts.at(-1)!;
    for (const one of [secret, older]) {
      const verifier = new Webhook(Buffer.from(one).toString('base64'));
      expect(verifier.verify(body, headers)).toMatchObject({ sequence: 2 });
      expect(() => verifier.verify(body.replace('Seen', 'Sean'), headers)).toThrow();
      expect(() => verifier.verify(body, { ...headers, 'webhook-id': 'm1.1' })).toThrow();
    }
    await out.stop();
  });

  it.each([301, 307, 400, 401, 404, 408, 413, 429, 500, 503])(
    'O6: %i is a failure, tried again for 72 hours with the same id and bytes, then a dead letter, and the next says so',
    async (code) => {
      const world = createWorld();
      const out = await run(world, hook(), (post) => ({ status: post.body.includes('"Bad"') ? code : 200, body: '' }));
      await world.say(track('Bad', 'user:1'), track('Good', 'user:1'), track('Other', 'user:2'));
      await out.until(() => out.posts.some((one) => one.body.includes('"Good"')));
      const bad = out.posts.filter((one) => one.body.includes('"Bad"'));
      expect(new Set(bad.map((one) => `${one.headers['webhook-id']} ${one.body}`)).size).toBe(1);
      const waits = bad.slice(1).map((one, i) => one.at - bad[i]!.at);
      const nominal = [5, 30, 120, 600, 1_800, 3_600, 7_200, 14_400, 28_800, 43_200].map((s) => s * 1_000);
      waits.slice(0, 10).forEach((wait, i) => {
        expect(wait).toBeGreaterThanOrEqual(0.8 * nominal[i]!);
        expect(wait).toBeLessThanOrEqual(1.2 * nominal[i]!);
      });
      expect(bad.at(-1)!.at - bad[0]!.at).toBe(72 * HOUR);
      // Nobody else waited.
      expect(out.posts.find((one) => one.body.includes('"Other"'))!.at).toBeLessThan(bad[1]!.at);
      const good = out.posts.filter((one) => one.body.includes('"Good"'));
      expect(good.map((one) => [one.at >= bad.at(-1)!.at, one.headers['selfsame-gap']])).toEqual([[true, '1']]);
      await out.stop();
      const { letters, total } = world.books.dead('out', { position: 0, part: 0 }, 10);
      expect(total).toBe(1);
      expect(letters[0]).toMatchObject({ id: 'm1.0', why: `the receiver answered ${code}`, status: code, sequence: 1 });
    },
  );

  it('O6: Retry-After is obeyed, up to an hour', async () => {
    const world = createWorld();
    const out = await run(world, hook(), (_post, n) =>
      n === 1
        ? { status: 429, body: '', retryAfter: 600_000 }
        : n === 2
          ? { status: 503, body: '', retryAfter: 9 * HOUR }
          : { status: 204, body: '' },
    );
    await world.say(track('Seen', 'user:1'));
    await out.until(() => out.posts.length === 3);
    const [a, b, c] = out.posts.map((one) => one.at);
    expect([b! - a!, c! - b!]).toEqual([600_000, HOUR]);
    await out.stop();
  });

  it('O7: 410 halts; nothing is sent or lost until somebody resumes', async () => {
    const world = createWorld();
    const out = await run(world, hook(), status(410, 200));
    await world.say(track('One', 'user:1'));
    await out.until();
    await world.say(track('Two', 'user:1'), track('Three', 'user:2'));
    await out.until();
    expect(out.posts).toHaveLength(1);
    expect(out.runner.view()).toMatchObject({
      state: 'stopped',
      reason: 'the receiver answered 410: it wants nothing more',
    });
    out.runner.resume();
    await out.until();
    expect(
      out
        .bodies()
        .map((one) => one.event.name)
        .sort(),
    ).toEqual(['One', 'One', 'Three', 'Two']);
    await out.stop();
  });

  it('G17: a receiver that is away for 72 hours halts the output: the log is the buffer, and all that came is sent once when it is back [O7]', async () => {
    const world = createWorld();
    let away = true;
    const out = await run(world, hook(), () => (away ? { failure: 'ECONNREFUSED' } : { status: 200, body: '' }));
    const [people, later] = process.env['SELFSAME_LONG'] === '1' ? [100_000, 10_000] : [400, 100];
    const say = async (from: number, to: number) => {
      for (let i = from; i < to; i += 100)
        await world.say(...Array.from({ length: 100 }, (_, j) => track('Seen', `user:${i + j}`)));
    };
    await say(0, people - later);
    const end = world.now + 72 * HOUR;
    await out.until(() => world.now >= end);
    expect(out.runner.view()).toMatchObject({ state: 'halted', reason: 'ECONNREFUSED' });
    const listed = world.books.open('out')!.listed.length;
    // The twentieth failure in a row was the last but the probes: each waits twice as long, up to ten minutes.
    expect(out.told.filter((one) => one.type === 'sent').length).toBeGreaterThanOrEqual(20);
    const probes = out.posts.slice(-8).map((one) => one.at);
    expect(probes.slice(1).map((at, i) => at - probes[i]!)).toEqual(Array(7).fill(600_000));
    const before = out.posts.length;
    await say(people - later, people);
    await out.until(() => out.posts.length > before + 3);
    expect(world.books.open('out')!.listed.length).toBe(listed);
    expect(listed).toBeLessThanOrEqual(50);
    away = false;
    await out.until();
    expect(out.runner.view()).toMatchObject({ held: 0, cursor: people });
    const taken = out.told.flatMap((one) =>
      one.type === 'sent' && one.outcome.type === 'done' ? [one.delivery.id] : [],
    );
    expect(new Set(taken).size).toBe(people);
    expect(taken).toHaveLength(people);
    console.log(
      `G17: 72 h away: ${listed} rows for ${people} messages of as many people, none after it halted; then ${taken.length} taken, 0 lost`,
    );
    expect(out.states).toEqual(['halted: ECONNREFUSED', 'running']);
    await out.stop();
    expect(world.books.open('out')).toMatchObject({ listed: [], sent: people });
  });

  it('O7: halted at a restart it tries its receiver again, also when nobody was written down', async () => {
    const world = createWorld();
    await world.say(track('One', 'user:1'), track('Two', 'user:2'));
    world.books.save('out', {
      ...{ cursor: 0, state: 'halted', reason: 'ECONNREFUSED', nextAt: 0, sent: 0 },
      ...{ list: [], unlist: [], dead: [], marks: new Map() },
    });
    const out = await run(world, hook());
    await out.until();
    expect(out.runner.view()).toMatchObject({ state: 'running', cursor: 2 });
    expect(out.posts).toHaveLength(2);
    await out.stop();
  });

  it('O7: paused it sends nothing and loses nothing, over a restart too', async () => {
    const world = createWorld();
    const first = await run(world, hook());
    await world.say(track('One', 'user:1'));
    await first.until();
    first.runner.pause();
    await world.say(track('Two', 'user:1'));
    await first.until();
    await first.stop();
    const second = await run(world, hook());
    await second.until();
    expect([first.posts.length, second.posts.length]).toEqual([1, 0]);
    expect(second.runner.view().state).toBe('paused');
    second.runner.resume();
    await second.until();
    expect(second.bodies().map((one) => [one.event.name, one.sequence])).toEqual([['Two', 2]]);
    await second.stop();
  });

  it('O8: what waited at a crash is sent again with its id, sequence and budget, and before what comes later', async () => {
    const world = createWorld();
    const first = await run(world, hook(), (post) => ({ status: post.body.includes('user-1') ? 500 : 200, body: '' }));
    await world.say(track('A', 'user:1'), track('B', 'user:1'), track('C', 'user:2'), trait('user:1', 'plan', 'pro'));
    await first.until(() => first.posts.filter((one) => one.body.includes('"A"')).length === 4);
    first.kill();
    const [listed] = world.books.open('out')!.listed;
    expect(listed).toMatchObject({ position: 1, failures: 3, sequence: 1 });
    await world.say(track('D', 'user:1'));
    const second = await run(world, hook(), ok);
    await second.until();
    const mine = second.bodies().filter((one) => one.person.id === 'p-user-1');
    expect(mine.map((one) => [one.event?.name ?? one.type, one.sequence])).toEqual([
      ['A', 1],
      ['B', 2],
      ['person', 3],
      ['D', 4],
    ]);
    expect(second.posts.find((one) => one.body.includes('"A"'))!.body).toBe(first.posts[0]!.body);
    await second.stop();
  });

  it('O4: a correction leaves after everything earlier of both people and before anything later of either', async () => {
    const world = createWorld();
    let failing = true;
    const out = await run(world, hook(), (post) => ({
      status: failing && post.body.includes('"Before"') ? 500 : 200,
      body: '',
    }));
    await world.say(track('Before', 'device:a'), track('Seen', 'user:1'));
    await world.say(login('user:1', 'device:a'));
    await world.say(track('After', 'user:1'), track('AfterToo', 'device:a'));
    await out.until(() => out.posts.length >= 4);
    failing = false;
    await out.until();
    const arrived = out.told.flatMap((one) =>
      one.type === 'sent' && one.outcome.type === 'done' ? [one.delivery] : [],
    );
    expect(arrived.map(({ message }) => (message.kind === 'event' ? message.event.name : message.kind))).toEqual([
      'Seen',
      'Before',
      'moved',
      'After',
      'AfterToo',
    ]);
    expect(arrived.filter((one) => one.message.person?.id === 'p-user-1').map((one) => one.sequence)).toEqual([
      1, 2, 3, 4,
    ]);
    await out.stop();
  });

  it('names at most 100 identifiers of a person, their own first', async () => {
    const world = createWorld();
    const out = await run(world, hook());
    await world.say(...Array.from({ length: 120 }, (_, i) => track('Seen', 'user:1', `device:${i}`)));
    await world.say(track('Seen', 'user:1'));
    await out.until();
    const { identifiers } = out.bodies().at(-1).person;
    expect(identifiers).toHaveLength(100);
    expect(identifiers[0]).toEqual({ kind: 'user', value: '1' });
    await out.stop();
  });

  it('of somebody who became part of another person `moved` is the last that is said under their old id', async () => {
    const world = createWorld();
    // The correction fails twice: what comes later must not be said before it.
    let away = 2;
    const out = await run(world, hook(), ({ body }) => ({
      status: JSON.parse(body).type === 'moved' && away-- > 0 ? 503 : 200,
      body: '',
    }));
    await world.say(track('Seen', 'device:a'), trait('device:a', 'plan', 'pro'), segment('device:a', 'vip'));
    await world.say(login('user:1', 'device:a'));
    await world.say(
      track('Later', 'device:a'),
      trait('device:a', 'plan', 'free'),
      segment('device:a', 'vip', 'remove'),
    );
    await out.until();
    expect(away).toBeLessThan(0);
    const taken = out.told.flatMap((one) =>
      one.type === 'sent' && one.outcome.type === 'done' ? [out.bodies().find(({ id }) => id === one.delivery.id)] : [],
    );
    const said = (id: string) =>
      taken.filter(({ person, from }) => person.id === id || from?.id === id).map(({ type }) => type);
    expect(said('p-device-a')).toEqual(['event', 'person', 'person', 'moved']);
    // It goes on under the other, beginning with what was of the old one.
    expect(said('p-user-1')).toEqual(['moved', 'person', 'event', 'person', 'person']);
    const moved = taken.find(({ type }) => type === 'moved');
    expect(moved).toMatchObject({ from: { id: 'p-device-a' }, to: { id: 'p-user-1' } });
    await out.stop();
  });

  it('O4: a correction of an identifier leaves before what comes later of it, also when it was nobody’s in between', async () => {
    const world = createWorld();
    let away = 3;
    const out = await run(world, hook(), ({ body }) =>
      JSON.parse(body).type === 'moved' && away-- > 0 ? { status: 503, body: '' } : { status: 200, body: '' },
    );
    await world.say(login('user:3', 'device:d'));
    await world.say(merge('user:3', 'user:2'));
    await world.say(undo('Retract', 2));
    // Nobody names the device any more, so that nothing of it is told; then it comes back as nobody's.
    await world.say(undo('Retract', 1));
    await world.say(track('Back', 'device:d'));
    await out.until();
    const taken = out.told.flatMap((one) =>
      one.type === 'sent' && one.outcome.type === 'done' ? [one.delivery.message] : [],
    );
    const moves = taken.filter((one) => one.kind === 'moved' && one.anchor.kind === 'device');
    expect(moves).toHaveLength(2);
    expect(taken.at(-1)).toMatchObject({ kind: 'event', event: { name: 'Back' } });
    await out.stop();
  });

  it('O9: what waited goes by the connections as they are when it is sent; what they keep then is a gap', async () => {
    const world = createWorld();
    const connections: Connection[] = [];
    const settings = { id: 'c', output: 'out', active: true, settings: {}, filters: {}, rules: [] };
    // The first is tried again later, and what comes behind it waits.
    const out = await run(world, hook(), status(503, 200), { connect: (message) => connect(connections, message) });
    await world.say(track('First', 'user:1'), track('Held', 'user:1'), track('Renamed', 'user:1'));
    await out.until(() => out.posts.length === 1);
    connections.push({
      ...settings,
      input: 'all',
      rules: [
        { do: 'drop', when: { event: 'Held' } },
        { do: 'rename', when: { event: 'Renamed' }, to: 'Other' },
      ],
    });
    await out.until();
    expect(out.bodies().map((one) => [one.event.name, one.sequence])).toEqual([
      ['First', 1],
      ['First', 1],
      ['Other', 3],
    ]);
    expect(out.posts.at(-1)!.headers).toMatchObject({ 'selfsame-gap': '2' });
    expect(out.told.filter((one) => one.type === 'kept')).toMatchObject([
      { step: 'rules', kept: 'rule 1 drops it', connection: { id: 'c' } },
    ]);
    await out.stop();
  });

  it('G20: who said no is told nothing more of, also not what waited; then the gap is named', async () => {
    const world = createWorld();
    let denied = false;
    const out = await run(world, hook(), status(500, 500, 200), {
      isAllowed: (message) => !denied || message.person?.id !== 'p-user-1',
    });
    await world.say(track('A', 'user:1'), track('B', 'user:1'), track('C', 'user:2'));
    await out.until(() => out.posts.length >= 2);
    denied = true;
    const before = out.posts.length;
    await out.until();
    expect(out.posts.slice(before).filter((one) => one.body.includes('p-user-1'))).toEqual([]);
    denied = false;
    await world.say(track('D', 'user:1'));
    await out.until();
    expect(out.posts.at(-1)!.headers).toMatchObject({ 'selfsame-sequence': '3', 'selfsame-gap': '2' });
    await out.stop();
  });
});
