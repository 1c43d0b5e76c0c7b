import { strict as assert } from 'node:assert';
import { type Delivery, type Order, type Output, Rate, type Rendered, type Sent } from '../../src/index.ts';
import { chance } from '../histories.ts';
import { login, segment, track, trait } from '../items.ts';
import { type Answer, createWorld, run } from '../world.ts';
import { hostileLink, nonsense, refusals } from './hostile.ts';

/** An output as the laws try it. */
export interface Tried {
  /** Where it sends. */
  readonly origin: string;
  /** The order that it promises. */
  readonly order: Order;
  make(): Output;
}

export interface Law {
  readonly id: string;
  readonly says: string;
  /** @throws AssertionError when the output breaks it. */
  check(tried: Tried, seed: number): Promise<void>;
}

/** Everything about somebody that an output is told of in these laws; none of it may be in a reason (S40). */
const secrets = ['4711', 'phone-of-hers', 'hers@example.com', 'Bought a ring', 'ring-750', 'gold-card'];

/** Deliveries of every kind that an output takes, of somebody whose secrets are known. */
async function deliveries(output: Output): Promise<readonly Delivery[]> {
  const world = createWorld();
  await world.say(track('Bought a ring', 'device:phone-of-hers'));
  await world.say(login('user:4711', 'device:phone-of-hers', 'email:hers@example.com'));
  await world.say(trait('user:4711', 'ring', 'ring-750'), segment('user:4711', 'gold-card'));
  await world.say({ ...track('Login', 'user:4711'), wire: 'spid' });
  const source = world.source(output.profiles === true ? { profiles: true } : {});
  const { messages } = await source.next(Number.POSITIVE_INFINITY);
  return messages
    .filter((message) => output.takes.has(message.kind) && output.wants?.(message) !== false)
    .map((message, i) => ({ message, id: `m${message.place.position}.${message.place.part}`, sequence: i + 1 }));
}

/** What goes together: one address, at most so many. */
async function batchesOf(output: Output): Promise<readonly (readonly Rendered[])[]> {
  const rendered = (await deliveries(output)).map((one) => output.render(one)).filter((one) => one !== 'skip');
  assert(rendered.length > 0, 'it has words for something');
  const one = rendered[0] as Rendered;
  const alike = rendered.filter(({ to }) => to === one.to);
  const most = Math.min(output.batch.items, 5);
  const filled = Array.from({ length: most }, (_, i) => alike[i % alike.length] as Rendered);
  return [[one], filled, ...rendered.map((each) => [each])];
}

/** Sends every batch against every one of these answers. */
async function each(
  { make }: Tried,
  words: typeof refusals,
  look: (sent: readonly Sent[], batch: readonly Rendered[], name: string) => void,
): Promise<void> {
  for (const [name, word] of words)
    for (const batch of await batchesOf(make())) look(await make().send(batch, hostileLink(word).link), batch, name);
}

export const laws: readonly Law[] = [
  {
    id: 'B1',
    says: 'one message is said the same every time [O1]',
    async check({ make }) {
      const [output, other] = [make(), make()];
      const all = await deliveries(output);
      const once = all.map((one) => output.render(one));
      assert.deepEqual(
        [...all].reverse().map((one) => output.render(one)),
        [...once].reverse(),
      );
      assert.deepEqual(
        all.map((one) => other.render(one)),
        once,
      );
    },
  },
  {
    id: 'B2',
    says: 'whatever a receiver answers, there is one outcome an item, and no rejection [O11]',
    check: (tried) =>
      each(tried, [...refusals, ...nonsense], (sent, batch, name) => {
        assert.equal(sent.length, batch.length, name);
        for (const one of sent) assert(['done', 'retry', 'dead', 'halt'].includes(one.type), name);
      }),
  },
  {
    id: 'B3',
    says: 'what was not taken is tried again: never done, never given up at once [O6]',
    check: (tried) =>
      each(tried, refusals, (sent, _batch, name) =>
        assert(
          sent.every(({ type }) => type === 'retry'),
          name,
        ),
      ),
  },
  {
    id: 'B4',
    says: 'a reason names nobody and nothing that was sent, also when the receiver says it back (S40)',
    check: (tried) =>
      each(tried, [...refusals, ...nonsense], (sent, _batch, name) => {
        for (const one of sent) {
          if (one.type === 'done') continue;
          assert(one.why.length > 0 && one.why.length < 200, name);
          for (const secret of secrets) assert(!one.why.includes(secret), `${name}: ${one.why}`);
        }
      }),
  },
  {
    id: 'B5',
    says: 'it goes to its own address alone, with headers that are headers (S30)',
    async check({ make, origin }) {
      for (const [, word] of [...refusals, ...nonsense])
        for (const batch of await batchesOf(make())) {
          const { link, calls } = hostileLink(word);
          await make().send(batch, link);
          await make().probe(link);
          for (const { url, headers } of calls) {
            assert.equal(new URL(url).origin, origin);
            for (const [name, value] of Object.entries(headers)) assert.match(`${name}: ${value}`, /^[\x20-\x7e]+$/);
          }
        }
    },
  },
  {
    id: 'B6',
    says: 'a test item is about nobody, and its outcome is the receiver’s',
    async check({ make }) {
      const { link, calls } = hostileLink(() => ({ status: 202, body: '{"status":1}' }));
      assert.equal((await make().probe(link)).type, 'done');
      assert.equal(calls.length, 1);
      for (const secret of secrets) assert(!JSON.stringify(calls).includes(secret));
      for (const [name, word] of refusals)
        assert.equal((await make().probe(hostileLink(word).link)).type, 'retry', name);
    },
  },
  {
    id: 'B7',
    says: 'against a receiver that fails as it likes everything arrives, in the order that is promised [O4] [O8]',
    async check({ make, order }, seed) {
      const random = chance(seed);
      const world = createWorld();
      const [people, each] = [5, 12];
      const arrived = new Set<string>();
      const orders = new Map<string, number[]>();
      const output = make();
      const out = await run(world, output, ({ body }, n) => {
        const refusal = refusals[Math.floor(random() * refusals.length)]?.[1];
        if (refusal !== undefined && (n === 1 || random() < 0.2)) return refusal(body);
        for (const [name, person = '', nth] of body.matchAll(/E(\d+)-(\d+)!/g)) {
          // What is told again after a time-out is no news.
          if (arrived.has(name)) continue;
          arrived.add(name);
          for (const key of [person, 'all']) orders.set(key, [...(orders.get(key) ?? []), Number(nth)]);
        }
        return random() < 0.1 ? { failure: 'timed out' } : { status: 202, body: '{"status":1}' };
      });
      for (let i = 0; i < each; i++)
        await world.say(...Array.from({ length: people }, (_, p) => track(`E${p}-${i}!`, `user:u${p}`)));
      await out.until(() => out.runner.view().held === 0 && out.runner.view().cursor === people * each);
      await out.stop();
      if (output.wants !== undefined) return;
      assert.equal(arrived.size, people * each);
      if (order === 'none') return;
      const ordered =
        order === 'lane' ? [...orders.values()] : [...orders].filter(([key]) => key !== 'all').map(([, one]) => one);
      for (const one of ordered)
        assert.deepEqual(
          one,
          one.toSorted((a, b) => a - b),
        );
    },
  },
  {
    id: 'B8',
    says: 'with a limit no second holds more messages, what is tried again and what goes in batches counted; all arrive [O20]',
    async check({ make }, seed) {
      const random = chance(seed);
      const world = createWorld();
      const [people, each, perSecond] = [20, 5, 20];
      const output = make();
      const sent: { readonly at: number; readonly names: readonly string[] }[] = [];
      const arrived = new Set<string>();
      const answer: Answer = ({ body, at }) => {
        const names = [...body.matchAll(/E\d+-\d+!/g)].map(([name]) => name);
        sent.push({ at, names });
        const refusal = refusals[Math.floor(random() * refusals.length)]?.[1];
        if (refusal !== undefined && random() < 0.2) return refusal(body);
        for (const name of names) arrived.add(name);
        return { status: 202, body: '{"status":1}' };
      };
      for (let i = 0; i < each; i++)
        await world.say(...Array.from({ length: people }, (_, p) => track(`E${p}-${i}!`, `user:u${p}`)));
      const out = await run(world, output, answer, { rate: new Rate(perSecond, output.batch.items) });
      await out.until(() => out.runner.view().held === 0 && out.runner.view().cursor === people * each);
      await out.stop();
      if (output.wants !== undefined) return;
      assert.equal(arrived.size, people * each);
      for (const { at: from, names } of sent) {
        const within = sent.filter(({ at }) => at >= from && at < from + 1_000);
        const messages = within.reduce((sum, one) => sum + one.names.length, 0);
        // What must stay together goes whole, and rests the longer.
        const largest = output.holds === undefined ? 2 : Math.max(2, names.length);
        assert(messages <= perSecond * 1.05 + largest, `${messages} within a second`);
      }
    },
  },
];
