import { keyOf, ownerAt } from '@selfsame/identity';
import { describe, expect, it } from 'vitest';
import { type Message, webhook } from '../src/index.ts';
import { anything, chance, seed } from './histories.ts';
import { login, track, undo } from './items.ts';
import { type Answer, createWorld, ok, run, type World } from './world.ts';

const hook = () =>
  webhook({ project: 'shop', url: 'https://receiver.test/', secrets: () => [new Uint8Array(24)], expand: true });

/** What these tests read of a message. */
interface Body {
  readonly id: string;
  readonly type: string;
  readonly person: { readonly id: string } | null;
  readonly sequence: number;
  readonly position: number;
  readonly replaces?: number;
  readonly stands: boolean;
  readonly event: {
    readonly name: string;
    readonly time: string;
    readonly anchor: { readonly kind: string; readonly value: string };
  };
}

const inShort = ({ type, event, person, position, sequence }: Body): string =>
  type === 'event'
    ? `${event.name} at ${position} of ${person?.id}, ${sequence}`
    : `${type} of ${person?.id}, ${sequence}`;

/** A receiver that keeps each event under its position and whose it is, and has no idea of corrections. */
class Table {
  readonly rows = new Map<
    number,
    { readonly key: string; readonly time: number; owner: string | undefined; stands: boolean }
  >();
  readonly #applied = new Set<string>();

  take({ id, type, person, position, event, stands }: Body): void {
    if (this.#applied.has(id) || (type !== 'event' && type !== 'retracted')) return;
    this.#applied.add(id);
    const { kind, value } = event.anchor;
    const row = { key: `${kind}:${value}`, time: Date.parse(event.time), owner: person?.id };
    this.rows.set(position, { ...row, stands: type === 'event' || stands });
  }

  differences(world: World, undone: ReadonlySet<number>): readonly string[] {
    return [...this.rows].flatMap(([position, { key, time, owner, stands }]) => {
      if (stands === undone.has(position)) return [`${position} ${stands ? 'stands' : 'is gone'} there`];
      const [kind = '', value = ''] = key.split(':');
      const ours = ownerAt(world.store.graph('shop'), world.rules().policy, keyOf({ kind, value }), time)?.person;
      return !stands || ours === owner ? [] : [`${position} of ${key}: ${ours} here, ${owner} there`];
    });
  }
}

describe('[O17] corrections expanded', () => {
  it('a correction is followed by each event it concerns, told again of whoever has it now', async () => {
    const world = createWorld('selfsame', { sharedDevice: 'by-interval' });
    const out = await run(world, hook());
    await world.say({ ...track('Seen', 'device:a'), trust: 0 });
    await world.say(track('Elsewhere', 'device:b'));
    await world.say(track('Looked', 'device:a'));
    await world.say(track('Bought', 'user:1', 'device:a'));
    await out.until();
    expect(out.bodies().slice(3).map(inShort)).toEqual([
      'moved of p-user-1, 1',
      'Seen at 1 of p-user-1, 0',
      'Looked at 3 of p-user-1, 0',
      // It has its own order, that of its person.
      'Bought at 4 of p-user-1, 2',
    ]);
    const again = out.bodies().slice(4, 6);
    expect(again.map(({ position, replaces }) => [position, replaces])).toEqual([
      [1, 1],
      [3, 3],
    ]);
    expect(out.posts.slice(4, 6).map(({ headers }) => headers['webhook-id'])).toEqual(['m4.2', 'm4.3']);
    await out.stop();
  });

  it('what was taken back is not told again, and what is taken back later is the last word', async () => {
    const world = createWorld('selfsame', { sharedDevice: 'by-interval' });
    const out = await run(world, hook());
    await world.say(track('Seen', 'device:a'), track('Looked', 'device:a'), track('Left', 'device:a'));
    await world.say(undo('Retract', 1));
    await world.say(login('user:1', 'device:a'));
    await world.say(undo('Retract', 2));
    await out.until();
    expect(out.bodies().slice(3).map(inShort).sort()).toEqual([
      'Left at 3 of p-user-1, 0',
      'Looked at 2 of p-user-1, 0',
      'moved of p-user-1, 1',
      'retracted of p-device-a, 4',
      'retracted of p-user-1, 2',
    ]);
    const looked = out.bodies().filter((one) => one.position === 2);
    expect(looked.map((one) => one.type)).toEqual(['event', 'event', 'retracted']);
    await out.stop();
  });

  it('[D3] of several copies the one that counts is told again', async () => {
    const world = createWorld('selfsame', { sharedDevice: 'by-interval' });
    const out = await run(world, hook());
    const looked = { ...track('Looked', 'device:a'), insertId: 'look' };
    const left = { ...track('Left', 'device:a'), insertId: 'left' };
    await world.say({ ...looked, trust: 0 }, looked, { ...left, trust: 0 }, left);
    await world.say(undo('Retract', 2));
    await world.say(login('user:1', 'device:a'));
    await out.until();
    const again = out.bodies().filter(({ type, sequence }) => type === 'event' && sequence === 0);
    expect(again.map(({ position }) => position)).toEqual([1, 4]);
    await out.stop();
  });

  it('new messages do not wait for a long expansion, and it is whole after a restart', async () => {
    const world = createWorld('selfsame', { sharedDevice: 'by-interval' });
    const count = 5_000;
    for (let i = 0; i < count; i += 1_000)
      await world.say(...Array.from({ length: 1_000 }, () => track('Old', 'device:a')));
    const first = await run(world, { ...hook(), atOnce: 5 }, ok, {}, count);
    await first.until();
    expect(first.posts).toHaveLength(0);
    await world.say(login('user:ann', 'device:a'));
    await first.until(() => first.posts.length > 100);
    await world.say(track('New', 'user:bob'));
    const isThere = () => first.posts.some(({ body }) => body.includes('"New"'));
    await first.until(isThere);
    expect(isThere()).toBe(true);
    expect(first.posts.length).toBeLessThan(count);
    expect(first.runner.view().cursor).toBe(count);
    first.kill();
    const second = await run(world, hook());
    await second.until();
    expect(second.runner.view()).toMatchObject({ held: 0, cursor: count + 2 });
    const told = [...first.posts, ...second.posts].map(({ body }) => JSON.parse(body) as Body);
    const again = new Set(told.filter((one) => one.replaces !== undefined).map((one) => one.position));
    expect(again.size).toBe(count);
    await second.stop();
  });

  it('in order, as files want it, every expansion comes before what is later', async () => {
    const world = createWorld('selfsame', { sharedDevice: 'by-interval' });
    await world.say(track('Seen', 'device:a'), track('Seen', 'device:a'), track('Seen', 'device:a'));
    await world.say(login('user:1', 'device:a'), track('New', 'user:2'));
    const source = world.source({ expand: 'in order' });
    const told: Message[] = [];
    for (let more = true; more; ) {
      const { messages, rest, through } = await source.next(2);
      told.push(...messages);
      more = rest || through < 5;
    }
    expect(told.map(({ kind, place }) => `${kind} ${place.position}.${place.part}`)).toEqual([
      ...['event 1.0', 'event 2.0', 'event 3.0', 'moved 4.0', 'event 4.1', 'event 4.2', 'event 4.3', 'event 5.0'],
    ]);
  });

  it('who keeps whose each event is, and knows nothing of corrections, ends with our ownership', {
    timeout: 600_000,
  }, async () => {
    const histories = Number(process.env['SELFSAME_HISTORIES'] ?? (process.env['SELFSAME_LONG'] === '1' ? 5_000 : 50));
    let [events, again] = [0, 0];
    for (let n = 0; n < histories; n++) {
      const random = chance(seed + n);
      const world = createWorld(['selfsame', 'mixpanel-simplified', 'spid'][n % 3]);
      const table = new Table();
      const answer: Answer = ({ body }) => {
        const luck = random();
        if (luck < 0.15) return { status: 503, body: '' };
        const told = JSON.parse(body) as Body;
        if (told.replaces !== undefined) again += 1;
        table.take(told);
        return luck < 0.3 ? { failure: 'timed out' } : { status: 200, body: '' };
      };
      const entries: number[] = [];
      const undone = new Set<number>();
      let out = await run(world, hook(), answer);
      // Now and then there is so much to tell again that new messages come between.
      if (n % 10 === 0) await world.say(...Array.from({ length: 200 }, () => track('Old', 'device:d0')));
      for (let i = 1; i <= 30; i++) {
        const said = anything(random, i, entries);
        const late = random() < 0.2 ? { time: world.now - Math.floor(random() * 20_000) } : {};
        await world.say({ ...said, ...late });
        const position = await world.store.head('shop');
        const { command } = said;
        if (command.type === 'Retract' || command.type === 'Restore') {
          for (const { entry } of command.told) command.type === 'Retract' ? undone.add(entry) : undone.delete(entry);
        } else entries.push(position);
        if (random() > 0.1) continue;
        out.kill();
        out = await run(world, hook(), answer);
      }
      const position = await world.store.head('shop');
      await out.until(() => out.runner.view().held === 0 && out.runner.view().cursor === position);
      await out.stop();
      events += table.rows.size;
      expect(table.differences(world, undone), `SELFSAME_SEED=${seed}, history ${n}`).toEqual([]);
    }
    console.log(`O17: ${histories} histories, ${events} events, ${again} told again, 0 differences (seed ${seed})`);
    expect(again).toBeGreaterThan(histories);
  });
});
