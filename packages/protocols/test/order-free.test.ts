import { createHash } from 'node:crypto';
import { keyOf, type Policy, presets, saidNoAtAll } from '@selfsame/identity';
import { describe, expect, it } from 'vitest';
import type { WireRequest } from '../src/protocol.ts';
import { bearer, everyWire, type Roll, START, wholes } from './every-wire.ts';
import { everything, introductions, iso, ms, orderFree, type Piece, piecesOf } from './pieces.ts';
import { CLIENT } from './spid/platform-world.ts';
import { createWorld, PUBLIC_KEY, request, SERVER_KEY, type World } from './world.ts';

/**
 * All wires over one project, each item with an insert id of its own: told in another order, told again and cut into
 * other requests, they give the same people, traits and timelines ([O1], [D1], (G4), (G8)).
 */
const seed = Number(process.env['SELFSAME_SEED']);
const long = process.env['SELFSAME_LONG'] === '1';
console.log(`order of requests over all wires: SELFSAME_SEED=${seed}`);

const keys = { public: PUBLIC_KEY, server: SERVER_KEY, client: CLIENT };

/** Some of the named ones once more, each somewhere after it was first told. */
function withCopies(
  roll: Roll,
  pieces: readonly Piece[],
  among: ReadonlySet<Piece> = new Set(pieces),
): readonly Piece[] {
  const told = [...pieces];
  for (const one of pieces.filter((piece) => piece.isNamed && among.has(piece) && roll(4) === 0)) {
    const after = told.indexOf(one) + 1;
    told.splice(after + roll(told.length - after + 1), 0, one);
  }
  return told;
}

function shuffled(roll: Roll, pieces: readonly Piece[]): readonly Piece[] {
  const told = [...pieces];
  for (let i = told.length - 1; i > 0; i--) {
    const j = roll(i + 1);
    [told[i], told[j]] = [told[j] as Piece, told[i] as Piece];
  }
  return told;
}

interface Told {
  readonly world: World;
  /** Those that left something in the log and so are not decided anew when they come again; told one by one. */
  readonly kept: ReadonlySet<Piece>;
}

/** Tells pieces, up to `most` neighbours of one channel in one request. */
async function told(policy: Policy, pieces: readonly Piece[], roll: Roll, most = 4): Promise<Told> {
  const world = createWorld(everyWire(numberOf), policy, { start: START, tick: 0 });
  const answers = new Map<Piece, string>();
  const kept = new Set<Piece>();
  for (let at = 0; at < pieces.length; ) {
    const first = pieces[at] as Piece;
    const { channel, send } = first;
    const count = channel === undefined ? 1 : 1 + roll(most);
    const items: object[] = [];
    do items.push((pieces[at++] as Piece).item);
    while (items.length < count && pieces[at]?.channel === channel);
    const before = world.entries.length;
    const { status, body } = await world.send(send(items, keys));
    const entries = world.entries.slice(before);
    const isKept = entries.every(({ verdict }) => verdict.status === 'applied' || verdict.anchor !== undefined);
    if (isKept && !(await leavesOut(world, entries))) kept.add(first);
    // Who asks again hears the same.
    const answer = `${status} ${body}`;
    if (first.isAsked) expect(answer).toBe(answers.get(first) ?? answer);
    answers.set(first, answer);
  }
  return { world, kept };
}

/** [D2] [G3] Of a copy that a wire keeps all is read anew, so one that comes after a yes says of whom the first did not. */
const leavesOut = (world: World, entries: World['entries']): Promise<boolean> =>
  world.host.ask('p', (graph) =>
    entries.some(({ entry: { wire, command } }) => {
      const ids = wire === 'mixpanel' && 'ids' in command ? command.ids : [];
      return ids.some((id) => {
        const node = graph.node(keyOf(id));
        return node !== undefined && saidNoAtAll(node);
      });
    }),
  );

/** The number of the profile that a request makes, by the request, so that it is the same when it is told otherwise. */
function numberOf({ path, body }: WireRequest): string {
  const text = `${path} ${new TextDecoder().decode(body)}`;
  return createHash('sha256').update(text).digest().readBigUInt64BE().toString().slice(0, 18);
}

const seen = ({ world }: Told) => ({ people: world.digest(), events: world.timeline().toSorted() });

/** Activities of a session: of one moment two addresses, of an earlier one what a login then brings along. */
const activities = [
  { sessionid: 's1', segments: ['new'] },
  { sessionid: 's1', email: 'b@example.com', segments: ['old'], traits: { email: 'a@example.com' } },
  { sessionid: 's2', segments: ['new'] },
  { sessionid: 's2', ecommerceId: 'bob', segments: ['old'] },
].map(({ segments, traits, ...identities }, i) => ({
  action: `${i}`,
  target: {},
  timestamp: iso(i),
  user: { identities, segments, ...(traits && { traits }) },
}));

it.each(['selfsame', 'spid'])(
  '[O3] [W7] %s: an activity of XO means the same alone and among others',
  async (preset) => {
    const digestOf = async (requests: readonly (readonly object[])[]) => {
      const world = createWorld(everyWire(numberOf), presets[preset] as Policy, { start: START, tick: 0 });
      for (const one of requests) await world.send(request('POST', `/xo/${PUBLIC_KEY}`, one));
      const items = [{ type: 'identify', ids: { user: 'cy', email: 'b@example.com' }, time: ms(60) }];
      await world.send(request('POST', '/native/v1/batch', { items }, bearer(SERVER_KEY)));
      return world.digest();
    };
    expect(await digestOf([activities])).toBe(await digestOf(activities.map((one) => [one])));
  },
);

const variantsOf = (names: readonly string[]): readonly (readonly [string, Policy])[] =>
  names.flatMap((name) =>
    (['open', 'enforce'] as const).map((identityMode) => {
      const policy: Policy = { ...(presets[name] as Policy), identityMode, preset: `${name}, ${identityMode}` };
      return [policy.preset, policy] as const;
    }),
  );

const byTime = ['selfsame', 'by-interval', 'xo', 'spid', 'mparticle-default', 'mparticle-link'];

describe.each(variantsOf(byTime))('%s', (name, policy) => {
  it('requests of all wires give the same people and events in every order, told again and cut otherwise', async () => {
    const histories = long ? 5_000 : 20;
    for (let i = 0; i < histories; i++) {
      const roll = wholes(seed + i);
      const pieces = piecesOf(roll, orderFree, 20);
      const first = policy.identityMode === 'enforce' ? introductions : [];
      const one = await told(policy, [...first, ...pieces], roll);
      const other = await told(policy, [...first, ...withCopies(roll, shuffled(roll, pieces))], roll);
      expect(seen(other), `SELFSAME_SEED=${seed + i}`).toEqual(seen(one));
    }
    console.log(`G8: ${name}, all wires: ${histories} orders, 0 differences`);
  });
});

describe.each(variantsOf(Object.keys(presets)))('%s', (name, policy) => {
  it('requests of all wires have one effect and one answer, told again and cut otherwise', async () => {
    const histories = long ? 5_000 : 8;
    for (let i = 0; i < histories; i++) {
      const roll = wholes(seed + i);
      const pieces = piecesOf(roll, everything, 24);
      const one = await told(policy, pieces, roll, 1);
      const other = await told(policy, withCopies(roll, pieces, one.kept), roll);
      expect(seen(other), `SELFSAME_SEED=${seed + i}`).toEqual(seen(one));
    }
    console.log(`G4: ${name}, all wires: ${histories} histories told again, 0 effects`);
  });
});
