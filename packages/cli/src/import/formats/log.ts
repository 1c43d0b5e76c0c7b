import type { Command, Identifier, Instant, Json, TraitChange, Trust, Verdict } from '@selfsame/identity';
import type { Format, Made } from '../format-shape.ts';
import { type Fields, madeInsertId, Unreadable } from '../outgoing.ts';

/** A line of `selfsame export`, as far as it is read here. */
interface Line {
  readonly command: Command;
  readonly position: number;
  readonly trust: Trust;
  readonly time: Instant;
  readonly insertId?: string;
  readonly verdict: Pick<Verdict, 'status'>;
}

/**
 * What `selfsame export` writes: the log. Each entry becomes items of ours that say the same, a page's by the public key
 * and a backend's by the server key, so that the other project comes to the same people. What has no word in our items is
 * named: a whole project moves with `selfsame backup`.
 */
export const log = {
  name: 'log',
  recognises: (value) =>
    typeof value['position'] === 'number' && isObject(value['command']) && isObject(value['verdict']),
  read(value) {
    const line = value as unknown as Line;
    if (line.verdict.status !== 'applied') return [];
    const route = line.trust === 0 ? 'public' : 'batch';
    const { time, insertId, position } = line;
    return said(line.command).map(
      (item, part): Made => ({
        route,
        body: {
          ...item,
          time,
          insertId:
            part === 0 && insertId !== undefined ? insertId : madeInsertId(line.command, position, String(part)),
        },
      }),
    );
  },
} as const satisfies Format;

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;

/** The items that say what a command says. @throws Unreadable when ours have no word for it. */
function said(command: Command): readonly Fields[] {
  switch (command.type) {
    case 'Track': {
      const { name, properties } = command;
      const [ids = {}, ...more] = named(command.ids);
      const links = more.map((one) => ({ type: 'identify', ids: one }));
      if (command.hidden !== true) return [{ type: 'track', name, ids, properties }, ...links];
      // A vendor's own identity event: only the link it made is told on.
      return Object.keys(ids).length > 1 ? [{ type: 'identify', ids }, ...links] : links;
    }
    case 'Identify':
      return named(command.ids).map((ids) => ({ type: 'identify', ids }));
    case 'Logout':
      return command.ids.map(({ kind, value }) => ({ type: 'logout', ids: { [kind]: value } }));
    case 'Describe': {
      const [ids = {}, ...more] = named(command.ids);
      return [
        ...command.changes.map((change) => described(change, ids)),
        ...more.map((one) => ({ type: 'identify', ids: one })),
      ];
    }
    case 'Merge':
      return [{ type: 'merge', ids: [command.one, command.other].map(({ kind, value }) => ({ [kind]: value })) }];
    case 'Consent':
      if (command.scope !== undefined)
        throw new Unreadable('is a consent to be kept and not forwarded, which only backup moves');
      return named(command.ids).map((ids) => ({ type: 'consent', ids, consent: command.consent }));
    case 'Join':
      throw new Unreadable("is a call of Mixpanel's original merge, which only backup moves");
    default:
      throw new Unreadable("is a call of mParticle's directory, which only backup moves");
  }
}

/** Ids as an object of kind and value. Of a kind that comes twice, the further values stand beside the first id. */
function named(ids: readonly Identifier[]): readonly Readonly<Record<string, string>>[] {
  const first = new Map<string, string>();
  const more: Identifier[] = [];
  for (const one of ids) {
    if (first.has(one.kind)) more.push(one);
    else first.set(one.kind, one.value);
  }
  const [beside] = [...first].filter(([kind]) => !more.some((one) => one.kind === kind));
  return [
    Object.fromEntries(first),
    ...more.map(({ kind, value }) => Object.fromEntries([...(beside === undefined ? [] : [beside]), [kind, value]])),
  ];
}

function described(change: TraitChange, ids: Fields): Fields {
  if (change.op === 'clear') throw new Unreadable('clears all traits, which only backup moves');
  if ('on' in change && change.on === 'purposes')
    throw new Unreadable('is a consent for a purpose, which only backup moves');
  if ('on' in change && change.on === 'segments') {
    if (change.op === 'unset') return { type: 'segments', ids, segments: [] };
    const op = change.op === 'union' ? 'add' : change.op === 'remove' ? 'remove' : 'set';
    return { type: 'segments', ids, segments: listed(change.value), op };
  }
  const { op, name } = change;
  return op === 'unset'
    ? { type: 'traits', ids, traits: { [name]: null } }
    : { type: 'traits', ids, traits: { [name]: change.value }, op };
}

const listed = (value: Json): readonly Json[] => (Array.isArray(value) ? value : [value]);
