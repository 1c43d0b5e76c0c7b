import type { Item } from './item.ts';

interface Waiting {
  readonly moved: Set<Item>;
  readonly events: Set<Item>;
}

/**
 * Who waits for whom because of an identifier, whoever it belonged to: a correction leaves after every earlier message
 * of its anchor and before every later one ([O4]). The order of people alone does not say so where an identifier that
 * nobody named any more came back as somebody else's.
 */
export class Anchors {
  readonly #waiting = new Map<string, Waiting>();

  enter(item: Item): void {
    if (item.anchor === undefined) return;
    let waiting = this.#waiting.get(item.anchor);
    if (waiting === undefined) this.#waiting.set(item.anchor, (waiting = { moved: new Set(), events: new Set() }));
    (item.message.kind === 'moved' ? waiting.moved : waiting.events).add(item);
  }

  /** Answers what may have become free. */
  remove(item: Item): readonly Item[] {
    const waiting = this.#of(item);
    if (waiting === undefined) return [];
    const { moved, events } = waiting;
    moved.delete(item);
    events.delete(item);
    if (moved.size + events.size === 0) this.#waiting.delete(item.anchor as string);
    const [next] = moved;
    if (item.message.kind !== 'moved') return next === undefined ? [] : [next];
    return [...(next === undefined ? [] : [next]), ...upTo(events, next)];
  }

  isFree(item: Item): boolean {
    const waiting = this.#of(item);
    if (waiting === undefined) return true;
    const [moved] = waiting.moved;
    if (item.message.kind !== 'moved') return moved === undefined || moved.nth > item.nth;
    const [event] = waiting.events;
    return moved === item && (event === undefined || event.nth > item.nth);
  }

  /** Those before an item that it waits for, or with `after` those that wait for it. */
  *about(item: Item, where: 'before' | 'after'): Generator<Item> {
    const waiting = this.#of(item);
    if (waiting === undefined) return;
    const isThere = (one: Item) => (where === 'before' ? one.nth < item.nth : one.nth > item.nth);
    for (const one of waiting.moved) if (isThere(one)) yield one;
    if (item.message.kind === 'moved') for (const one of waiting.events) if (isThere(one)) yield one;
  }

  #of({ anchor }: Item): Waiting | undefined {
    return anchor === undefined ? undefined : this.#waiting.get(anchor);
  }
}

function upTo(events: ReadonlySet<Item>, end: Item | undefined): readonly Item[] {
  const free: Item[] = [];
  for (const one of events) {
    if (end !== undefined && one.nth > end.nth) break;
    free.push(one);
  }
  return free;
}
