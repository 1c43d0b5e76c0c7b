import { Line } from '@selfsame/store';
import { AbandonableThread } from '../disk/abandonable-thread.ts';
import type { Batch } from '../disk/writes.ts';

/** `leave`: give up what has not been committed, and end. */
export type GraphOrder = { readonly batch: Batch; readonly last: boolean } | 'leave';

/** What making batches may take of a turn of the event loop, ms: a request has several turns, and waits for this in each. */
const SHARE = 1;
/** The same where intake will soon have to wait for this checkpoint, ms. */
const HASTE = 4;
/** Batches the thread may have before it: enough that it never waits, and so few that a checkpoint is not in memory twice. */
const UNDER_WAY = 64;

/** What the thread says: a batch has run, or the checkpoint is committed. */
export type GraphWord = 'ran' | 'committed';

/** Writes the graph's tables from a thread of its own, so that nobody who is answered waits for it. */
export class GraphWriter {
  readonly #thread: AbandonableThread<GraphWord>;
  /** Resolves with whether it was, or given up. */
  #committed: PromiseWithResolvers<boolean> | undefined;
  #isGivenUp = false;
  /** Batches posted and not yet run. */
  #underWay = 0;
  #ran: (() => void) | undefined;
  /** Of its own: where checkpoints cannot follow, intake waits for them. */
  readonly #line = new Line();

  constructor(file: string) {
    this.#thread = new AbandonableThread(new URL('./graph-thread.js', import.meta.url), file, {
      word: (word) => {
        if (word === 'committed') this.#committed?.resolve(true);
        else {
          this.#underWay -= 1;
          this.#ran?.();
        }
      },
      failed: (error) => {
        if (this.#isGivenUp) this.#committed?.resolve(false);
        else this.#committed?.reject(error);
      },
    });
  }

  /**
   * One transaction of many batches. Making them takes a little of each turn of the event loop, and no longer than the
   * thread can follow. Answers whether it was committed; false where it was given up.
   * @param isLate asked after each batch: must it make haste?
   * @throws the thread's error when it failed; nothing is then written.
   */
  async write(batches: Iterable<Batch>, isLate: () => boolean): Promise<boolean> {
    if (this.#isGivenUp) return false;
    const thread = this.#thread.get();
    const committed = Promise.withResolvers<boolean>();
    this.#committed = committed;
    // It may fail while we are still making batches.
    committed.promise.catch(() => {});
    thread.ref();
    const post = (order: GraphOrder) => thread.postMessage(order);
    this.#underWay = 0;
    this.#line.held();
    try {
      for (const batch of batches) {
        post({ batch, last: false });
        this.#underWay += 1;
        if (this.#underWay >= UNDER_WAY)
          await Promise.race([new Promise<void>((resolve) => (this.#ran = resolve)), committed.promise]);
        if (this.#line.held() >= (isLate() ? HASTE : SHARE)) await this.#line.wait();
        if (this.#isGivenUp) break;
      }
      post({ batch: [], last: true });
      return await committed.promise;
    } finally {
      // Where it was given up its end is waited for: a process with nothing else to do would end before.
      if (!this.#isGivenUp) thread.unref();
    }
  }

  /** Gives up what is not committed yet and lets the thread go. After this the tables do not change by it any more. */
  abandon(): void {
    this.#thread.abandon();
  }

  /** Gives up what is not committed yet and all that comes, and waits until the thread has ended: another may write the tables then. */
  async giveUp(): Promise<void> {
    this.#isGivenUp = true;
    await this.#thread.giveUp();
  }

  /** Lets the thread go once it has done what it was told, and waits until it has. */
  async stop(): Promise<void> {
    await this.#thread.stop();
  }
}
