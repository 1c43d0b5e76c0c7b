import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Result } from './wire.ts';

/** Items of one request, and characters: the server takes 2,000 and 10 MiB. */
const BATCH = { items: 500, characters: 4_000_000 } as const;
/** ms; the first wait after a failure, and the longest. */
const WAIT = { first: 500, longest: 60_000 } as const;
/** ms; a request without an answer for so long has none. */
const PATIENCE = 30_000;

export interface SenderOptions {
  readonly key: string;
  /** Base URL. */
  readonly endpoint: string;
  /** Items that may wait; more are refused at once. */
  readonly queueLimit: number;
  /** ms that items wait for company. */
  readonly sendAfter: number;
  readonly fetch: typeof fetch;
}

interface Waiting {
  readonly json: string;
  readonly settle: (result: Result) => void;
}

/** Items on their way, in order: one request at a time, sent again with the same insert ids until it is answered. */
export interface Sender {
  /** Resolves when the server has judged the item; never rejects. */
  add(item: object): Promise<Result>;
  /** Resolves when nothing waits any more. */
  flush(): Promise<void>;
  /** Takes no more items and sends what waits, for at most `ms`; what is left then is `rejected`. */
  close(ms: number): Promise<void>;
}

export function createSender({ key, endpoint, queueLimit, sendAfter, fetch }: SenderOptions): Sender {
  const queue: Waiting[] = [];
  const stopped = new AbortController();
  let running: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;
  let made = 0;

  /** Of items of one millisecond the one with the greater insert id counts as the later. */
  const nextId = () => `${Date.now()}-${1e9 + ++made}-${randomUUID().slice(0, 13)}`;
  const refuse = (reason: string): Result => ({ status: 'rejected', reason });
  const settle = (count: number, results: readonly Result[]) =>
    queue.splice(0, count).forEach(({ settle: tell }, at) => {
      tell(results[at] ?? refuse('the server gave it no result'));
    });

  /** How many items the next request holds: at least one. */
  function size(most: number): number {
    let characters = 0;
    const count = queue.findIndex(({ json }, at) => at >= most || (characters += json.length) > BATCH.characters);
    return count < 0 ? queue.length : Math.max(1, count);
  }

  async function post(items: readonly Waiting[]): Promise<Answer> {
    try {
      const answer = await fetch(`${endpoint}/v1/batch`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: `{"sentAt":${Date.now()},"items":[${items.map(({ json }) => json)}]}`,
        signal: AbortSignal.any([AbortSignal.timeout(PATIENCE), stopped.signal]),
      });
      return { status: answer.status, text: await answer.text(), after: answer.headers.get('retry-after') };
    } catch {
      return { status: 0, text: '', after: null };
    }
  }

  async function sendAll(): Promise<void> {
    let failures = 0;
    let most: number = BATCH.items;
    while (queue.length > 0 && !stopped.signal.aborted) {
      const count = size(most);
      const answer = await post(queue.slice(0, count));
      const results = resultsOf(answer, count);
      if (results !== undefined) {
        settle(count, results);
        failures = 0;
        most = BATCH.items;
      } else if (isFinal(answer.status)) {
        // Nothing of the request was taken. Fewer at a time find the one it was about.
        if (count === 1 || answer.status === 401 || answer.status === 403) {
          settle(count, Array(count).fill(refuse(`answer ${answer.status}`)));
          most = BATCH.items;
        } else most = Math.ceil(count / 2);
      } else {
        const pause = Math.min(WAIT.longest, WAIT.first * 2 ** failures++) * (0.5 + Math.random() / 2);
        await wait(Math.max(pause, secondsOf(answer.after) * 1_000), undefined, { signal: stopped.signal }).catch(
          () => {},
        );
      }
    }
  }

  function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    running ??= sendAll().finally(() => {
      running = undefined;
    });
    return running;
  }

  return {
    add(item) {
      let json: string;
      try {
        json = JSON.stringify({ insertId: nextId(), time: Date.now(), ...item });
      } catch {
        return Promise.resolve(refuse('it cannot be said as JSON'));
      }
      if (isClosed) return Promise.resolve(refuse('the client is closed'));
      if (queue.length >= queueLimit) return Promise.resolve(refuse('too much waits'));
      return new Promise((resolve) => {
        queue.push({ json, settle: resolve });
        if (queue.length >= BATCH.items) void flush();
        // Nothing that waits keeps a process alive: it is sent when there is nothing else to do.
        else timer ??= setTimeout(flush, sendAfter).unref();
      });
    },
    flush,
    async close(ms) {
      isClosed = true;
      const over = setTimeout(() => stopped.abort(), ms);
      await flush();
      clearTimeout(over);
      settle(queue.length, Array(queue.length).fill(refuse('the client was closed before it could be sent')));
    },
  };
}

interface Answer {
  /** 0 when there was none. */
  readonly status: number;
  readonly text: string;
  /** The header Retry-After. */
  readonly after: string | null;
}

/** A result for every item; undefined when this is not an answer of ours to them. */
function resultsOf({ status, text }: Answer, count: number): readonly Result[] | undefined {
  if (status !== 200) return undefined;
  try {
    const { results } = JSON.parse(text) as { readonly results?: readonly Result[] };
    return results?.length === count ? results : undefined;
  } catch {
    return undefined;
  }
}

/** Statuses that the same request would get again. */
const isFinal = (status: number): boolean => status >= 400 && status < 500 && status !== 408 && status !== 429;

/** Retry-After as seconds from now; 0 when it says nothing, an hour at most. */
function secondsOf(after: string | null): number {
  if (after === null) return 0;
  const seconds = /^\d+$/.test(after) ? Number(after) : (Date.parse(after) - Date.now()) / 1_000;
  return Number.isNaN(seconds) ? 0 : Math.min(3_600, Math.max(0, seconds));
}
