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
import type { VendorWords } from '@selfsame/protocols';
import type { DirectoryView, LiveId, LiveItem } from '../api.ts';
import type { Sequenced } from './feed.ts';

/**
 * One item of the live stream as the API shows it.
 * @param known whether its person is known now
 * @param words of the vendor whose wire it came by: its customers do not know our kinds
 */
export function liveItem({ position, happening }: Sequenced, known: boolean, words: VendorWords = ours): LiveItem {
  if (happening.type !== 'decided') {
    const { wire, reason } = happening;
    const at = new Date(happening.at).toISOString();
    const base = { ...noItem, position, at, time: at, wire, reason };
    if (happening.type === 'refused')
      return { ...base, ...(happening.sent === undefined ? {} : { sent: happening.sent }) };
    const { status, requests } = happening;
    return { ...base, type: 'turned-away', turnedAway: { status, requests } };
  }
  const { entry, verdict, logged } = happening;
  const { command } = entry;
  return {
    position,
    logPosition: logged ? entry.position : null,
    at: new Date(entry.at).toISOString(),
    time: new Date(entry.time).toISOString(),
    wire: entry.wire,
    type: command.type === 'Resolve' ? command.call : types[command.type],
    name: command.type === 'Track' ? command.name : null,
    hidden: command.type === 'Track' && command.hidden === true,
    status: verdict.status,
    rule: verdict.rule ?? null,
    reason: verdict.reason === undefined ? null : words.reason(verdict.reason),
    ids: idsOf(command).map(named(words)),
    personId: verdict.person ?? null,
    known,
    notes: verdict.notes.map(({ effect, rule, reason }) => ({ effect, rule, reason: words.reason(reason) })),
    properties: propertiesOf(command),
    ...(verdict.answer === undefined ? {} : { directory: directoryView(command, verdict.answer, words) }),
  };
}

/** Is whoever an item is of known? */
export function isOfKnown(graph: Graph, policy: Policy, { happening }: Sequenced): boolean {
  if (happening.type !== 'decided' || happening.verdict.anchor === undefined) return false;
  const owner = ownerAt(graph, policy, keyOf(happening.verdict.anchor), happening.entry.time);
  return owner !== undefined && isKnown(policy, cluster(graph, owner));
}

const ours: VendorWords = { kind: (kind) => kind, reason: (reason) => reason };

/** An identifier with the vendor's name of its kind, where that is another than ours. */
const named =
  (words: VendorWords) =>
  ({ kind, value }: Identifier): LiveId => {
    const as = words.kind(kind);
    return { kind, value, ...(as === kind ? {} : { as }) };
  };

const noItem = {
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
  Resolve: 'identify',
  Modify: 'modify',
  Alias: 'alias',
  Retract: 'retract',
  Restore: 'restore',
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
    case 'Retract':
    case 'Restore':
      return [];
    default:
      return command.ids;
  }
}

function directoryView(command: Command, answer: DirectoryAnswer, words: VendorWords): DirectoryView {
  const { mpid, how, known, loggedIn } = answer;
  const call = command.type === 'Resolve' ? command.call : 'modify';
  const matched = answer.matched.map(named(words));
  const candidates = answer.candidates.map((one) => ({ ...one, reason: words.reason(one.reason) }));
  return { call, mpid, how, known, loggedIn, matched, candidates };
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
