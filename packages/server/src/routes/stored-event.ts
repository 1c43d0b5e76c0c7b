import { type Graph, identifierOf, ownerAt, type Policy, type Position, whysIn } from '@selfsame/identity';
import type { Protocol, StoredEvent } from '@selfsame/protocols';
import type { EventRow, Store } from '@selfsame/store';
import type { EventView, OwnedEvent } from '../api.ts';
import { iso } from './iso.ts';

interface Sources {
  readonly store: Store;
  readonly graph: Graph;
  readonly policy: Policy;
  readonly wires: ReadonlyMap<string, Protocol>;
}

/** Events as the API shows them: in the words of the wire they came by, some of which follow from who is who now. */
export async function eventViews(rows: readonly EventRow[], sources: Sources): Promise<readonly EventView[]> {
  const views: EventView[] = [];
  const whys = whysIn(sources.graph, sources.policy);
  // At once: the graph may change while a wire is asked for its words.
  const reasons = rows.map((row) => (row.anchor === null ? undefined : whys(row.anchor, row.time)));
  for (const [i, row] of rows.entries()) {
    const { name, insertId, wire } = row;
    const anchor = row.anchor === null ? null : identifierOf(row.anchor);
    const properties = await presented(row, anchor, sources);
    const device = row.device === null ? null : identifierOf(row.device);
    const why = reasons[i];
    const because = why === undefined ? null : { rule: why.rule, claim: why.claim, says: why.says };
    views.push({ name, time: iso(row.time) ?? '', insertId, anchor, device, wire, properties, because });
  }
  return views;
}

/** The same, each with the person whose it is. */
export async function ownedEventViews(rows: readonly EventRow[], sources: Sources): Promise<readonly OwnedEvent[]> {
  const { graph, policy } = sources;
  const owners = rows.map((row) => (row.anchor === null ? undefined : ownerAt(graph, policy, row.anchor, row.time)));
  const views = await eventViews(rows, sources);
  return views.map((view, i) => ({ ...view, personId: owners[i]?.person ?? null }));
}

async function presented(
  row: EventRow,
  anchor: StoredEvent['anchor'],
  { store, graph, policy, wires }: Sources,
): Promise<StoredEvent['properties']> {
  const present = wires.get(row.wire)?.present;
  if (present === undefined) return row.properties;
  const owner = row.anchor === null ? undefined : ownerAt(graph, policy, row.anchor, row.time);
  const { name, time, insertId, wire, properties } = row;
  const refusals = await refusalsAt(store, row.position);
  return present({ name, time, insertId, anchor, owner: owner?.id ?? null, wire, properties, refusals });
}

/** The links that were refused when the item at this position came, where the vendor has a code for it. */
async function refusalsAt(store: Store, position: Position): Promise<StoredEvent['refusals']> {
  const notes = (await store.at(position))?.verdict.notes ?? [];
  return notes.flatMap(({ effect, code, text }) =>
    effect === 'refused' && code !== undefined ? [{ code, ...(text === undefined ? {} : { text }) }] : [],
  );
}
