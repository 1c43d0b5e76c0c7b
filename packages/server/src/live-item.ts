import {
  type Command,
  cluster,
  type DirectoryAnswer,
  type Graph,
  type Identifier,
  isKnown,
  type JsonObject,
  keyOf,
  ownerAt,
  type Policy,
} from '@selfsame/identity';
import type { DirectoryView, LiveItem } from './api.ts';
import type { Sequenced } from './live.ts';

/** One item of the live stream as the API shows it. Whether its person is known is looked up now. */
export function liveItem({ position, outcome }: Sequenced, graph: Graph, policy: Policy): LiveItem {
  if (outcome.type === 'refused') {
    const at = new Date(outcome.at).toISOString();
    return { ...unreadable, position, at, time: at, wire: outcome.wire, reason: outcome.reason };
  }
  const { entry, verdict, logged } = outcome;
  const { command } = entry;
  const owner = verdict.anchor && ownerAt(graph, policy, keyOf(verdict.anchor), entry.time);
  return {
    position,
    logPosition: logged ? entry.position : null,
    at: new Date(entry.at).toISOString(),
    time: new Date(entry.time).toISOString(),
    wire: entry.wire,
    type: types[command.type],
    name: command.type === 'Track' ? command.name : null,
    hidden: command.type === 'Track' && command.hidden === true,
    status: verdict.status,
    rule: verdict.rule ?? null,
    reason: verdict.reason ?? null,
    ids: idsOf(command),
    personId: verdict.person ?? null,
    known: owner !== undefined && isKnown(policy, cluster(graph, owner)),
    notes: verdict.notes.map(({ effect, rule, reason }) => ({ effect, rule, reason })),
    properties: propertiesOf(command),
    ...(verdict.answer === undefined ? {} : { directory: directoryView(command, verdict.answer) }),
  };
}

const unreadable = {
  logPosition: null,
  type: 'unreadable',
  name: null,
  hidden: false,
  status: 'rejected',
  rule: null,
  ids: [],
  personId: null,
  known: false,
  notes: [],
  properties: {},
} as const satisfies Partial<LiveItem>;

const types = {
  Track: 'track',
  Identify: 'identify',
  Logout: 'logout',
  Describe: 'traits',
  Merge: 'merge',
  Join: 'join',
  Consent: 'consent',
  Resolve: 'resolve',
  Modify: 'modify',
  Alias: 'alias',
} as const satisfies Record<Command['type'], LiveItem['type']>;

function idsOf(command: Command): readonly Identifier[] {
  switch (command.type) {
    case 'Merge':
    case 'Join':
      return [command.one, command.other];
    case 'Modify':
      return [{ kind: 'mpid', value: command.profile }];
    case 'Alias':
      return [command.source, command.destination].map((value) => ({ kind: 'mpid', value }));
    default:
      return command.ids;
  }
}

function directoryView(command: Command, answer: DirectoryAnswer): DirectoryView {
  const { mpid, how, known, loggedIn, candidates } = answer;
  const call = command.type === 'Resolve' ? command.call : 'modify';
  return { call, mpid, how, known, loggedIn, candidates };
}

/** What the item says, as far as it is data. */
function propertiesOf(command: Command): JsonObject {
  if (command.type === 'Track') return command.properties;
  if (command.type === 'Consent') return { consent: command.consent };
  if (command.type !== 'Describe') return {};
  return Object.fromEntries(
    command.changes.map((change): [string, JsonObject[string]] =>
      change.op === 'clear' || change.op === 'unset'
        ? [change.op === 'clear' ? '*' : change.name, null]
        : [change.name, change.value],
    ),
  );
}
