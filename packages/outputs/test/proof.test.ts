import { keyOf, ownerAt } from '@selfsame/identity';
import { describe, expect, it } from 'vitest';
import { lineOf } from '../src/files/rows.ts';
import { type Books, webhook } from '../src/index.ts';
import { anything, chance, seed } from './histories.ts';
import { merge, track, trait, undo } from './items.ts';
import { type Answer, createWorld, run, type World } from './world.ts';

const long = process.env['SELFSAME_LONG'] === '1';

const hook = () => webhook({ project: 'shop', url: 'https://receiver.test/', secrets: () => [new Uint8Array(24)] });

interface Message {
  readonly id: string;
  readonly type: string;
  readonly person: { readonly id: string } | null;
  readonly sequence: number;
  readonly event: {
    readonly name: string;
    readonly time: string;
    readonly anchor: { readonly kind: string; readonly value: string };
  };
  readonly anchor: { readonly kind: string; readonly value: string };
  readonly to: { readonly id: string };
  readonly stretch: { readonly from: string | null; readonly to: string | null };
}

/** A receiver that applies messages in the order they come, each id once, and knows nothing of our rules. */
class Mirror {
  readonly applied = new Map<string, Message>();
  readonly owners = new Map<string, { readonly key: string; readonly time: number; owner: string | undefined }>();
  readonly sequences = new Map<string, number>();
  inversions = 0;
  readonly #heeds: boolean;

  /** @param heeds whether it takes corrections in: one that does not shows that there is something to correct */
  constructor(heeds = true) {
    this.#heeds = heeds;
  }

  take(message: Message): void {
    if (this.applied.has(message.id)) return;
    this.applied.set(message.id, message);
    if (message.person !== null) {
      const last = this.sequences.get(message.person.id) ?? 0;
      if (message.sequence !== last + 1) this.inversions += 1;
      this.sequences.set(message.person.id, message.sequence);
    }
    if (message.type === 'event') {
      const { name, time, anchor } = message.event;
      this.owners.set(name, {
        key: `${anchor.kind}:${anchor.value}`,
        time: Date.parse(time),
        owner: message.person?.id,
      });
    }
    if (message.type !== 'moved' || !this.#heeds) return;
    const { from, to } = message.stretch;
    for (const one of this.owners.values()) {
      const isInside =
        one.key === `${message.anchor.kind}:${message.anchor.value}` &&
        (from === null || one.time >= Date.parse(from)) &&
        (to === null || one.time < Date.parse(to));
      if (isInside) one.owner = message.to.id;
    }
  }
}

/** Fails by chance, sometimes after it has applied what it was sent. */
function unreliable(mirror: Mirror, random: () => number, failing: number): Answer {
  return ({ body }) => {
    const luck = random();
    if (luck < failing / 2) return { status: 503, body: '' };
    mirror.take(JSON.parse(body) as Message);
    return luck < failing ? { failure: 'timed out' } : { status: 200, body: '' };
  };
}

const differences = (world: World, mirror: Mirror): readonly string[] =>
  [...mirror.owners].flatMap(([name, { key, time, owner }]) => {
    const [kind = '', value = ''] = key.split(':');
    const ours = ownerAt(world.store.graph('shop'), world.rules().policy, keyOf({ kind, value }), time)?.person;
    return ours === owner ? [] : [`${name} of ${key}: ${ours} here, ${owner} there`];
  });

/** Whom the rows of `ownership` say that each identifier belonged to whenever something happened, and whom we say. */
async function inFiles(world: World, mirror: Mirror) {
  const { messages } = await world.source({ met: true }).next(Number.POSITIVE_INFINITY);
  const rows = messages.flatMap((message) =>
    (lineOf(message, 'm') ?? '')
      .trim()
      .split('\t')
      .filter((row) => row.startsWith('ownership '))
      .map((row) => JSON.parse(row.slice('ownership '.length)) as OwnerRow),
  );
  const { policy } = world.rules();
  const graph = world.store.graph('shop');
  const times = [...mirror.owners.values()].map((one) => one.time);
  const names = new Set(rows.map(({ kind, value }) => `${kind}:${value}`));
  let asked = 0;
  const wrong: string[] = [];
  for (const name of names) {
    const [kind = '', value = ''] = name.split(':');
    const key = keyOf({ kind, value });
    // Of an identifier that nobody names any more nothing is told.
    if (graph.node(key) === undefined) continue;
    for (const time of times) {
      const covers = (row: OwnerRow) =>
        row.kind === kind &&
        row.value === value &&
        (row.start_time === null || Date.parse(row.start_time) <= time) &&
        (row.end_time === null || Date.parse(row.end_time) > time);
      const theirs = rows.findLast(covers)?.person;
      const ours = ownerAt(graph, policy, key, time)?.person;
      asked += 1;
      if (ours !== theirs) wrong.push(`${name} at ${time}: ${ours} here, ${theirs} there`);
    }
  }
  return { asked, differences: wrong };
}

interface OwnerRow {
  readonly kind: string;
  readonly value: string;
  readonly start_time: string | null;
  readonly end_time: string | null;
  readonly person: string | null;
}

describe('proof', () => {
  it('G6: a receiver that applies messages in order ends with our ownership, and so do files, whatever came late, merged, failed, or was taken back [O4] [O5]', {
    timeout: 600_000,
  }, async () => {
    const histories = long ? 10_000 : 1_000;
    let [events, moved, uncorrected, undone, owners] = [0, 0, 0, 0, 0];
    for (let n = 0; n < histories; n++) {
      const random = chance(seed + n);
      const world = createWorld(['selfsame', 'mixpanel-simplified', 'spid'][n % 3]);
      const mirror = new Mirror();
      let out = await run(world, hook(), unreliable(mirror, random, 0.3));
      /** Entries that may be taken back: an event that was is told of no more. */
      const claims: number[] = [];
      let head = 0;
      for (let i = 1; i <= 30; i++) {
        const said = anything(random, i, claims);
        const late = random() < 0.2 ? { time: world.now - Math.floor(random() * 20_000) } : {};
        const before = await world.store.head('shop');
        await world.say({ ...said, ...late });
        head = await world.store.head('shop');
        if (head > before && ['Identify', 'Logout', 'Merge'].includes(said.command.type)) claims.push(head);
        if (['Retract', 'Restore'].includes(said.command.type)) undone += 1;
        if (random() > 0.1) continue;
        // A crash: what was not written down is sent again.
        out.kill();
        out = await run(world, hook(), unreliable(mirror, random, 0.3));
      }
      await out.until(() => out.runner.view().held === 0 && out.runner.view().cursor === head);
      await out.stop();
      const where = `SELFSAME_SEED=${seed}, history ${n}`;
      expect(differences(world, mirror), where).toEqual([]);
      const deaf = new Mirror(false);
      for (const message of mirror.applied.values()) deaf.take(message);
      uncorrected += differences(world, deaf).length;
      events += mirror.owners.size;
      moved += [...mirror.applied.values()].filter((one) => one.type === 'moved').length;
      const found = await inFiles(world, mirror);
      owners += found.asked;
      expect(found.differences, where).toEqual([]);
    }
    console.log(
      `G6: ${histories} histories with ${undone} undos, ${events} events, ${moved} corrections, 0 differences, ${uncorrected} without corrections; ${owners} owners read of files, 0 differences`,
    );
    expect(uncorrected).toBeGreaterThan(histories);
    expect(undone).toBeGreaterThan(histories / 2);
  });

  it('G6: many people, one call in ten failing: no inversion, nothing lost, no gap', async () => {
    const [people, each] = long ? [1_000, 1_000] : [100, 60];
    const world = createWorld();
    const mirror = new Mirror();
    const out = await run(world, hook(), unreliable(mirror, chance(seed), 0.1));
    for (let i = 0; i < each; i++)
      await world.say(...Array.from({ length: people }, (_, p) => track(`e${i}-${p}`, `user:u${p}`)));
    await out.until();
    await out.stop();
    const ids = new Set(out.posts.map(({ headers }) => headers['webhook-id']));
    const bodies = new Set(out.posts.map(({ headers, body }) => `${headers['webhook-id']} ${body}`));
    console.log(
      `G6: ${people} people × ${each}: ${mirror.applied.size} delivered by ${out.posts.length} calls, ${mirror.inversions} inversions, ${people * each - mirror.applied.size} lost (seed ${seed})`,
    );
    expect(mirror.inversions).toBe(0);
    expect(mirror.applied.size).toBe(people * each);
    expect([...mirror.sequences.values()].every((last) => last === each)).toBe(true);
    // Whatever was sent twice was the same in every byte.
    expect(bodies.size).toBe(ids.size);
  });

  it('G17: killed between every two steps, read, render, send, receive, write down: nothing is lost, and what goes twice is the same', async () => {
    const lives = long ? 1_000 : 150;
    const random = chance(seed);
    const world = createWorld();
    const mirror = new Mirror();
    const bodies = new Map<string, Set<string>>();
    const died = new Map<string, number>();
    let calls = 0;
    for (let life = 1; life <= lives + 1; life++) {
      const user = (n: number) => `user:u${Math.floor(random() * n)}`;
      if (life <= lives) {
        const what = random();
        await world.say(
          what < 0.7 ? track(`e${life}`, user(5)) : what < 0.85 ? merge(user(5), user(5)) : trait(user(5), 'n', life),
        );
      }
      let [steps, isDead] = [0, false];
      // Each life is a few steps longer than one before it, and the last is not cut off.
      const last = life > lives ? Number.POSITIVE_INFINITY : 1 + (life % 25);
      const step = (name: string) => {
        steps += 1;
        if (isDead || steps < last) return;
        isDead = true;
        died.set(name, (died.get(name) ?? 0) + 1);
        out?.kill();
      };
      let out: Awaited<ReturnType<typeof run>> | undefined;
      const output = hook();
      const books: Books = {
        ...world.books,
        save(name, change) {
          step('before it is written down');
          if (isDead) return;
          world.books.save(name, change);
          step('after it is written down');
        },
      };
      const answer: Answer = (post) => {
        step('sent');
        if (isDead && random() < 0.5) return { failure: 'cut off' };
        const { id } = JSON.parse(post.body) as Message;
        bodies.set(id, (bodies.get(id) ?? new Set()).add(post.body));
        calls += 1;
        const reply = unreliable(mirror, random, 0.2)(post, 0);
        step('received');
        return reply;
      };
      const render: typeof output.render = (delivery) => {
        step('read');
        const rendered = output.render(delivery);
        step('rendered');
        return rendered;
      };
      out = await run(world, { ...output, render }, answer, { books });
      if (isDead) out.kill();
      await out.until(() => isDead || (out?.runner.view().held === 0 && out.runner.view().cursor === life));
      if (life > lives) await out.until();
      // One that came to its end is gone as well: two would write in one book.
      isDead = true;
      out.kill();
    }
    const { messages } = await world.source().next(Number.POSITIVE_INFINITY);
    const lost = messages.filter(({ place }) => !mirror.applied.has(`m${place.position}.${place.part}`));
    const twice = [...bodies.values()].filter((all) => all.size > 1).length;
    console.log(
      `G17: ${[...died.values()].reduce((sum, n) => sum + n, 0)} kills (${[...died].map(([name, n]) => `${n} ${name}`).join(', ')}): ${messages.length} messages by ${calls} calls, ${lost.length} lost, ${mirror.inversions} out of order, ${twice} not the same twice (seed ${seed})`,
    );
    expect(lost).toEqual([]);
    expect(mirror.inversions).toBe(0);
    expect(twice).toBe(0);
    expect(died.size).toBe(6);
  });

  it('O5: a merge over many events is one message a stretch, and so is its undo', async () => {
    const events = long ? 1_000_000 : 20_000;
    const world = createWorld();
    const chunk = 2_000;
    for (let i = 0; i < events; i += chunk)
      await world.say(...Array.from({ length: chunk }, (_, j) => track(`e${i + j}`, 'user:u1')));
    await world.say(track('first', 'user:u0'), merge('user:u1', 'user:u0'));
    const source = world.source();
    await source.skipTo(events);
    const { messages } = await source.next(10);
    expect(messages.map((one) => one.kind)).toEqual(['event', 'moved']);
    await world.say(undo('Retract', events + 2));
    const undone = (await source.next(10)).messages;
    expect(undone.map((one) => one.kind)).toEqual(['moved']);
    console.log(`O5: a merge over ${events} events: 1 message, its undo 1`);
  });
});
