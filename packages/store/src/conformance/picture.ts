import { strict as assert } from 'node:assert';
import { keyOf, type Position, type ProjectId } from '@selfsame/identity';
import type { ColumnFeed, EventPage, EventRow, OwnershipChange } from '../columns.ts';
import type { Store } from '../store.ts';
import { keyNamed } from './telling.ts';
import { digestAsked, logOf } from './traffic.ts';

// What laws read from a store.

export const nodeIn = (store: Store, project: ProjectId, id: { kind: string; value: string }) =>
  store.ask(project, (graph) => graph.node(keyOf(id)));

/** Everything a store says, as one value: equal before and after a restart. */
export async function picture(store: Store) {
  const log = await logOf(store);
  const keys = log.flatMap(({ entry }) => (entry.insertId === undefined ? [] : [entry.insertId]));
  const asked = keys.map(keyNamed);
  const { repeats, next } = await store.load({ repeats: asked });
  return {
    log,
    next: ['p', 'q'].map((project) => next(project, 0)),
    digest: await digestAsked(store, log),
    repeats: [...repeats].sort(),
    counts: [...(await store.counts())].sort((a, b) => (`${a.project}${a.wire}` < `${b.project}${b.wire}` ? -1 : 1)),
    found: [...(await store.search('p', 'a', 100))].sort(),
    events: await allEvents(store),
    owners: await Promise.all(
      ['p', 'q'].map(async (project) => [...(await ownership(store.feed(project), 1_000))].sort()),
    ),
  };
}

/** The events that a reader of the feeds ends up with, in the order of the log, however they are paged. */
export async function allEvents(store: Store): Promise<readonly EventRow[]> {
  const all: EventRow[] = [];
  for (const project of ['p', 'q']) {
    const rows = new Map<Position, EventRow>();
    for await (const page of pagesOf(store.feed(project), 100)) {
      for (const position of page.gone) rows.delete(position);
      for (const { replaces } of page.rows) if (replaces !== undefined) rows.delete(replaces);
      for (const row of page.rows) rows.set(row.position, row);
    }
    all.push(...[...rows.values()].sort((a, b) => a.position - b.position));
  }
  return all;
}

/** All the events of a feed as they are told, in pieces of `limit`. */
export async function eventsOf(feed: ColumnFeed, limit: number): Promise<readonly EventRow[]> {
  const rows: EventRow[] = [];
  for await (const page of pagesOf(feed, limit)) rows.push(...page.rows);
  return rows;
}

async function* pagesOf(feed: ColumnFeed, limit: number): AsyncGenerator<EventPage> {
  const { position: head } = await feed.head();
  for (let after = 0; after < head; ) {
    const page = await feed.events(after, head, limit);
    assert(page.through > after && page.through <= head, 'the feed stands still, or goes on beyond its end');
    yield page;
    after = page.through;
  }
}

/** The ownership a reader of a feed ends up with, by node number; read in pieces of `limit`. */
export async function ownership(feed: ColumnFeed, limit: number): Promise<ReadonlyMap<number, string>> {
  const { change: head, pending } = await feed.head(0);
  const owners = new Map<number, string>();
  for (let after = 0; after < head; ) {
    const changes = await feed.ownership(after, limit);
    const last = changes.at(-1);
    assert(last !== undefined, 'the feed ends before its head');
    for (const one of changes) owners.set(one.node, textOf(one));
    after = last.change;
  }
  for await (const changes of pending()) for (const one of changes) owners.set(one.node, textOf(one));
  return owners;
}

export const textOf = ({ key, stretches, person }: OwnershipChange): string => JSON.stringify([key, stretches, person]);
