import type { Identifier } from '@selfsame/identity';
import { expect, test } from 'vitest';
import { of, type Roll, START, wholes } from '../../protocols/test/every-wire.ts';
import { type Keys, ms, orderFree, type Piece, piecesOf, SIGNING_SECRET } from '../../protocols/test/pieces.ts';
import type { EventsAnswer, PeopleListAnswer, PersonView } from '../src/api.ts';
import { running, type TestServer } from './running.ts';

/**
 * What was taken back by `POST /v1/retractions` reads as if it had never been told, by every question of the API, and what
 * was put back as if nothing had been taken back; also where more is told in between ([U2], [U3], (G9)).
 */
const seed = Number(process.env['SELFSAME_SEED']);
const long = process.env['SELFSAME_LONG'] === '1';
console.log(`taken back over all wires: SELFSAME_SEED=${seed}`);

const identifiers: readonly Identifier[] = [
  ...['ann', 'bob'].map((value) => ({ kind: 'user', value })),
  ...['d1', 'd2'].flatMap((value) => [
    { kind: 'device', value },
    { kind: 'session', value },
  ]),
];

const histories = long ? 100 : 8;
/** Whose directory answers stay answered is another law. */
const names = [
  'selfsame',
  'by-interval',
  'xo',
  'spid',
  'segment',
  'mixpanel-simplified',
  'mixpanel-original',
  'mparticle-default',
] as const;

/** Three projects a history: where it is taken back, where it was never told, where it was told. */
const projectsOf = (history: number): readonly (Keys & { readonly id: string })[] =>
  ['back', 'never', 'told'].map((what) => {
    const number = `${history}`.padStart(4, '0');
    return {
      id: `${what}-${history}`,
      public: `${{ back: 'b', never: 'a', told: 'c' }[what]}0000000-${number}-4000-8000-000000000000`,
      server: `${what}-${history}-server-key`,
      client: '',
    };
  });

/** A line of the log, as far as a selection looks at it. */
interface Line {
  readonly position: number;
  readonly wire: string;
  readonly trust: number;
  readonly time: number;
  readonly insertId?: string;
  readonly command: { readonly ids?: readonly Identifier[] };
}

/** What can be named in `POST /v1/retractions`, and which lines it means. */
interface Selection {
  readonly body: object;
  readonly isMeant: (line: Line) => boolean;
}

/** Under which names wires tell an identifier of a kind. */
const spelled = { user: ['user', 'userId', 'ecommerceId'], device: ['device', 'anonymousId'], session: ['sessionid'] };

/** A piece that does not name an identifier; undefined where that would say something else, or nobody. */
function without(piece: Piece, { kind, value }: Identifier): Piece | undefined {
  const item = structuredClone(piece.item) as Item;
  const sent = JSON.stringify(item);
  const bags = [item, item.ids, item.user?.identities].filter((bag) => bag !== undefined);
  for (const bag of bags) {
    for (const name of spelled[kind as keyof typeof spelled]) if (bag[name] === value) delete bag[name];
  }
  const isNamed = bags.some((bag) => Object.values(spelled).some((all) => all.some((name) => name in bag)));
  const left = JSON.stringify(item);
  // What makes two ids one is of both; what was signed still names whom it was signed for.
  const isOfBoth = left !== sent && item['type'] === 'alias';
  return !isNamed || isOfBoth || 'signed' in item || left.includes(`"${value}"`) ? undefined : { ...piece, item };
}

type Bag = Record<string, unknown>;
type Item = Bag & { readonly ids?: Bag; readonly user?: { readonly identities?: Bag } };

function selectionOf(roll: Roll, lines: readonly Line[], identifier: Identifier | undefined): Selection {
  if (identifier !== undefined) {
    const { kind, value } = identifier;
    const isIt = (one: Identifier) => one.kind === kind && one.value === value;
    return {
      body: { identifier: `${kind}:${value}` },
      isMeant: ({ command }) => command.ids?.some(isIt) === true,
    };
  }
  const one = of(roll, lines);
  const [wire, trust] = [one.wire, one.trust];
  const [from, to] = [ms(roll(90)), ms(120)];
  return of<Selection>(roll, [
    { body: { entry: one.position }, isMeant: (line) => line.position === one.position },
    { body: { source: { wire } }, isMeant: (line) => line.wire === wire },
    { body: { source: { wire, trust } }, isMeant: (line) => line.wire === wire && line.trust === trust },
    { body: { source: { insertIdPrefix: 'i00' } }, isMeant: ({ insertId = '' }) => insertId.startsWith('i00') },
    {
      body: { from: new Date(from).toISOString(), to: new Date(to).toISOString() },
      isMeant: ({ time }) => time >= from && time < to,
    },
  ]);
}

const ask = async <T>({ url }: TestServer, keys: Keys, method: string, path: string, body?: object) => {
  const answer = await fetch(url + path, {
    method,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${keys.server}` },
    ...(body && { body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: (await answer.json()) as T };
};

/** Everything that people see of a project, people by their identifiers and not by their ids. */
async function picture(server: TestServer, keys: Keys): Promise<readonly object[]> {
  const { body: list } = await ask<PeopleListAnswer>(server, keys, 'POST', '/v1/people/query', { limit: 200 });
  const people = await Promise.all(
    list.people.map(async (listed) => {
      const [{ body: person }, { body: done }] = await Promise.all([
        ask<PersonView>(server, keys, 'GET', `/v1/people/${listed.id}`),
        ask<EventsAnswer>(server, keys, 'GET', `/v1/people/${listed.id}/events`),
      ]);
      const { known, identifiers, traits, segments, consent, firstSeen, lastSeen } = person;
      return {
        identifiers: identifiers.map(({ kind, value, from, to }) => `${kind}:${value} ${from} ${to}`).sort(),
        ...{ known, traits, segments, consent, seen: [firstSeen, lastSeen] },
        events: done.events.map(({ name, time }) => `${time} ${name}`).sort(),
        listed: [listed.events, listed.firstActive, listed.lastActive, listed.segments],
      };
    }),
  );
  return people.sort((a, b) => (`${a.identifiers}` < `${b.identifiers}` ? -1 : 1));
}

async function tell(server: TestServer, pieces: readonly Piece[], keys: Keys): Promise<void> {
  for (const { item, send } of pieces) {
    const { method, path, search, headers, body } = send([item], keys);
    const given = body.length === 0 ? {} : { body };
    const answer = await fetch(`${server.url}${path.replace('/native', '')}${search}`, { method, headers, ...given });
    await answer.arrayBuffer();
  }
}

async function logOf({ url }: TestServer, keys: Keys, after = 0): Promise<readonly Line[]> {
  const headers = { authorization: `Bearer ${keys.server}` };
  const text = await (await fetch(`${url}/v1/log?after=${after}`, { headers })).text();
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);
}

test(
  '[U2] [U3] what is taken back was never told, and what is put back always was, whatever comes in between',
  async () => {
    const policies = Array.from(
      { length: histories },
      (_, i) => names[(seed + i) % names.length] as (typeof names)[number],
    );
    const projects = policies.flatMap((preset, i) =>
      projectsOf(i).map(({ id, public: publicKey, server: serverKey }) => ({
        ...{ id, publicKey, serverKey, signingSecret: SIGNING_SECRET },
        policy: { preset },
      })),
    );
    const server = await running({ projects }, { clock: () => START });
    const taken = new Map<string, number>();
    for (const [i] of policies.entries()) {
      const roll = wholes(seed + i);
      const [back, never, always] = projectsOf(i) as readonly Keys[] as readonly [Keys, Keys, Keys];
      const where = `SELFSAME_SEED=${seed + i}, ${policies[i]}`;
      const identifier = roll(3) > 0 ? undefined : of(roll, identifiers);
      const pieces = piecesOf(roll, orderFree, 16).filter(
        (piece) => identifier === undefined || without(piece, identifier) !== undefined,
      );
      if (pieces.length < 3) continue;
      const cut = 2 + roll(pieces.length - 2);
      // Which lines of the log each makes.
      const linesOf: (readonly Line[])[] = [];
      for (const piece of pieces) {
        const last = linesOf.findLast((one) => one.length > 0)?.at(-1)?.position ?? 0;
        await tell(server, [piece], always);
        linesOf.push(await logOf(server, always, last));
      }
      const early = linesOf.slice(0, cut).flat();
      const { body, isMeant } = selectionOf(roll, early, identifier);
      const isOut = (place: number) => place < cut && linesOf[place]?.some(isMeant) === true;
      if (!early.some(isMeant)) continue;
      // What one request tells is left out whole or not at all.
      const isPart = (lines: readonly Line[], place: number) => isOut(place) && !lines.every(isMeant);
      if (identifier === undefined && linesOf.some(isPart)) continue;
      const rest = pieces
        .slice(0, cut)
        .flatMap((piece, place) => (isOut(place) ? ((identifier && without(piece, identifier)) ?? []) : piece));
      await tell(server, pieces.slice(0, cut), back);
      const before = await picture(server, back);
      const offset = (await logOf(server, back))[0]?.position ?? 0;
      const shift = offset - (early[0]?.position ?? 0);
      const named = 'entry' in body ? { entry: (body.entry as number) + shift } : body;
      const undone = await ask<{ position: number; entries: number }>(server, back, 'POST', '/v1/retractions', {
        ...named,
        reason: 'a law',
      });
      expect(undone.status, where).toBe(200);
      expect(undone.body.entries, where).toBe(early.filter(isMeant).length);
      await tell(server, rest, never);
      expect(await picture(server, back), where).toEqual(await picture(server, never));
      // Put back at once, or after more was told.
      const restore = () =>
        roll(2) > 0
          ? ask(server, back, 'POST', `/v1/retractions/${undone.body.position}/restore`, { reason: 'a law' })
          : ask(server, back, 'POST', '/v1/retractions', { ...named, what: 'restore', reason: 'a law' });
      if (roll(3) === 0) {
        expect((await restore()).status).toBe(200);
        expect(await picture(server, back), where).toEqual(before);
      } else {
        await tell(server, pieces.slice(cut), back);
        await tell(server, pieces.slice(cut), never);
        expect(await picture(server, back), where).toEqual(await picture(server, never));
        expect((await restore()).status).toBe(200);
        expect(await picture(server, back), where).toEqual(await picture(server, always));
      }
      const how = JSON.stringify(Object.keys('source' in named ? (named.source as object) : named));
      taken.set(how, (taken.get(how) ?? 0) + undone.body.entries);
    }
    console.log(
      `G9: over all wires taken back and put back, entries by selection: ${JSON.stringify([...taken])}, 0 differences`,
    );
    expect(taken.size).toBeGreaterThan(0);
  },
  long ? 3_600_000 : 120_000,
);
