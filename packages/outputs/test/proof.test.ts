import { keyOf, ownerAt } from '@selfsame/identity';
import { describe, expect, it } from 'vitest';
import { webhook } from '../src/index.ts';
import { login, logout, merge, track, trait } from './items.ts';
import { type Answer, createWorld, run, type World } from './world.ts';

const long = process.env['SELFSAME_LONG'] === '1';
const seed = Number(process.env['SELFSAME_SEED'] ?? Date.now() % 2 ** 31);

/** Numbers from 0 up to 1, the same for the same seed. */
function chance(from: number): () => number {
  let state = from | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

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

describe('proof', () => {
  it('O4, O5: a receiver that applies messages in order ends with our ownership, whatever came late, merged or failed', async () => {
    const histories = long ? 10_000 : 150;
    let [events, moved, uncorrected] = [0, 0, 0];
    for (let n = 0; n < histories; n++) {
      const random = chance(seed + n);
      const pick = (prefix: string, count: number) => `${prefix}${Math.floor(random() * count)}`;
      const world = createWorld(['selfsame', 'mixpanel-simplified', 'spid'][n % 3]);
      const mirror = new Mirror();
      let out = await run(world, hook(), unreliable(mirror, random, 0.3));
      for (let i = 0; i < 30; i++) {
        const what = random();
        const late = random() < 0.2 ? { time: world.now - Math.floor(random() * 20_000) } : {};
        const device = pick('device:d', 3);
        const user = pick('user:u', 4);
        const said =
          what < 0.4
            ? track(`e${i}`, device)
            : what < 0.55
              ? track(`e${i}`, user, device)
              : what < 0.75
                ? login(user, device)
                : what < 0.82
                  ? logout(device)
                  : what < 0.92
                    ? merge(user, pick('user:u', 4))
                    : trait(user, 'n', i);
        await world.say({ ...said, ...late });
        if (random() > 0.1) continue;
        // A crash: what was not written down is sent again.
        out.kill();
        out = await run(world, hook(), unreliable(mirror, random, 0.3));
      }
      await out.until(() => out.runner.view().held === 0 && out.runner.view().cursor === 30);
      await out.stop();
      expect(differences(world, mirror), `SELFSAME_SEED=${seed}, history ${n}`).toEqual([]);
      const deaf = new Mirror(false);
      for (const message of mirror.applied.values()) deaf.take(message);
      uncorrected += differences(world, deaf).length;
      events += mirror.owners.size;
      moved += [...mirror.applied.values()].filter((one) => one.type === 'moved').length;
    }
    console.log(
      `O5: ${histories} histories, ${events} events, ${moved} corrections, 0 differences, ${uncorrected} without corrections`,
    );
    expect(uncorrected).toBeGreaterThan(histories);
  });

  it('G6: many people, one call in ten failing: no inversion, nothing lost, no gap', async () => {
    const [people, each] = long ? [1_000, 1_000] : [100, 60];
    const world = createWorld();
    const mirror = new Mirror();
    const out = await run(world, hook(), unreliable(mirror, chance(seed), 0.1));
    for (let i = 0; i < each; i++)
      await world.say(...Array.from({ length: people }, (_, p) => track(`e${i}-${p}`, `user:u${p}`)));
    await out.until(() => out.runner.view().cursor === people * each && out.runner.view().held === 0);
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

  it('O5: a merge over many events is one message a stretch', async () => {
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
  });
});
