import {
  anchorWithout,
  type Command,
  cluster,
  deviceOf,
  type Graph,
  type IdentifierKey,
  isKnown,
  isNamesake,
  isVisit,
  keyOf,
  type Node,
  type Ownership,
  ownershipOf,
  type Policy,
  personOf,
  roleOf,
  type Track,
  type Undone,
} from '@selfsame/identity';
import type { EventRow, OwnershipChange } from './columns.ts';
import type { Decided } from './store.ts';
import { suspicionOf } from './suspicion.ts';

/** What a row is read with, of the project of its entry. */
export interface RowParts {
  readonly policy: Policy;
  readonly numberOf: (key: IdentifierKey) => number | undefined;
  readonly undone: Undone;
}

/**
 * The columns' row of a logged entry; undefined when it is no event. Another copy may count in its place ([D2], [D3]).
 * `numberOf` finds the anchor's number.
 */
export function eventRow(decided: Decided, { policy, numberOf, undone }: RowParts): EventRow | undefined {
  const { verdict } = decided;
  const entry = undone.read(decided.entry, verdict);
  if (entry === undefined) return undefined;
  const { command } = entry;
  const event = eventIn(command);
  if (event === undefined || entry.scar === 'whole') return undefined;
  if (verdict.status !== 'applied' && verdict.rule !== 'D2' && verdict.rule !== 'D3') return undefined;
  const { anchor: id } = anchorWithout(policy, entry, verdict);
  const anchor = id === undefined ? null : keyOf(id);
  const device = command.type === 'Track' ? deviceOf(policy, command) : undefined;
  return {
    position: entry.position,
    project: entry.project,
    name: event.name,
    time: entry.time,
    insertId: entry.insertId ?? null,
    anchor,
    node: anchor === null ? null : (numberOf(anchor) ?? null),
    device: device === undefined ? null : keyOf(device),
    wire: entry.wire,
    hidden: event.hidden === true,
    properties: event.properties,
  };
}

/** What a command keeps as an event, if it does: a join the vendor's event that asked for it, hidden. */
function eventIn(command: Command): Pick<Track, 'name' | 'properties' | 'hidden'> | undefined {
  if (command.type === 'Track') return command;
  return command.type === 'Join' && command.event !== undefined ? { ...command.event, hidden: true } : undefined;
}

/** What the columns are told of one identifier: who owns it when, and the person it names, if it names one. */
export function ownershipChange(graph: Graph, policy: Policy, node: Node, change: number): OwnershipChange {
  const { number, key } = node;
  if (node.gone === true) return { change, node: number, key, stretches: [], person: null };
  const stretches = ownershipOf(graph, policy, node);
  // [V4] A group names nobody.
  const isGroup = roleOf(policy, node.id.kind) === 'group';
  const suspicion = isGroup ? undefined : suspicionOf(graph, policy, node);
  const names = !isGroup && isNamesake(graph, policy, node, stretches);
  return {
    change,
    node: number,
    key,
    stretches: told(node, stretches),
    ...(suspicion === undefined ? {} : { suspicion }),
    person: names ? personNamed(graph, policy, node) : null,
  };
}

/** Merged identifiers have their stretches in common, by the thousand: these are told once for all of them. */
const toldOnce = new WeakMap<readonly Ownership[], OwnershipChange['stretches']>();

function told(node: Node, stretches: readonly Ownership[]): OwnershipChange['stretches'] {
  const before = toldOnce.get(stretches);
  if (before !== undefined) return before;
  const open = (time: number) => (Number.isFinite(time) ? time : null);
  const rows = stretches.map(({ from, to, person }, place) => ({
    from: open(from),
    to: open(to),
    person: isVisit(person) ? visitNumber(node, place) : person.number,
  }));
  if (node.edges.length > 0) toldOnce.set(stretches, rows);
  return rows;
}

function personNamed(graph: Graph, policy: Policy, node: Node): NonNullable<OwnershipChange['person']> {
  const { traits, segments } = personOf(graph, policy, node);
  return { known: isKnown(policy, cluster(graph, node)), traits: Object.fromEntries(traits), segments };
}

/** A number for the person of a visit ([L7c]), who is no node: below nothing, and unique by the device and its place. */
const visitNumber = (device: Node, place: number): number => -(device.number * 65_536 + place);
