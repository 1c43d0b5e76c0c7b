import { expect, it } from 'vitest';
import {
  type Command,
  entryOf,
  type Identifier,
  type MemoryGraph,
  type Policy,
  presets,
  step,
  type Trust,
} from '../src/index.ts';
import { derive } from './history.ts';
import { Watched } from './watched.ts';

/** Entries of a story; limits are so low that each is reached in the first third. */
const ENTRIES = process.env['SELFSAME_LONG'] === '1' ? 6_000 : 450;
/** Looks at nodes that an entry may take besides, however many came before: a tenth of the entries varies by chance. */
const SOME = 5;
/** Words of merged devices that are looked at one by one: some of them look at all again. */
const WORDS = 200;
/** The size of a node beyond which it may not grow, bytes as JSON. */
const SMALL = 4_096;

const of =
  (kind: string) =>
  (value: string | number): Identifier => ({ kind, value: `${value}` });
const [user, device, mail, handle] = [of('user'), of('device'), of('email'), of('distinct_id')];
const MINUTE = 60_000;

interface Story {
  readonly preset?: string;
  readonly tell: (n: number) => Command;
  /** Between two entries, ms. */
  readonly every?: number;
}

const describe = (name: string, op: string, value?: unknown, ids: readonly Identifier[] = [device('d')]): Command =>
  ({ type: 'Describe', ids, changes: [{ op, name, ...(value === undefined ? {} : { value }) }] }) as Command;
const login = (who: Identifier, on: Identifier): Command => ({ type: 'Identify', ids: [who, on] });
const resolve = (call: 'identify' | 'login' | 'logout', ids: readonly Identifier[], n: number): Command => ({
  type: 'Resolve',
  call,
  ids,
  mint: `${1_000 + n}`,
});

/** What a public key may say without end; of a device that is not seen for hours at a time a thousand silences are kept besides. */
const stories: Readonly<Record<string, Story>> = {
  'seven users in turn on one device': { tell: (n) => login(user(n % 7), device('d')) },
  'logins and logouts': {
    tell: (n) => (n % 2 ? { type: 'Logout', ids: [device('d')] } : login(user(n % 7), device('d'))),
  },
  'another user each': { tell: (n) => login(user(n), device('d')) },
  'users in turn, each login before the last': { tell: (n) => login(user(n % 7), device('d')), every: -MINUTE },
  'another device each': { tell: (n) => login(user('u'), device(n)) },
  'another e-mail each': { tell: (n) => login(user('u'), mail(`${n}@x.example`)) },
  'another user each with one e-mail': { tell: (n) => login(user(n), mail('e@x.example')) },
  'two logins at once': { tell: (n) => login(user('u'), user(n)) },
  'a star of users': { tell: (n) => ({ type: 'Merge', one: user('u'), other: user(n) }) },
  'a star of devices': { tell: (n) => ({ type: 'Merge', one: device('d'), other: device(n) }) },
  'a chain of devices': { tell: (n) => ({ type: 'Merge', one: device(n), other: device(n + 1) }) },
  'a chain of devices, each with a login': {
    tell: (n) =>
      n % 2 ? login(user(n % 4), device(n >> 1)) : { type: 'Merge', one: device(n >> 1), other: device((n >> 1) + 1) },
  },
  'traits, another name each': { tell: (n) => describe(`t${n}`, 'set', n) },
  'traits, one name': { tell: (n) => describe('t', 'set', n) },
  'traits, append': { tell: (n) => describe('t', 'append', n) },
  'traits, union': { tell: (n) => describe('t', 'union', [n]) },
  'traits, remove': { tell: (n) => describe('t', 'remove', n) },
  'traits, unset': { tell: (n) => describe(`t${n}`, 'unset') },
  'traits, add': { tell: () => describe('t', 'add', 1) },
  'traits of another device each': { tell: (n) => describe(`t${n}`, 'set', n, [user('u'), device(n)]) },
  consent: { tell: (n) => ({ type: 'Consent', ids: [device('d')], consent: n % 2 ? 'denied' : 'granted' }) },
  'the directory: another device each': { tell: (n) => resolve('identify', [of('customerid')('c'), device(n)], n) },
  'the directory: another user each': { tell: (n) => resolve('login', [user(n), device('d')], n) },
  'the directory: another e-mail each of one profile': {
    tell: (n) => resolve('identify', [user('u'), mail(`${n}@x.example`)], n),
  },
  'the directory: logouts': { tell: (n) => resolve('logout', [device('d')], n) },
  'the directory: logins and logouts': {
    tell: (n) => (n % 2 ? resolve('logout', [device('d')], n) : resolve('login', [user(n % 7), device('d')], n)),
  },
  'the original merge: a star': {
    preset: 'mixpanel-original',
    tell: (n) => ({
      type: 'Join',
      how: 'identify',
      one: handle('u'),
      other: handle(`${(n + 1e7).toString(16).padStart(8, '0')}-1111-4111-8111-111111111111`),
    }),
  },
  'the original merge: aliases': {
    preset: 'mixpanel-original',
    tell: (n) => ({ type: 'Join', how: 'alias', one: handle('u'), other: handle(`a${n}`) }),
  },
  'Segment: users in turn': { preset: 'segment', tell: (n) => login(user(n % 7), device('d')) },
  'SPiD: users in turn': { preset: 'spid', tell: (n) => login(user(n % 7), device('d')) },
  'XO: users in turn': { preset: 'xo', tell: (n) => login(user(n % 7), device('d')) },
  'by-interval: logins and logouts': {
    preset: 'by-interval',
    tell: (n) => (n % 2 ? { type: 'Logout', ids: [device('d')] } : login(user(n % 7), device('d'))),
  },
};

/** Every limit that a story can reach, at a size that it reaches soon. */
function limited(preset: string): Policy {
  const policy = presets[preset] as Policy;
  const perKind = { ...policy.caps.perKind, contact: 8, anonymous: 30, handle: 30 };
  return { ...policy, caps: { ...policy.caps, perPerson: 30, perKind, changes: 20, traits: 30, traitBytes: 1_000 } };
}

/** Tells a story from its entry `from` to before `to`. */
function tellPart(
  graph: MemoryGraph,
  policy: Policy,
  { tell, every = MINUTE }: Story,
  trust: Trust,
  [from, to]: readonly [number, number],
) {
  for (let n = from; n < to; n++) {
    const statement = { project: 'p', wire: 'native', trust, command: tell(n), time: 1.7e12 + n * every } as const;
    step(graph, { policy, derive }, entryOf(statement, policy, { position: n + 1, at: 2e12 + n }));
  }
}
/** Per entry of each third: looks at nodes, and claims read of those that were set aside; and the largest node at its end. */
function costs(story: Story) {
  const graph = new Watched();
  const policy = limited(story.preset ?? 'selfsame');
  const third = ENTRIES / 3;
  return [0, 1, 2].map((part) => {
    graph.looks = graph.read = 0;
    tellPart(graph, policy, story, 0, [part * third, (part + 1) * third]);
    let largest = 0;
    for (const node of graph.nodes.values()) largest = Math.max(largest, JSON.stringify(node).length);
    return { looks: (graph.looks + graph.read) / third, largest };
  });
}

it.each(Object.entries(stories))('%s: past its limits no entry costs more than those before', (_name, story) => {
  const [, second, last] = costs(story) as [unknown, ReturnType<typeof costs>[0], ReturnType<typeof costs>[0]];
  const sizes = `${second.largest} and ${last.largest} bytes`;
  console.log(`looks an entry: ${second.looks.toFixed(1)}, then ${last.looks.toFixed(1)}; the largest node: ${sizes}`);
  expect(last.looks).toBeLessThan(1.3 * second.looks + SOME);
  expect(last.largest).toBeLessThan(Math.max(SMALL, 1.1 * second.largest));
});

it.each(['selfsame', 'by-interval', 'mixpanel-original', 'segment', 'spid', 'xo'])(
  '[L4] a late login within a run costs as much among ten times the logins (%s)',
  (preset) => {
    const policy = presets[preset] as Policy;
    const [few, many] = [300, 3_000].map((logins) => {
      const graph = new Watched();
      // Of two people, so that it is shared from the start.
      const tell = (n: number) => login(user(n === 0 ? 'other' : 'u'), device('d'));
      tellPart(graph, policy, { tell }, 0, [0, logins]);
      graph.looks = graph.read = 0;
      const late = (n: number) => login(user(n % 2 ? 'v' : 'w'), device('d'));
      for (let n = 0; n < 20; n++) {
        const statement = { project: 'p', wire: 'native', trust: 0, command: late(n) } as const;
        const time = 1.7e12 + (10 + n * 13) * MINUTE - 1;
        const place = { position: logins + n + 1, at: 2e12 + logins + n };
        step(graph, { policy, derive }, entryOf({ ...statement, time }, policy, place));
      }
      return (graph.looks + graph.read) / 20;
    }) as [number, number];
    console.log(`looks and claims read a late login (${preset}): ${few} among 300, ${many} among 3,000`);
    expect(many).toBeLessThan(1.3 * few + SOME);
  },
);

it.each(['selfsame', 'by-interval', 'mixpanel-original', 'segment', 'spid', 'xo'])(
  '[M6] a word of a merged device of one owner costs as much after ten times the words (%s)',
  (preset) => {
    const policy = presets[preset] as Policy;
    const [few, many] = [300, 3_000].map((words) => {
      const graph = new Watched();
      const tell = (n: number): Command =>
        n === 1 ? { type: 'Merge', one: device('d'), other: device('e') } : login(user('u'), device(n % 9 ? 'd' : 'e'));
      tellPart(graph, policy, { tell }, 0, [0, words]);
      graph.looks = graph.read = 0;
      tellPart(graph, policy, { tell }, 0, [words, words + 20]);
      return (graph.looks + graph.read) / 20;
    }) as [number, number];
    console.log(`looks and claims read a word (${preset}): ${few} after 300, ${many} after 3,000`);
    expect(many).toBeLessThan(1.1 * few + SOME);
  },
);

const [d, e] = [device('d'), device('e')] as const;

/** Who says what of merged devices that several people use: the words of one lie between those of another. */
const several: Readonly<Record<string, (n: number) => Command>> = {
  'two users in turn': (n) => login(user(`u${n % 2}`), n % 3 ? d : e),
  'two users, each on a device of their own': (n) => login(user(`u${n % 2}`), n % 2 ? d : e),
  'two users on two devices, for a while each': (n) => login(user(`u${(n >> 3) % 2}`), n % 2 ? d : e),
  'three users': (n) => login(user(`u${n % 3}`), n % 2 ? d : e),
  'a user, and logouts': (n) => (n % 5 ? login(user('u'), d) : { type: 'Logout', ids: [e] }),
};

it.each(
  ['selfsame', 'by-interval', 'mixpanel-original', 'xo'].flatMap((preset) =>
    Object.keys(several).flatMap((story) =>
      (['in order', 'each third late'] as const).map((order) => [preset, story, order] as const),
    ),
  ),
)('[M6] [K4] a word of merged devices costs as much after ten times the words (%s: %s, %s)', (preset, story, order) => {
  const policy = limited(preset);
  const told = several[story] as (typeof several)[string];
  const [few, many] = [200, 2_000].map((words) => {
    const graph = new Watched();
    let most = 0;
    for (let n = 0; n < words + WORDS; n++) {
      const seen: Command = { type: 'Track', ids: [d], name: 'View', properties: {} };
      const command: Command = n === 1 ? { type: 'Merge', one: d, other: e } : n % 10 === 9 ? seen : told(n);
      const late = order === 'in order' || n % 3 ? 0 : (n * 7_919) % (n + 1);
      const statement = { project: 'p', wire: 'native', trust: 0, command } as const;
      const time = 1.7e12 + (n - late) * MINUTE - (late === 0 ? 0 : 1);
      graph.looks = graph.read = 0;
      step(graph, { policy, derive }, entryOf({ ...statement, time }, policy, { position: n + 1, at: 2e12 + n }));
      if (n >= words) most = Math.max(most, graph.looks + graph.read);
    }
    return most;
  }) as [number, number];
  console.log(
    `looks and claims read a word, at most (${preset}, ${story}, ${order}): ${few} after 200, ${many} after 2,000`,
  );
  expect(many).toBeLessThan(1.5 * few + 4 * SOME);
});

it.each([0, 2] as const)(
  'of merged devices what was found before is known to whoever says more of them (trust %i)',
  (trust) => {
    const { caps, ...rest } = presets['selfsame'] as Policy;
    // So few that the users of the last entries are at their limit.
    const policy = { ...rest, caps: { ...caps, perKind: { ...caps.perKind, anonymous: 60 } } };
    const graph = new Watched();
    const story = stories['a chain of devices, each with a login'] as Story;
    tellPart(graph, policy, story, trust, [0, 560]);
    graph.looks = 0;
    tellPart(graph, policy, story, trust, [560, 580]);
    const each = graph.looks / 20 / 285;
    console.log(`trust ${trust}: an entry of 285 merged devices looks at each ${each.toFixed(1)} times`);
    expect(each).toBeLessThan(6);
  },
);
