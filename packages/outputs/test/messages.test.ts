import { claimNumber, type IdentifierKey, keyOf, MemoryGraph, peopleIn } from '@selfsame/identity';
import { describe, expect, it, onTestFinished } from 'vitest';
import { lineOf, placeOfLine } from '../src/files/rows.ts';
import { type Message, Source } from '../src/index.ts';
import { login, logout, merge, segment, track, trait, undo } from './items.ts';
import { createWorld, type World } from './world.ts';

const told = async (world: World): Promise<readonly Message[]> => (await world.source().next(10_000)).messages;

/** A message in a few words. */
function inShort(message: Message): string {
  const who = message.person === null ? 'nobody' : message.person.id;
  if (message.kind === 'event') return `${message.event.name} of ${who}`;
  if (message.kind === 'moved') {
    const { anchor, from, to, because } = message;
    const key = `${anchor.kind}:${anchor.value}`;
    return `${key} from ${from?.id} to ${to?.id} by ${because.rule}${because.undone ? ' undone' : ''}`;
  }
  if (message.kind === 'person')
    return `${who} ${JSON.stringify(message.traits.set)} +${message.segments.entered} -${message.segments.left}`;
  if (message.kind === 'retracted') return `${message.event.name} of ${who} ${message.stands ? 'is back' : 'is gone'}`;
  return `${who} erased`;
}

describe('messages of the log', () => {
  it('[O12] what an undo touches is folded again in turns, however much it is', async () => {
    const world = createWorld();
    const visits = Array.from({ length: 300 }, (_, i) => track('Seen', 'user:ann', `device:${i}`));
    await world.say(...visits);
    await world.say(undo('Retract', 1));
    const { policy, derive } = world.rules();
    // A device that is met is folded: how many are between two turns of others?
    let [met, most] = [0, 0];
    const source = new Source({
      project: 'shop',
      read: (after) => world.store.read('shop', after),
      undos: () => world.store.undos('shop'),
      rules: {
        policy,
        derive(...of) {
          most = Math.max(most, ++met);
          return derive(...of);
        },
      },
      async turn() {
        met = 0;
      },
    });
    const { messages } = await source.next(10_000);
    expect(messages.some(({ place }) => place.position === visits.length + 1)).toBe(true);
    expect(most).toBeLessThanOrEqual(100);
  });

  it('[O12] what an undo of many people says is put together in turns, however many they are', async () => {
    const world = createWorld();
    const people = 300;
    for (let i = 0; i < people; i++)
      await world.say(track('Seen', `device:d${i}`), login(`user:u${i}`, `device:d${i}`));
    await world.say(undo('Retract', ...Array.from({ length: people }, (_, i) => 2 * i + 2)));
    // A node that is looked up is work: how many are between two turns of others?
    let [looks, most] = [0, 0];
    const look = MemoryGraph.prototype.node;
    onTestFinished(() => {
      MemoryGraph.prototype.node = look;
    });
    MemoryGraph.prototype.node = function (key) {
      most = Math.max(most, ++looks);
      return look.call(this, key);
    };
    const source = new Source({
      project: 'shop',
      read: (after) => world.store.read('shop', after),
      undos: () => world.store.undos('shop'),
      rules: world.rules(),
      async turn() {
        looks = 0;
      },
    });
    const { messages } = await source.next(10_000);
    const back = messages.filter(({ place }) => place.position === 2 * people + 1);
    expect(back.filter((one) => one.kind === 'moved').length).toBe(people);
    // Which names hang together is looked up in one go: two of each.
    expect(most).toBeLessThan(2 * people + 50);
  });

  it('[O12] who is who is not said to be as of an entry that is still taken in', async () => {
    const world = createWorld();
    for (let i = 1; i <= 30; i++) await world.say(track('Seen', `user:${i}`));
    const seen: (readonly [number, number])[] = [];
    const source: Source = new Source({
      project: 'shop',
      read: (after) => world.store.read('shop', after),
      undos: () => world.store.undos('shop'),
      rules: world.rules(),
      isRead: true,
      async turn() {
        let known = 0;
        while (source.graph.node(keyOf({ kind: 'user', value: String(known + 1) })) !== undefined) known += 1;
        seen.push([source.through, known]);
      },
    });
    await source.skipTo(30);
    expect(seen.length).toBeGreaterThan(1);
    for (const [through, known] of seen) expect(known).toBe(through);
  });

  it('an event is told of its person, as the log stood then', async () => {
    const world = createWorld('selfsame', { sharedDevice: 'by-interval' });
    await world.say(track('Seen', 'device:a'));
    await world.say(track('Bought', 'user:1', 'device:a'));
    await world.say(track('Left'));
    const messages = await told(world);
    expect(messages.map(inShort)).toEqual([
      'Seen of p-device-a',
      'device:a from p-device-a to p-user-1 by L6b',
      'Bought of p-user-1',
      'Left of nobody',
    ]);
    expect(messages[2]).toMatchObject({
      place: { position: 2, part: 1 },
      person: {
        known: true,
        identifiers: [
          { kind: 'user', value: '1' },
          { kind: 'device', value: 'a' },
        ],
      },
    });
  });

  it('[O5] a merge is one correction a stretch of each identifier, however many events hang on it', async () => {
    const world = createWorld('selfsame', { sharedDevice: 'by-interval' });
    for (let i = 0; i < 50; i++) await world.say(track('Seen', 'user:ann', 'device:a'), track('Seen', 'user:abe'));
    await world.say(merge('user:ann', 'user:abe'));
    const moved = (await told(world)).filter((one) => one.kind === 'moved');
    expect(moved.map(inShort).sort()).toEqual([
      'device:a from p-user-ann to p-user-abe by M1',
      'user:ann from p-user-ann to p-user-abe by M1',
    ]);
    expect(moved.map((one) => one.stretch)).toEqual(moved.map(() => ({ from: null, to: null })));
  });

  it('[O5] a shared device moves from the login on, and nothing else moves', async () => {
    const world = createWorld('selfsame', { sharedDevice: 'by-interval' });
    await world.say(login('user:1', 'device:a'));
    const first = world.now;
    await world.say(login('user:2', 'device:a'));
    await world.say(logout('device:a'));
    const moved = (await told(world)).filter((one) => one.kind === 'moved');
    expect(moved.map((one) => [one.stretch.from, one.stretch.to, one.from?.id, one.to?.id])).toEqual([
      [first + 1_000, null, 'p-user-1', 'p-user-2'],
      [first + 2_000, null, 'p-user-2', 'p-device-a'],
    ]);
  });

  it('what is said of somebody is told as what changed, a segment as entered or left', async () => {
    const world = createWorld('selfsame', { sharedDevice: 'by-interval' });
    await world.say(trait('user:1', 'plan', 'pro'));
    await world.say(trait('user:1', 'plan', 'pro'));
    await world.say(segment('user:1', 'gold'));
    await world.say(segment('user:1', 'gold', 'remove'));
    await world.say(trait('device:a', 'colour', 'red'));
    await world.say(login('user:1', 'device:a'));
    expect((await told(world)).map(inShort)).toEqual([
      'p-user-1 {"plan":"pro"} + -',
      'p-user-1 {} +gold -',
      'p-user-1 {} + -gold',
      'p-device-a {"colour":"red"} + -',
      'device:a from p-device-a to p-user-1 by L6b',
      'p-user-1 {"colour":"red"} + -',
    ]);
  });

  it('[U2] [O5] what is taken back moves what it had moved back, and says so; put back, it moves again', async () => {
    const world = createWorld('selfsame', { sharedDevice: 'by-interval' });
    await world.say(track('Seen', 'device:a'));
    await world.say(login('user:1', 'device:a'));
    await world.say(trait('device:a', 'colour', 'red'));
    await world.say(merge('user:1', 'user:2'), track('Seen', 'user:2'));
    await world.say(undo('Retract', 2));
    await world.say(undo('Restore', 2));
    await world.say(undo('Retract', 4));
    const all = await told(world);
    const at = (position: number) => all.filter(({ place }) => place.position === position).map(inShort);
    expect(at(6)).toEqual([
      'device:a from p-user-1 to p-device-a by L6b undone',
      // It has lost the colour.
      'p-user-1 {} + -',
      'p-device-a {"colour":"red"} + -',
    ]);
    expect(at(7)).toEqual(['device:a from p-device-a to p-user-1 by L6b', 'p-user-1 {"colour":"red"} + -']);
    expect(at(8)).toEqual(['user:2 from p-user-1 to p-user-2 by P1 undone']);
    const back = all.find(({ place, kind }) => place.position === 6 && kind === 'moved');
    expect(back).toMatchObject({
      because: { claim: `c2.${claimNumber(keyOf({ kind: 'device', value: 'a' }))}`, undone: true },
      stretch: { from: null, to: null },
    });
  });

  it('[O16] an event that is taken back is told as gone, of whose it was; put back, as back, whole', async () => {
    const world = createWorld('selfsame', { sharedDevice: 'by-interval' });
    await world.say({ ...track('Seen', 'device:a'), trust: 0 });
    await world.say(login('user:1', 'device:a'));
    await world.say(undo('Retract', 1, 2));
    await world.say(undo('Retract', 1));
    await world.say(undo('Restore', 1));
    const messages = await told(world);
    const back = messages.filter((one) => one.kind === 'retracted');
    // What was taken back already, and what is no event, is not told of again.
    expect(back.map((one) => [one.place.position, inShort(one)])).toEqual([
      [3, 'Seen of p-user-1 is gone'],
      [5, 'Seen of p-device-a is back'],
    ]);
    expect(back[0]).toMatchObject({ of: 1, via: { wire: 'native', key: 'public' }, event: { name: 'Seen' } });
    // After all else that the undo says: the others keep their places.
    expect(back[0]!.place.part).toBe(messages.filter((one) => one.place.position === 3).length - 1);
  });

  it('[O16] [D3] of a page’s copy and a backend’s, the page’s counts while the backend’s is taken back', async () => {
    const world = createWorld();
    const bought = { ...track('Bought', 'user:1'), insertId: 'order' };
    const left = { ...track('Left', 'user:1'), insertId: 'left' };
    await world.say({ ...bought, trust: 0 }, bought, left, { ...left, trust: 0 });
    await world.say(undo('Retract', 1, 4));
    await world.say(undo('Restore', 1, 4));
    await world.say(undo('Retract', 2, 3));
    await world.say(undo('Restore', 2));
    const messages = await told(world);
    expect(messages.filter(({ kind }) => kind === 'event').map(({ place }) => place.position)).toEqual([1, 2, 3]);
    // That one is taken back which did not count is nothing to tell.
    expect(
      messages.flatMap((one) => (one.kind === 'retracted' ? [[one.place.position, one.of, one.stands]] : [])),
    ).toEqual([
      [7, 1, true],
      [7, 2, false],
      [7, 3, false],
      [7, 4, true],
      [8, 1, false],
      [8, 2, true],
    ]);
    // A page's copy that came after the backend's was never told of: files get its row now, under its own place.
    const untold = messages.filter((one) => one.kind === 'retracted' && one.untold !== undefined);
    expect(untold.map((one) => one.kind === 'retracted' && one.of)).toEqual([4]);
    const rows = (lineOf(untold[0] as Message, 'm') ?? '').trim().split('\t');
    expect(rows.map((row) => row.slice(0, row.indexOf(' ')))).toEqual(['retracted', 'events']);
    expect(placeOfLine(rows[0] as string)).toMatchObject({ position: 7 });
    expect(JSON.parse((rows[1] as string).slice('events '.length))).toMatchObject({ position: 4, name: 'Left' });
  });

  it('[O16] [D3] of a copy that another outranks a row is told once, however often it counts again, from any place on', async () => {
    const world = createWorld();
    const left = { ...track('Left', 'user:1'), insertId: 'left' };
    await world.say(left, { ...left, trust: 0 });
    for (const type of ['Retract', 'Restore', 'Retract', 'Restore', 'Retract'] as const) await world.say(undo(type, 1));
    const places = (messages: readonly Message[]) =>
      messages.flatMap((one) => (one.kind === 'retracted' && one.untold !== undefined ? [one.place.position] : []));
    expect(places(await told(world))).toEqual([3]);
    for (const from of [2, 3, 4, 5, 6]) {
      const source = world.source();
      await source.skipTo(from);
      expect(places((await source.next(100)).messages), `from ${from}`).toEqual(from < 3 ? [3] : []);
    }
  });

  it('[U3] [O1] after what was taken back every message is as the log reads now, told from any place on', async () => {
    const world = createWorld('selfsame', { sharedDevice: 'by-interval' });
    for (let i = 0; i < 60; i++) {
      await world.say(
        track(`E${i}`, `device:${i % 7}`),
        i % 3 === 0 ? login(`user:${i % 4}`, `device:${i % 7}`) : trait(`user:${i % 5}`, 'n', i),
      );
      if (i % 10 === 9) await world.say(undo('Retract', i, i - 3));
      if (i % 20 === 19) await world.say(undo('Restore', i - 10));
    }
    const all = await told(world);
    const last = new Map(all.flatMap((one) => (one.kind === 'person' ? [[one.person?.id, one.all]] : [])));
    const graph = world.store.graph('shop');
    const keys = [0, 1, 2, 3, 4, 5, 6].flatMap((i) => [`user:${i}`, `device:${i}`] as IdentifierKey[]);
    const people = [
      ...peopleIn(
        graph,
        world.rules().policy,
        keys.flatMap((key) => graph.node(key) ?? []),
      ),
    ];
    expect(people.length).toBeGreaterThan(3);
    for (const person of people)
      if (person.traits.size > 0) expect(last.get(person.id)).toEqual(Object.fromEntries(person.traits));
    for (const cursor of [1, 33, 70]) {
      const source = world.source();
      await source.skipTo(cursor);
      expect((await source.next(10_000)).messages).toEqual(all.filter((one) => one.place.position > cursor));
    }
  });

  it('[O1] told from any place on, a message is the same', async () => {
    const world = createWorld('selfsame', { sharedDevice: 'by-interval' });
    for (let i = 0; i < 40; i++)
      await world.say(
        track(`E${i}`, `device:${i % 7}`),
        i % 3 === 0 ? login(`user:${i % 4}`, `device:${i % 7}`) : trait(`user:${i % 5}`, 'n', i),
      );
    const all = await told(world);
    for (const cursor of [0, 1, 20, 55]) {
      const source = world.source();
      await source.skipTo(cursor);
      const rest: Message[] = [];
      for (let part = await source.next(7); part.messages.length > 0; part = await source.next(7))
        rest.push(...part.messages);
      expect(rest).toEqual(all.filter((one) => one.place.position > cursor));
    }
  });
});
