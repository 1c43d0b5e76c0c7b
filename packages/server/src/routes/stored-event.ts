import {
  type Graph,
  identifierOf,
  ownerAt,
  type Policy,
  type Position,
  type ProjectId,
  whysIn,
} from '@selfsame/identity';
import type { Protocol, StoredEvent } from '@selfsame/protocols';
import type { EventRow, Store } from '@selfsame/store';
import type { EventView, OwnedEvent } from '../api.ts';
import { iso } from './iso.ts';

/** Asks who is who. */
export type Ask = <T>(question: (graph: Graph) => T) => Promise<T>;

interface Sources {
  readonly store: Pick<Store, 'at'>;
  readonly ask: Ask;
  readonly policy: Policy;
  readonly wires: ReadonlyMap<string, Protocol>;
}

/** Events as the API shows them: in the words of the wire they came by, some of which follow from who is who now. */
export async function eventViews(rows: readonly EventRow[], sources: Sources): Promise<readonly EventView[]> {
  const { policy, wires } = sources;
  const views: EventView[] = [];
  const looks = await sources.ask((graph) => {
    const whys = whysIn(graph, policy);
    return rows.map(({ anchor, time, wire }) => {
      if (anchor === null) return {};
      const owner = wires.get(wire)?.present === undefined ? undefined : ownerAt(graph, policy, anchor, time);
      return { why: whys(anchor, time), owner };
    });
  });
  for (const [i, row] of rows.entries()) {
    const { name, insertId, wire } = row;
    const { why, owner } = looks[i] as (typeof looks)[number];
    const anchor = row.anchor === null ? null : identifierOf(row.anchor);
    const properties = await presented(row, anchor, owner?.id ?? null, sources);
    const device = row.device === null ? null : identifierOf(row.device);
    const because = why === undefined ? null : { rule: why.rule, claim: why.claim, says: why.says };
    views.push({ name, time: iso(row.time) ?? '', insertId, anchor, device, wire, properties, because });
  }
  return views;
}

/** The same, each with the person whose it is. */
export async function ownedEventViews(rows: readonly EventRow[], sources: Sources): Promise<readonly OwnedEvent[]> {
  const owners = await sources.ask((graph) =>
    rows.map(({ anchor, time }) => (anchor === null ? undefined : ownerAt(graph, sources.policy, anchor, time))),
  );
  const views = await eventViews(rows, sources);
  return views.map((view, i) => ({ ...view, personId: owners[i]?.person ?? null }));
}

async function presented(
  row: EventRow,
  anchor: StoredEvent['anchor'],
  owner: StoredEvent['owner'],
  { store, wires }: Sources,
): Promise<StoredEvent['properties']> {
  const present = wires.get(row.wire)?.present;
  if (present === undefined) return row.properties;
  const { name, time, insertId, wire, properties } = row;
  const refusals = await refusalsAt(store, row.project, row.position);
  return present({ name, time, insertId, anchor, owner, wire, properties, refusals });
}

/** The links that were refused when the item at this position came, where the vendor has a code for it. */
async function refusalsAt(
  store: Sources['store'],
  project: ProjectId,
  position: Position,
): Promise<StoredEvent['refusals']> {
  const notes = (await store.at(project, position))?.verdict.notes ?? [];
  return notes.flatMap(({ effect, code, text }) =>
    effect === 'refused' && code !== undefined ? [{ code, ...(text === undefined ? {} : { text }) }] : [],
  );
}
