import {
  type Command,
  isPlaceholder,
  type Json,
  type Policy,
  presets,
  type Verdict,
  whyNotIdentifier,
} from '@selfsame/identity';
import { describe, expect, it } from 'vitest';
import { parseJson } from '../../src/json/shape.ts';
import { idOf, insertIdOf } from '../../src/json/values.ts';
import { strictShapeFault } from '../../src/mixpanel/strict-shape.ts';
import type { Item, Reading, WireReply } from '../../src/protocol.ts';
import { isNoTime, isUnfilled, readTime } from '../../src/time/read.ts';
import { dice } from '../dice.ts';
import { createWorld, type World } from '../world.ts';
import { meantBy, printed } from './printed.ts';
import { envelopes, type Route, routes, withField } from './routes.ts';

const SEED = Number(process.env['LANGUAGES_SEED'] ?? 20_261_128);
const CASES = Number(process.env['LANGUAGES_CASES'] ?? 10_000);

const NOW = Date.UTC(2026, 10, 24);
const worlds = new Map<string, World>();
const worldOf = ({ wire, preset = 'selfsame' }: Route): World => {
  const name = `${wire.name} ${preset}`;
  const world = worlds.get(name) ?? createWorld(wire, presets[preset] as Policy, { start: NOW });
  worlds.set(name, world);
  return world;
};

/** The command of the item that holds a label. */
function commandsOf(items: readonly Item[], label: string): readonly Command[] {
  return items.flatMap((item) =>
    item.type === 'statement' && JSON.stringify(item.statement.command).includes(`"${label}"`)
      ? [item.statement.command]
      : [],
  );
}

/** A value that is no JSON, or whose shape is over a limit. */
const isBroken = (value: string, strict: boolean): boolean =>
  'problem' in parseJson(value, { depth: 28, unique: strict ? 'all' : new Set() });

/** May an item with this value in this field be refused? Everything else must be kept. */
function mayBeRefused(route: Route, field: string, value: string): boolean {
  if (isBroken(value, route.strict === true)) return true;
  const parsed = meantBy(value) as Json;
  switch (route.fields[field]) {
    case 'id':
    case 'needed': {
      const id = idOf(parsed);
      const none = id === undefined || (typeof id === 'string' && isPlaceholder(id));
      if (none) return route.fields[field] === 'needed';
      const isStrict = route.name.startsWith('/import') && strictShapeFault({ id: parsed }) !== undefined;
      return isStrict || id === null || whyNotIdentifier({ kind: 'user', value: id }) !== undefined;
    }
    case 'insert': {
      const id = insertIdOf(parsed);
      // The vendor's own rule, 1–36 letters, digits or hyphens; `/import` asks for one.
      if (route.wire.name !== 'mixpanel') return id === null && route.wire.name === 'native';
      return (
        id === null ||
        (id !== undefined && !/^[A-Za-z0-9-]{1,36}$/.test(id)) ||
        (route.name.startsWith('/import') && id === undefined) ||
        typeof parsed === 'string'
      );
    }
    case 'time': {
      const time = readTime(parsed, route.unit ?? 'ms');
      if (isNoTime(parsed)) return route.name.startsWith('/import') || route.wire.name === 'xo';
      // `/track` takes five days; the others name what is none, or was never filled, or lies ahead.
      if (route.name.startsWith('/track')) return time !== undefined && time < NOW - 4 * 86_400_000;
      const isOdd = time === undefined || isUnfilled(time) || time < 365 * 86_400_000 || time > NOW;
      return isOdd && (route.wire.name === 'native' || route.wire.name === 'xo' || route.name.startsWith('/import'));
    }
    case 'object':
      return parsed !== null && (typeof parsed !== 'object' || (Array.isArray(parsed) && parsed.length > 0));
    case 'shape':
      return true;
    case 'free':
    case 'aside':
      // Strict import holds what is sent to the vendor's own limits.
      return route.name.startsWith('/import') && strictShapeFault({ kept: parsed }) !== undefined;
    default:
      return false;
  }
}

const kept: Verdict = { status: 'applied', notes: [] } as unknown as Verdict;

/** What an item was refused for, and how it is named. */
async function refusalOf(
  reading: Extract<Reading, { type: 'items' }>,
): Promise<{ readonly reasons: string; readonly reply: string }> {
  const reasons = reading.items.flatMap((item) => (item.type === 'refused' ? [item.reason] : []));
  const verdicts = reading.items.map((item) =>
    item.type === 'refused'
      ? ({ status: 'rejected', rule: 'A5', reason: item.reason, notes: [] } as unknown as Verdict)
      : kept,
  );
  const reply: WireReply = await reading.reply(verdicts);
  return { reasons: reasons.join('\n'), reply: `${reply.status} ${String(reply.body)}` };
}

describe(`what languages print, in every field of every route (seed ${SEED})`, () => {
  it(`${CASES} requests: neighbours stay, values are not changed, nothing is refused that can be kept, refusals are named`, async () => {
    const roll = dice(SEED);
    const pick = <T>(list: readonly T[]): T => list[Math.floor(roll() * list.length)] as T;
    const counts = { kept: 0, refused: 0 };
    const failures: string[] = [];
    for (let i = 0; i < CASES; i++) {
      const route = pick(routes);
      const field = pick(Object.keys(route.fields));
      const value = pick(printed);
      const problem = await tried(route, field, value, counts);
      if (problem !== undefined) failures.push(`${route.name} · ${field} · ${value.slice(0, 60)}: ${problem}`);
    }
    expect([...new Set(failures)].sort()).toEqual([]);
    expect(counts.kept).toBeGreaterThan(counts.refused);
    expect(counts.refused).toBeGreaterThan(CASES / 20);
  });
});

describe.each(envelopes.map((one) => [one.name, one] as const))('beside the items, %s', (_name, envelope) => {
  it.each(envelope.members)(
    'whatever is printed as %s costs no item, and is named where it cannot be kept',
    async (member) => {
      const world = createWorld(envelope.wire, presets['selfsame'] as Policy, { start: NOW });
      const lost: string[] = [];
      for (const value of printed) {
        const reading = await world.read(envelope.send(envelope.items.join(), `"${member}":${value}`));
        const items = reading.type === 'items' ? reading.items : [];
        const kept = ['A', 'B'].filter((label) => commandsOf(items, label).length > 0).length;
        const reasons = items.flatMap((item) => (item.type === 'refused' ? [item.reason] : []));
        if (kept < 2) lost.push(`${value.slice(0, 60)}: ${reasons.join()}`);
        const isNamed = reasons.some((reason) => reason.includes(member));
        if (isBroken(value, false) && !isNamed) lost.push(`${value.slice(0, 60)}: not named`);
      }
      expect(lost).toEqual([]);
    },
  );
});

/** One request; undefined if all is well. */
async function tried(
  route: Route,
  field: string,
  value: string,
  counts: { kept: number; refused: number },
): Promise<string | undefined> {
  const world = worldOf(route);
  const odd = withField(named(route, 'Odd'), field, value);
  const items = route.single ? [odd] : [JSON.stringify(named(route, 'A')), odd, JSON.stringify(named(route, 'B'))];
  const reading = await world.read(route.send(items));
  const may = mayBeRefused(route, field, value);
  if (reading.type === 'answer')
    return route.single && may && reading.reply.status >= 400
      ? undefined
      : `answered ${reading.reply.status} and counted nothing`;
  const isWhole = reading.items.every(({ type }) => type === 'refused');
  if (!route.single && !(isWhole && route.whole && may)) {
    for (const label of ['A', 'B'])
      if (commandsOf(reading.items, label).length === 0) return `the neighbour ${label} is lost`;
  }
  const [command] = commandsOf(reading.items, 'Odd').concat(field === labelled(route) ? leftOver(reading.items) : []);
  if (command === undefined) {
    counts.refused += 1;
    if (!may) return `refused: ${(await refusalOf(reading)).reasons}`;
    return await badlyNamed(route, field, reading);
  }
  counts.kept += 1;
  return changed(route, field, value, command, reading.items);
}

/** An item of the name, with an insert id where there is a place for one. */
function named(route: Route, label: string): object {
  const item = route.item(label);
  return route.insertId === undefined ? item : (JSON.parse(withField(item, route.insertId, `"id-${label}"`)) as object);
}

const labelled = (route: Route): string | undefined =>
  Object.entries(route.fields).find(([field]) =>
    ['event', 'name', 'data.event_name', '$set', 'segments'].includes(field),
  )?.[0];
const leftOver = (items: readonly Item[]): readonly Command[] =>
  items.flatMap((item) =>
    item.type === 'statement' && !/"[AB]"/.test(JSON.stringify(item.statement.command)) ? [item.statement.command] : [],
  );

/** Is a refused item named by its place and its insert id? */
async function badlyNamed(
  route: Route,
  field: string,
  reading: Extract<Reading, { type: 'items' }>,
): Promise<string | undefined> {
  const { reasons, reply } = await refusalOf(reading);
  if (reasons.length < 6) return 'refused without a reason';
  if (route.single) return undefined;
  const where = route.told === 'answer' ? reply : reasons;
  if (!/(?:\b|"index":\s?)1\b|"results":\[[^\]]*?},\{"status":"rejected"/.test(where))
    return `no place in ${where.slice(0, 200)}`;
  const isIdTried = route.insertId === undefined || field === route.insertId;
  return isIdTried || where.includes('id-Odd') ? undefined : `no insert id in ${where.slice(0, 200)}`;
}

/** What became of a value that should not have changed. */
function changed(
  route: Route,
  field: string,
  value: string,
  command: Command,
  items: readonly Item[],
): string | undefined {
  const statement = items.find((item) => item.type === 'statement' && item.statement.command === command);
  if (statement?.type !== 'statement') return undefined;
  const parsed = meantBy(value) as Json;
  const differs = (found: unknown, wanted: unknown) =>
    JSON.stringify(found) === JSON.stringify(wanted) ? undefined : `is ${JSON.stringify(found)?.slice(0, 80)}`;
  switch (route.fields[field]) {
    case 'free': {
      const found = commandsWith(items, route);
      return parsed === null && found === undefined ? undefined : differs(found, parsed);
    }
    case 'time': {
      const time = readTime(parsed, route.unit ?? 'ms');
      if (isNoTime(parsed)) return differs(statement.statement.time, undefined);
      // Of 1970-01-01 the rules make the note ([T1]).
      if (time !== undefined && Math.round(time) === 0) return undefined;
      if (time === undefined || isUnfilled(time))
        return statement.statement.untimed ? undefined : 'a time that is none is not noted';
      return differs(statement.statement.time, time);
    }
    case 'insert': {
      const id = insertIdOf(parsed);
      if (typeof id === 'string') return differs(statement.statement.insertId, id);
      const isMade = statement.statement.insertId?.startsWith('made.') === true;
      return isMade === (id === null) ? undefined : `is ${statement.statement.insertId}`;
    }
    case 'id':
    case 'needed': {
      const id = idOf(parsed);
      if (typeof id !== 'string' || isPlaceholder(id)) return undefined;
      const all = 'ids' in command ? command.ids.map((one) => one.value) : [];
      return all.includes(id) ? undefined : `is not among ${JSON.stringify(all).slice(0, 80)}`;
    }
    default:
      return undefined;
  }
}

function commandsWith(items: readonly Item[], { found }: Route): Json | undefined {
  for (const item of items) {
    const value = item.type === 'statement' ? found?.(item.statement.command) : undefined;
    if (value !== undefined) return value;
  }
  return undefined;
}
