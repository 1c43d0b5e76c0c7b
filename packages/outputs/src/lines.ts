import { Anchors } from './anchors.ts';
import type { Item } from './item.ts';

/** What waits under one key, oldest first; and how many of it are written down. */
interface Line {
  readonly items: Set<Item>;
  listed: number;
}

/** Who waits for whom: a line for each key of an item that is not settled, and the identifier it hangs on. */
export class Lines {
  readonly #lines = new Map<string, Line>();
  readonly #anchors = new Anchors();

  /** Puts an item at the end of its lines. Is it behind others, and behind one that is written down? */
  enter(item: Item): { readonly behind: boolean; readonly behindListed: boolean } {
    let behind = false;
    let behindListed = false;
    for (const key of item.keys) {
      let line = this.#lines.get(key);
      if (line === undefined) this.#lines.set(key, (line = { items: new Set(), listed: 0 }));
      if (line.items.size > 0) behind = true;
      if (line.listed > 0) behindListed = true;
      line.items.add(item);
      if (item.listed) line.listed += 1;
    }
    this.#anchors.enter(item);
    for (const { listed } of this.#anchors.about(item, 'before')) {
      behind = true;
      behindListed ||= listed;
    }
    return { behind, behindListed };
  }

  /** Has it nobody before it? */
  isHead(item: Item): boolean {
    return this.#anchors.isFree(item) && item.keys.every((key) => this.#head(key) === item);
  }

  /** Everyone who waits for it and is not written down. */
  *behind(item: Item): Generator<Item> {
    for (const key of item.keys) {
      let isBehind = false;
      for (const other of this.#of(key).items) {
        if (isBehind && !other.listed) yield other;
        isBehind ||= other === item;
      }
    }
    for (const other of this.#anchors.about(item, 'after')) if (!other.listed) yield other;
  }

  /** It is written down now. */
  noteListed(item: Item): void {
    for (const key of item.keys) this.#of(key).listed += 1;
  }

  /** Takes it out. Answers who has nobody before them now, and is not under way. */
  remove(item: Item): readonly Item[] {
    const next = new Set<Item>(this.#anchors.remove(item));
    for (const key of item.keys) {
      const line = this.#of(key);
      line.items.delete(item);
      if (item.listed) line.listed -= 1;
      const head = this.#head(key);
      if (head === undefined) this.#lines.delete(key);
      else next.add(head);
    }
    return [...next].filter((one) => !one.flying && this.isHead(one));
  }

  /**
   * Takes a batch: the first, whoever else is ready, and whoever comes right behind those of the batch.
   * @param most how many
   * @param take says whether one may go along, and takes it if so
   */
  takeBatch(first: Item, ready: Iterable<Item>, most: number, take: (item: Item) => boolean): Item[] {
    const batch: Item[] = [];
    const walks = new Map<string, Iterator<Item>>();
    const next = new Map<string, Item | undefined>();
    const look = (key: string): Item | undefined => {
      if (!next.has(key)) {
        const walk = this.#of(key).items.values();
        walks.set(key, walk);
        next.set(key, walk.next().value);
      }
      return next.get(key);
    };
    const candidates: Iterator<Item>[] = [[first].values(), ready[Symbol.iterator]()];
    const follow: Item[] = [];
    const pick = (): Item | undefined => {
      const one = follow.shift();
      if (one !== undefined) return one;
      while (candidates.length > 0) {
        const { value, done } = (candidates[0] as Iterator<Item>).next();
        if (!done) return value;
        candidates.shift();
      }
      return undefined;
    };
    while (batch.length < most) {
      const item = pick();
      if (item === undefined) break;
      if (item.flying || !item.keys.every((key) => look(key) === item) || !this.#anchors.isFree(item)) continue;
      if (!take(item)) continue;
      batch.push(item);
      for (const key of item.keys) {
        const after = (walks.get(key) as Iterator<Item>).next().value as Item | undefined;
        next.set(key, after);
        if (after !== undefined) follow.push(after);
      }
    }
    return batch;
  }

  #of(key: string): Line {
    return this.#lines.get(key) as Line;
  }

  #head(key: string): Item | undefined {
    const [head] = this.#of(key).items;
    return head;
  }
}
