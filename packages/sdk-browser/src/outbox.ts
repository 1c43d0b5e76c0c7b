import {
  backoff,
  LONGEST_RETRY_AFTER,
  leastWanted,
  maySend,
  nameOf,
  nextBatch,
  outcomeOf,
  type Waiting,
} from './queue.ts';
import type { Store } from './store.ts';
import type { Surroundings } from './surroundings.ts';
import type { Item, ItemAnswer } from './wire.ts';

/** What became of an item, as far as is known. */
export interface Sent {
  /**
   * The server's word; or `queued`: it waits for a better moment, `sent`: another tab sent it, `suppressed`: the visitor
   * does not want it sent.
   */
  readonly status: ItemAnswer['status'] | 'queued' | 'sent';
  readonly reason?: string;
}

export interface OutboxOptions {
  readonly key: string;
  /** Base URLs; the next one is tried when one cannot be reached. */
  readonly endpoints: readonly string[];
  /** Items that may wait. */
  readonly limit: number;
  /** ms between an event and its sending. */
  readonly delay: number;
  /** May anything leave this page? */
  readonly mayGo: () => boolean;
}

/** Items on their way: kept before they are sent, and forgotten only once the server has answered for them. */
export interface Outbox {
  /** Keeps an item and sends it, at once or with the next ones; answers when its fate is known or it has to wait. */
  add(item: Item, time: number, atOnce: boolean, insertId?: string): Promise<Sent>;
  /** Sends what waits. */
  flush(): Promise<void>;
  /** Sends this alone and keeps nothing of it. */
  tell(item: Item): Promise<Sent>;
  /** Gives up everything that waits. */
  clear(): void;
}

const QUEUE = 'q.';
const NOT_BEFORE = 'wait';
const NOT_ALLOWED = 'not allowed yet';

export function createOutbox(store: Store, page: Surroundings, options: OutboxOptions): Outbox {
  const { key, endpoints, limit, delay, mayGo } = options;
  /** Who waits for an answer, by the item's name. Every item this page made is here until it is settled. */
  const mine = new Map<string, ((sent: Sent) => void) | undefined>();
  const inFlight = new Set<string>();
  let count = 0;
  let failures = 0;
  let pause = 0;
  let endpoint = 0;
  let most: number | undefined;
  let running: Promise<void> | undefined;
  let timer: { readonly at: number; readonly stop: () => void } | undefined;

  const waiting = (): readonly Waiting[] =>
    store.names(QUEUE).map((name) => ({ name: name.slice(QUEUE.length), json: store.get(name) ?? '' }));
  const settle = (name: string, sent: Sent) => {
    store.remove(QUEUE + name);
    mine.get(name)?.(sent);
    mine.delete(name);
  };
  /** Whoever waits is told that it takes longer. The items stay. */
  const queued = (reason: string) => {
    for (const [name, tell] of mine) {
      tell?.({ status: 'queued', reason });
      mine.set(name, undefined);
    }
  };
  const bodyOf = (items: readonly Waiting[]) =>
    `{"key":${JSON.stringify(key)},"sentAt":${page.now()},"items":[${items.map(({ json }) => json)}]}`;
  const url = () => `${endpoints[endpoint % endpoints.length]}/v1/batch`;
  /** Another page that saw the server's Retry-After is obeyed too. */
  const notBefore = () => {
    const asked = Number(store.get(NOT_BEFORE));
    // Further away than any server's word goes: the clock was set back since.
    return Math.max(pause, asked - page.now() > LONGEST_RETRY_AFTER ? 0 : asked);
  };

  function schedule(ms: number): void {
    const at = page.now() + ms;
    if (timer && timer.at <= at) return;
    timer?.stop();
    const stop = page.later(() => {
      timer = undefined;
      void flush();
    }, ms);
    timer = { at, stop };
  }

  async function sendAll(): Promise<void> {
    for (;;) {
      if (!mayGo()) return queued(NOT_ALLOWED);
      const now = page.now();
      const wait = notBefore() - now;
      const all = waiting();
      const ours = all.filter(({ name }) => maySend(name, mine.has(name), now));
      const there = new Set(all.map(({ name }) => name));
      // What is gone from the store was sent by another page.
      for (const name of [...mine.keys()]) if (!there.has(name)) settle(name, { status: 'sent' });
      if (ours.length < all.length) schedule(5_000);
      if (ours.length === 0) return;
      if (wait > 0 || !page.isOnline()) {
        queued(wait > 0 ? 'told to wait' : 'offline');
        if (wait > 0) schedule(wait);
        return;
      }
      const batch = nextBatch(ours, most);
      for (const { name } of batch) inFlight.add(name);
      const answer = await page.send(url(), bodyOf(batch));
      for (const { name } of batch) inFlight.delete(name);
      const outcome = outcomeOf(answer, batch.length, page.now());
      if (outcome.type === 'later') {
        // A host that cannot be reached may be blocked: another name for it may not be.
        if (answer.status === 0) endpoint++;
        const again = backoff(++failures, page.chance());
        pause = page.now() + again;
        if (outcome.notBefore) store.set(NOT_BEFORE, String(outcome.notBefore));
        queued(outcome.reason);
        schedule(Math.max(again, notBefore() - page.now()));
        return;
      }
      failures = 0;
      if (outcome.type === 'taken') batch.forEach(({ name }, at) => settle(name, outcome.results[at] as Sent));
      else if (batch.length === 1) settle((batch[0] as Waiting).name, { status: 'rejected', reason: outcome.reason });
      most = outcome.type === 'taken' || batch.length === 1 ? undefined : Math.ceil(batch.length / 2);
    }
  }

  /** One at a time, in this page and among the pages of the site: two must not send the same item. */
  async function flush(): Promise<void> {
    await running;
    // A page that asks for its turn as it is left, for nothing, is not kept for going back.
    if (!mine.size && !store.names(QUEUE).length) return;
    running ??= page
      .alone(`ss.${key}`, sendAll)
      .catch(() => {})
      .finally(() => {
        running = undefined;
      });
    await running;
  }

  for (const moment of ['visibilitychange', 'pageshow', 'prerenderingchange'] as const) page.on(moment, flush);
  page.on('online', () => {
    failures = pause = 0;
    void flush();
  });
  page.on('pagehide', () => {
    // What a request has on its way outlives the page by itself; this is what no request has.
    const rest = waiting().filter(({ name }) => mine.has(name) && !inFlight.has(name));
    if (rest.length > 0 && mayGo() && notBefore() <= page.now()) page.beacon(url(), bodyOf(nextBatch(rest)));
  });

  return {
    add(item, time, atOnce, insertId) {
      const name = nameOf(page.now(), ++count, page.uuid().slice(0, 13));
      const json = JSON.stringify({ ...item, time, insertId: insertId ?? name });
      return new Promise((resolve) => {
        mine.set(name, resolve);
        store.set(QUEUE + name, json);
        const least = store.names(QUEUE).length > limit && leastWanted(waiting());
        if (least) settle(least.name, { status: 'rejected', reason: 'too much waits' });
        if (!mayGo()) queued(NOT_ALLOWED);
        else schedule(atOnce ? 0 : delay);
      });
    },
    flush,
    async tell(item) {
      const json = JSON.stringify({ ...item, time: page.now() });
      const outcome = outcomeOf(await page.send(url(), bodyOf([{ name: '', json }])), 1, page.now());
      return outcome.type === 'taken' ? (outcome.results[0] as Sent) : { status: 'queued', reason: outcome.reason };
    },
    clear() {
      for (const { name } of waiting()) settle(name, { status: 'suppressed', reason: 'opted out' });
    },
  };
}
