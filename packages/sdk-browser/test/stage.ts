import type { Client, Options } from '../src/api.ts';
import { createClientIn } from '../src/client.ts';
import { uuid } from '../src/page.ts';
import type { Answer } from '../src/queue.ts';
import type { Moment, Surroundings } from '../src/surroundings.ts';

export interface SentItem {
  readonly type: string;
  readonly insertId: string;
  readonly ids: Readonly<Record<string, string>>;
  readonly [more: string]: unknown;
}

/** What a server that takes everything answers. */
export const taken = (items: readonly SentItem[]): Answer => ({
  status: 200,
  text: JSON.stringify({ results: items.map(() => ({ status: 'applied' })) }),
});

/** A browser with a clock of the test's own, and a server that answers as the test says. */
export class Stage {
  now = 1_700_000_000_000;
  /** What the browser keeps, for all tabs. */
  readonly kept = new Map<string, string>();
  readonly cookies = new Map<string, string>();
  /** Names of the cookies that pages set, one for each time. */
  readonly cookiesSet: string[] = [];
  /** `forbidden`: every mention throws. `full`: writes throw. */
  storage: 'works' | 'full' | 'forbidden' = 'works';
  isOnline = true;
  isPrerendered = false;
  signals = { dnt: false, gpc: false };
  answer: (items: readonly SentItem[], url: string) => Answer | Promise<Answer> = taken;
  /** Every request's items. */
  readonly requests: SentItem[][] = [];
  readonly urls: string[] = [];
  readonly beacons: SentItem[][] = [];
  #timers: { readonly at: number; readonly run: () => void; readonly tab: object }[] = [];
  #locks = new Map<string, Promise<void>>();
  #handlers: { readonly moment: Moment; readonly run: () => void; readonly tab: object }[] = [];

  get received(): readonly SentItem[] {
    return this.requests.flat();
  }

  /** A tab of the site with a client in it. */
  tab(
    options: Partial<Options> = {},
  ): Client & { readonly close: () => void; readonly fire: (moment: Moment) => void } {
    const tab = {};
    const client = createClientIn(this.page(tab), { key: 'PUB', endpoint: 'https://id.test', ...options });
    return Object.assign(client, {
      fire: (moment: Moment) => {
        for (const one of this.#handlers) if (one.tab === tab && one.moment === moment) one.run();
      },
      close: () => {
        this.#timers = this.#timers.filter((one) => one.tab !== tab);
        this.#handlers = this.#handlers.filter((one) => one.tab !== tab);
      },
    });
  }

  /** Lets `ms` pass, and everything that is due happen. */
  async pass(ms: number): Promise<void> {
    const end = this.now + ms;
    for (;;) {
      await settled();
      const next = this.#timers.toSorted((a, b) => a.at - b.at)[0];
      if (next === undefined || next.at > end) break;
      this.#timers = this.#timers.filter((one) => one !== next);
      this.now = Math.max(this.now, next.at);
      next.run();
    }
    this.now = end;
    await settled();
  }

  /** The browser as a client gets it. */
  page(tab: object = {}): Surroundings {
    const storage = () => {
      if (this.storage === 'forbidden') throw new Error('SecurityError');
      return this.kept;
    };
    const stage = this;
    return {
      storage: {
        getItem: (name) => storage().get(name) ?? null,
        setItem: (name, value) => {
          if (this.storage === 'full') throw new Error('QuotaExceededError');
          storage().set(name, value);
        },
        removeItem: (name) => void storage().delete(name),
        names: () => [...storage().keys()],
      },
      cookies: () => [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; '),
      setCookie: (text) => {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(text) ?? [];
        const domain = /domain=([^;]+)/.exec(text)?.[1];
        if (domain === 'test') return;
        if (/max-age=0/.test(text)) this.cookies.delete(name);
        else this.cookies.set(name, value);
        this.cookiesSet.push(name);
      },
      host: 'www.shop.test',
      async send(url, body) {
        const { items } = JSON.parse(body) as { items: SentItem[] };
        stage.requests.push(items);
        stage.urls.push(url);
        return await stage.answer(items, url);
      },
      beacon: (_url, body) => {
        this.beacons.push((JSON.parse(body) as { items: SentItem[] }).items);
        return true;
      },
      now: () => this.now,
      chance: () => 1,
      uuid,
      later: (run, ms) => {
        const timer = { at: this.now + ms, run, tab };
        this.#timers.push(timer);
        return () => {
          this.#timers = this.#timers.filter((one) => one !== timer);
        };
      },
      alone: (name, run) => {
        const turn = (this.#locks.get(name) ?? Promise.resolve()).then(run);
        this.#locks.set(
          name,
          turn.catch(() => {}),
        );
        return turn;
      },
      on: (moment, run) => void this.#handlers.push({ moment, run, tab }),
      isOnline: () => this.isOnline,
      isPrerendered: () => this.isPrerendered,
      get signals() {
        return stage.signals;
      },
    };
  }
}

/** Every promise that can go on has gone on. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
