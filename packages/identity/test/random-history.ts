import {
  type Command,
  directoryOf,
  type Identifier,
  type IdentifierKey,
  keyOf,
  type Policy,
  presets,
  type Statement,
  type TraitChange,
  type Trust,
} from '../src/index.ts';

/** Chance that repeats: mulberry32. */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** 0 … below - 1. */
  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % limit;
  }

  of<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }

  oneIn(times: number): boolean {
    return this.below(times) === 0;
  }
}

const users = ['ann', 'bob', 'cyd'].map((value): Identifier => ({ kind: 'user', value }));
const contacts = [
  { kind: 'email', value: 'x@example.com' },
  { kind: 'email', value: 'y@example.com' },
  { kind: 'phone', value: '1' },
  { kind: 'crmid', value: '7' },
];
const devices = [
  { kind: 'device', value: 'd1' },
  { kind: 'device', value: 'd2' },
  { kind: 'session', value: 's1' },
];
const handles = ['U1', 'U2', '1-1-1-1-1', '2-2-2-2-2', '3-3-3-3-3'].map(
  (value): Identifier => ({ kind: 'distinct_id', value }),
);
const profiles = ['100', '101', '102', '103'];

function idsOf(dice: Dice): Identifier[] {
  const [user, contact, device] = [dice.of(users), dice.of(contacts), dice.of(devices)];
  const shapes = [
    [device],
    [user, device],
    [user, device],
    [user, device],
    [user],
    [user, contact],
    [contact, device],
    [device, dice.of(devices)],
    [user, contact, device],
    [user, dice.of(users), device],
    [{ kind: 'mpid', value: dice.of(profiles) }, device],
  ];
  return dice.of(shapes);
}

function changeOf(dice: Dice): TraitChange {
  const name = dice.of(['t', 'u']);
  const value = dice.of([0, 1, 2, 'a', 'b']);
  switch (dice.below(10)) {
    case 0:
      return { op: 'add', name, value: 1 + dice.below(3) };
    case 1:
      return { op: 'unset', name };
    case 2:
      return dice.oneIn(2) ? { op: 'clear' } : { op: 'clear', of: 'wire' };
    case 3:
      return { op: 'set', name: 'segments', value: [String(value)], on: 'segments' };
    case 4:
      return { op: 'set', name: 'ads', value, on: 'purposes' };
    case 5:
      return { op: dice.of(['append', 'union', 'remove', 'set-once'] as const), name, value };
    default:
      // [W9] counts bytes as well: now and then a word is large.
      return { op: 'set', name, value: dice.oneIn(30) ? String(value).repeat(9_000) : value };
  }
}

function commandOf(dice: Dice): Command {
  const ids = idsOf(dice);
  const mint = String(100 + dice.below(20));
  switch (dice.below(22)) {
    case 0:
    case 1:
      return { type: 'Identify', ids };
    case 2:
    case 3:
      return { type: 'Logout', ids: [dice.of(devices)] };
    case 4:
    case 5:
    case 6: {
      const said = dice.oneIn(4)
        ? [dice.of(handles)]
        : dice.oneIn(6)
          ? [{ kind: 'mpid', value: dice.of(profiles) }]
          : ids;
      return { type: 'Describe', ids: said, changes: [changeOf(dice), changeOf(dice)].slice(dice.below(2)) };
    }
    case 7:
      // [M6] What each says of whose it is counts for both.
      if (dice.oneIn(2)) return { type: 'Merge', one: dice.of(devices), other: dice.of(devices) };
      return {
        type: 'Merge',
        one: dice.of([...users, ...contacts]),
        other: dice.of([...users, ...contacts, ...devices]),
      };
    case 8:
      return { type: 'Consent', ids, consent: dice.of(['granted', 'granted', 'denied'] as const) };
    case 9:
      return {
        type: 'Join',
        how: dice.of(['identify', 'identify', 'alias', 'merge'] as const),
        one: dice.of(handles),
        other: dice.of(handles),
      };
    case 10:
    case 11:
    case 12: {
      const previous = dice.oneIn(3) ? { previous: dice.of(profiles) } : {};
      return { type: 'Resolve', call: dice.of(['identify', 'login', 'logout'] as const), ids, mint, ...previous };
    }
    case 13:
    case 14: {
      const { kind, value } = dice.of([...users, ...contacts.slice(0, 2), ...devices.slice(0, 2)]);
      const change = { kind, before: dice.oneIn(2) ? value : null, now: dice.oneIn(3) ? null : value };
      return { type: 'Modify', profile: dice.of(profiles), changes: [change] };
    }
    case 15:
      return dice.oneIn(3)
        ? {
            type: 'Alias',
            source: dice.of(profiles),
            destination: dice.of(profiles),
            from: 1_000,
            to: 30_000,
            shownFrom: 0,
          }
        : { type: 'Track', ids, name: 'View', properties: {}, resolve: { mint } };
    default:
      return { type: 'Track', ids, name: 'View', properties: {} };
  }
}

/** Much said of few, so that words overrule each other. */
function talkOf(dice: Dice): Command {
  const ids = [dice.of([users[0], contacts[0], devices[0], handles[0], handles[2]] as Identifier[])];
  const op = dice.below(3);
  const changes: readonly TraitChange[] = [
    op === 0
      ? { op: 'add', name: 'n', value: 1 }
      : op === 1
        ? { op: dice.of(['set-once', 'union'] as const), name: dice.of(['o', 'p']), value: dice.below(4) }
        : changeOf(dice),
  ];
  return { type: 'Describe', ids, changes };
}

/** What a backend signed beside an item: names of it, and with the change of a record any. */
function signedBeside(dice: Dice, command: Command): readonly IdentifierKey[] {
  if (command.type === 'Modify') return [...users, ...contacts].filter(() => dice.oneIn(2)).map(keyOf);
  const ids = command.type === 'Join' ? [command.one, command.other] : 'ids' in command ? command.ids : [];
  return ids.filter(({ kind }) => kind !== 'device' && kind !== 'session' && !dice.oneIn(3)).map(keyOf);
}

/** A history of everything that can be said, told late and early, often of one moment, by senders of every trust. */
export function randomHistory(dice: Dice, maxLength: number): readonly Statement[] {
  const trusts = dice.of<readonly Trust[]>([[0], [0, 0, 0, 2], [0, 1, 2], [0, 1, 2, 3], [2]]);
  const moments = dice.of([5, 40]);
  const inOrder = dice.oneIn(3);
  const talks = dice.oneIn(3);
  return Array.from({ length: 2 + dice.below(maxLength - 1) }, (_, i): Statement => {
    const time = (inOrder ? i + 1 : 1 + dice.below(moments)) * 1_000;
    const command = talks && !dice.oneIn(4) ? talkOf(dice) : commandOf(dice);
    const trust = dice.of(trusts);
    return {
      project: 'p',
      command,
      wire: dice.of(['native', 'native', 'mparticle']),
      trust,
      time,
      ...(trust === 0 && dice.oneIn(3) ? { vouched: signedBeside(dice, command) } : {}),
      ...(dice.oneIn(3) ? {} : { insertId: `i${i}` }),
    };
  });
}

const strategies = ['default', 'profile_conversion', 'profile_link', 'profile_isolation', 'best_match'] as const;

/** Any preset under any mode; sometimes with other fields changed, or with limits that a short history reaches. */
export function randomPolicy(dice: Dice): Policy {
  const preset = dice.of(Object.values(presets));
  const identityMode = dice.of(['open', 'open', 'report', 'enforce'] as const);
  const strategy = dice.oneIn(3) ? { directory: directoryOf(dice.of(strategies)) } : {};
  const devices = dice.oneIn(4)
    ? { sharedDevice: dice.of(['first-login', 'last-login', 'by-interval', 'reach-bound'] as const) }
    : {};
  const traits = dice.oneIn(4)
    ? {
        anonymousTraits: dice.of(['carry', 'drop', 'move'] as const),
        mergedTraits: dice.of(['mix', 'survivor'] as const),
        afterLogout: dice.of(['nobody', 'last-login'] as const),
      }
    : {};
  // A reach is a time, so it goes with an order by time; these histories are seconds long.
  const shared = devices.sharedDevice ?? preset.sharedDevice;
  const reach = {
    ms: 1 + dice.below(4_000),
    crowd: 1 + dice.below(3),
    crowdedMs: 1 + dice.below(1_500),
    leftMs: dice.below(900),
    soleShare: dice.below(4) / 3,
    strict: dice.oneIn(3),
  };
  const order =
    shared === 'reach-bound'
      ? { order: 'time' as const, reach: dice.oneIn(4) ? preset.reach : reach }
      : dice.oneIn(6)
        ? { order: dice.of(['time', 'arrival'] as const) }
        : {};
  const caps = dice.oneIn(4)
    ? {
        caps: {
          perPerson: 4 + dice.below(4),
          perKind: { ...preset.caps.perKind, contact: 1 + dice.below(2), anonymous: 1 + dice.below(3) },
          peoplePerIdentifier: 1 + dice.below(3),
          changes: 1 + dice.below(4),
          traits: preset.caps.traits,
          traitBytes: preset.caps.traitBytes,
        },
      }
    : {};
  const limit = () => 1 + dice.below(2);
  const breaker = dice.oneIn(4)
    ? { breaker: { perDay: { login: limit(), contact: limit(), anonymous: limit() }, trusted: [] } }
    : {};
  return { ...preset, identityMode, ...strategy, ...devices, ...traits, ...order, ...caps, ...breaker };
}

/** A policy with short reaches and often few changes of hands that count ([K4]). */
export function randomMergedPolicy(dice: Dice): Policy {
  const preset = presets[dice.of(['selfsame', 'by-interval', 'spid', 'xo', 'mixpanel-original', 'segment'])] as Policy;
  const shared = ['first-login', 'last-login', 'by-interval', 'reach-bound', 'reach-bound', 'reach-bound'] as const;
  const reach = {
    ms: 1 + dice.below(4_000),
    crowd: 1 + dice.below(3),
    crowdedMs: 1 + dice.below(1_500),
    leftMs: dice.below(900),
    soleShare: dice.below(4) / 3,
    strict: dice.oneIn(3),
  };
  const sharedDevice = dice.of(shared);
  return {
    ...preset,
    // A reach is a time, so it goes with an order by time.
    order: sharedDevice === 'reach-bound' ? 'time' : preset.order,
    sharedDevice,
    reach,
    afterLogout: dice.of(['nobody', 'nobody', 'last-login'] as const),
    caps: {
      ...preset.caps,
      changes: dice.oneIn(2) ? 1 + dice.below(6) : preset.caps.changes,
      peoplePerIdentifier: dice.oneIn(4) ? 2 : preset.caps.peoplePerIdentifier,
    },
  };
}

/**
 * Words of a few merged devices or contacts, some of which one person alone uses: the words of one lie among those that
 * another has set aside. Where few changes count all are of one trust, and silences come in order: a late word takes one
 * away, and what was forgotten by it stays forgotten ([K4]). Of more than four of them all are merged: together they may
 * list more than counts.
 */
export function randomMergedHistory(dice: Dice, { caps, sharedDevice }: Policy): readonly Statement[] {
  const isTight = caps.changes < 250;
  const kinds = dice.of([['device'], ['device', 'session'], ['email']]);
  const merged = Array.from({ length: dice.of([2, 3, 4, 6]) }, (_, i): Identifier => {
    const kind = kinds[i % kinds.length] as string;
    return { kind, value: kind === 'email' ? `${i}@x.example` : `m${i}` };
  });
  const usersOf = new Map(
    merged.map((one) => [one, dice.of([users, users.slice(0, 1), users.slice(1, 2), users.slice(0, 2)])]),
  );
  const trusts = dice.of<readonly Trust[]>(isTight ? [[0], [2]] : [[0], [0, 0, 2], [0, 1, 2], [2]]);
  const moments = dice.of([8, 40, 80]);
  const inOrder = dice.oneIn(2) || (isTight && sharedDevice === 'reach-bound');
  const logouts = dice.of([6, 20, 1_000]);
  return Array.from({ length: 6 + dice.below(44) }, (_, i): Statement => {
    const one = dice.of(merged);
    const who = dice.of(usersOf.get(one) as readonly Identifier[]);
    const chance = dice.below(20);
    const command: Command =
      i + 1 < merged.length && (merged.length > 4 || dice.oneIn(2))
        ? { type: 'Merge', one: merged[i] as Identifier, other: merged[i + 1] as Identifier }
        : chance === 0
          ? { type: 'Merge', one, other: dice.of(merged) }
          : chance === 1 && !isTight
            ? { type: 'Identify', ids: [one, dice.of(merged)] }
            : chance === 2
              ? { type: 'Track', ids: [one], name: 'View', properties: {} }
              : dice.oneIn(logouts)
                ? { type: 'Logout', ids: [one] }
                : { type: 'Identify', ids: dice.oneIn(12) ? [who, ...merged.slice(0, 2)] : [who, one] };
    return {
      project: 'p',
      command,
      wire: 'native',
      trust: dice.of(trusts),
      time: (inOrder ? i + 1 : 1 + dice.below(moments)) * 1_000,
      ...(dice.oneIn(3) ? {} : { insertId: `i${i}` }),
    };
  });
}
