import type { Instant, ProjectId } from '@selfsame/identity';
import type { Store } from '@selfsame/store';
import type { Answered, Message } from '../outbound/post.ts';

/** What the client answered, without its words. */
type Sent = { readonly status: number } | { readonly failure: string };

import { type Notice, noticeOf, payloadOf } from './notices.ts';
import type { CallbackQueue, Delivery } from './queue.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** One callback for a client in so much time, ms (sheet §7). */
const APART = 5 * MINUTE;
/** How long after each failure to try again, ms; then the callback has failed. */
const RETRIES = [0, 5 * MINUTE, 15 * MINUTE, HOUR, 12 * HOUR, 12 * HOUR] as const;
const TIMEOUT = 30_000;
/** How long changes gather before the log is read for them, ms. */
const GATHER = 1_000;
/** Entries of the log that are read for one commit of the queue. */
const CHUNK = 5_000;

/** How long until a moment, ms. More than it can be means that the clock was set back: then it is time (G25). */
const left = (moment: Instant, now: Instant, most: number): number => (moment - now > most ? 0 : moment - now);

export type Outcome = 'delivered' | 'retried' | 'failed';

export interface CallbackParts {
  /** Where each client wants to be called. */
  readonly urls: ReadonlyMap<ProjectId, string>;
  readonly queue: CallbackQueue;
  readonly store: Pick<Store, 'read' | 'feed'>;
  /** The signed blob of a payload. */
  readonly sign: (project: ProjectId, payload: object) => string;
  readonly post: (url: string, message: Message) => Promise<Answered>;
  readonly clock: () => Instant;
  /** Runs something after so many ms; answers how to call it off. */
  readonly timer: (run: () => void, ms: number) => () => void;
  readonly onOutcome: (outcome: Outcome, project: ProjectId, sent: Sent) => void;
  /** The log or the queue could not be read; it is tried again with the next change. */
  readonly onError: (error: unknown) => void;
}

/**
 * Tells each client that something about its users changed (sheet §7). Fed by the log from a cursor it keeps beside its
 * queue, so nothing that was acknowledged goes untold after a crash; a client may be told twice.
 */
export class SpidCallbacks {
  readonly #parts: CallbackParts;
  readonly #timers = new Map<ProjectId | 'feed', () => void>();
  readonly #sending = new Map<ProjectId, Promise<void>>();
  readonly #stopping = new AbortController();
  #feeding: Promise<void> = Promise.resolve();

  constructor(parts: CallbackParts) {
    this.#parts = parts;
  }

  /** Takes up what was left, or begins with what comes from now on. */
  async start(): Promise<void> {
    const { queue, store } = this.#parts;
    if (queue.reached === undefined) queue.add([], (await store.feed.head()).position);
    await this.#feed();
  }

  /** The log has grown. */
  wake(): void {
    if (this.#stopping.signal.aborted || this.#timers.has('feed')) return;
    this.#after('feed', GATHER, () => {
      this.#feeding = this.#feed();
    });
  }

  /** Ends what is under way; it is tried again after the next start. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    for (const callOff of this.#timers.values()) callOff();
    await this.#feeding;
    await Promise.all(this.#sending.values());
    this.#parts.queue.close();
  }

  async #feed(): Promise<void> {
    const { queue, store, urls, onError } = this.#parts;
    try {
      let notices: Notice[] = [];
      const start = queue.reached ?? 0;
      let through = start;
      let saved = start;
      for await (const decided of store.read(start)) {
        if (this.#stopping.signal.aborted) return;
        const notice = noticeOf(decided);
        if (notice !== undefined && urls.has(notice.project)) notices.push(notice);
        through = decided.entry.position;
        if (through - saved < CHUNK) continue;
        queue.add(notices, through);
        saved = through;
        notices = [];
      }
      if (through > saved) queue.add(notices, through);
      for (const project of urls.keys()) this.#pump(project);
    } catch (error) {
      onError(error);
    }
  }

  /** Sends what is due, and comes again when something will be. */
  #pump(project: ProjectId): void {
    const { queue, clock } = this.#parts;
    if (this.#sending.has(project) || this.#stopping.signal.aborted) return;
    const now = clock();
    if (queue.delivery(project) === undefined && queue.waiting(project) > 0) {
      const wait = left((queue.begunAt(project) ?? 0) + APART, now, APART);
      if (wait > 0) {
        this.#after(project, wait, () => this.#pump(project));
        return;
      }
      queue.begin(project, now);
    }
    const delivery = queue.delivery(project);
    if (delivery === undefined) return;
    const wait = left(delivery.due, now, Math.max(...RETRIES));
    if (wait > 0) {
      this.#after(project, wait, () => this.#pump(project));
      return;
    }
    const sending = this.#send(project, delivery).then(
      () => {
        this.#sending.delete(project);
        this.#pump(project);
      },
      (error) => {
        this.#sending.delete(project);
        this.#parts.onError(error);
      },
    );
    this.#sending.set(project, sending);
  }

  async #send(project: ProjectId, { notices, failed }: Delivery): Promise<void> {
    const { queue, sign, post, urls, clock, onOutcome } = this.#parts;
    const answered = await post(urls.get(project) as string, {
      headers: { 'content-type': 'text/plain', 'user-agent': 'selfsame' },
      body: sign(project, payloadOf(notices)),
      timeoutMs: TIMEOUT,
      signal: this.#stopping.signal,
    });
    if (this.#stopping.signal.aborted) return;
    const sent: Sent = 'status' in answered ? { status: answered.status } : answered;
    if ('status' in sent && sent.status === 202) {
      queue.end(project);
      onOutcome('delivered', project, sent);
      return;
    }
    const delay = RETRIES[failed];
    if (delay === undefined) {
      queue.end(project);
      onOutcome('failed', project, sent);
      return;
    }
    queue.retry(project, failed + 1, clock() + delay);
    onOutcome('retried', project, sent);
  }

  #after(what: ProjectId | 'feed', ms: number, run: () => void): void {
    this.#timers.get(what)?.();
    const callOff = this.#parts.timer(() => {
      this.#timers.delete(what);
      run();
    }, ms);
    this.#timers.set(what, callOff);
  }
}
