import { performance } from 'node:perf_hooks';

/** How long intake counts as at work after what it last took in, ms. */
const AT_WORK = 250;
/** The longest stretch of work at once, ms; and where a request waits for it, while intake is at work. */
const LONG = 2;
const SHORT = 0.25;
/** The least part of the time that outputs have, however busy intake is. */
const LEAST = 0.05;
/** The longest wait between two stretches, ms. */
const LONGEST_WAIT = 20;
/** Most of a timer's delay that is made good, ms. */
const OWED = 2;
/** How often it is looked what others leave, ms. */
const LOOK = 50;
/** How much less than the others an output may have had that is made good, ms: it had nothing to do meanwhile. */
const CREDIT = 50;

export interface PaceParts {
  /** Any clock that runs evenly, ms. */
  readonly now: () => number;
  /** Runs something once everything else that is ready had its turn, or after so many ms. */
  readonly later: (run: () => void, ms: number) => void;
  /** Runs something once the promises at hand have nothing more to do. */
  readonly after: (run: () => void) => void;
  readonly worked: () => Worked;
  /** Most that outputs and all else here have together of what is shared while intake is at work; 0 to 1. */
  readonly most: number;
  /** Whether intake waits while they are at work, and not only for its part of what is shared. */
  readonly isWaitedFor: boolean;
}

/** Since it was last asked, ms. */
export interface Worked {
  /** How long this thread was at work. */
  readonly active: number;
  /** How much that used of what is shared with intake: this thread's time, or the processor's. */
  readonly used: number;
}

/**
 * Outputs give way to intake (O12, G18): all of them work one after another, a short stretch at a time, and while
 * intake is at work they have no more than it leaves: of the thread where it works there too, else of a processor.
 * Alone, they have all of it.
 */
export class Pace {
  readonly #parts: PaceParts;
  /** Of each output that waits. */
  readonly #waiting = new Map<string, (() => void)[]>();
  /** What each output has had of the time, ms; that of one which had nothing to do is taken to be more than it was. */
  readonly #had = new Map<string, number>();
  /** The most that anybody had had who was given a turn since: of those that wait, the least. */
  #level = 0;
  /** Messages that each sent since what others leave was last looked at. */
  readonly #sent = new Map<string, number>();
  /** Whose turn it is. */
  #going = '';
  #isDue = false;
  #isAtWork = false;
  /** When this stretch began. */
  #began = 0;
  /** Not before this another begins. */
  #freeAt = 0;
  #intakeAt = Number.NEGATIVE_INFINITY;
  #lookedAt = 0;
  #own = 0;
  #share = LEAST;
  /** What a millisecond at work uses. Less than one where a thread that counts as at work waits for a processor or a disk. */
  #use = 1;

  constructor(parts: PaceParts) {
    this.#parts = parts;
  }

  /** Intake has taken something in. */
  intake(): void {
    this.#intakeAt = this.#parts.now();
  }

  /**
   * An output sends a message. Most of the work that makes, writing it to its socket and reading the answer, falls
   * outside its turns.
   */
  sends(output: string): void {
    this.#sent.set(output, (this.#sent.get(output) ?? 0) + 1);
  }

  /** When this output may go on; undefined: now, within its stretch that is not over. */
  turn(output: string): Promise<void> | undefined {
    if (this.#isAtWork && this.#going === output && !this.#isOver) return undefined;
    return new Promise<void>((resolve) => {
      const mine = this.#waiting.get(output);
      if (mine === undefined) this.#waiting.set(output, [resolve]);
      else mine.push(resolve);
      this.#schedule();
    });
  }

  get #isOver(): boolean {
    return this.#parts.now() - this.#began >= (this.#parts.isWaitedFor && this.#givesWay ? SHORT : LONG);
  }

  get #givesWay(): boolean {
    return this.#parts.now() - this.#intakeAt < AT_WORK;
  }

  #schedule(): void {
    if (this.#isDue || this.#isAtWork || this.#waiting.size === 0) return;
    this.#isDue = true;
    // A timer of less than a millisecond would take one.
    const wait = this.#givesWay ? this.#freeAt - this.#parts.now() : 0;
    this.#parts.later(() => this.#begin(), wait < 0.5 ? 0 : Math.ceil(wait));
  }

  #begin(): void {
    this.#isDue = false;
    const output = this.#least();
    if (output === undefined) return;
    this.#level = Math.max(this.#level, this.#hadOf(output));
    this.#isAtWork = true;
    this.#going = output;
    this.#began = this.#parts.now();
    this.#next(output, this.#waiting.get(output) ?? []);
  }

  /** Of those that wait, whoever has had least, however many messages each has on their way. */
  #least(): string | undefined {
    let least: string | undefined;
    for (const output of this.#waiting.keys())
      if (least === undefined || this.#hadOf(output) < this.#hadOf(least)) least = output;
    return least;
  }

  #hadOf(output: string): number {
    return Math.max(this.#had.get(output) ?? 0, this.#level - CREDIT);
  }

  #charge(output: string, ms: number): void {
    this.#had.set(output, this.#hadOf(output) + ms);
  }

  /** One message after another while the stretch lasts. */
  #next(output: string, mine: (() => void)[]): void {
    const go = mine.shift();
    if (mine.length === 0) this.#waiting.delete(output);
    go?.();
    this.#parts.after(() => {
      const more = this.#waiting.get(output);
      if (more === undefined || this.#isOver) this.#end();
      else this.#next(output, more);
    });
  }

  #end(): void {
    const now = this.#parts.now();
    const took = now - this.#began;
    this.#isAtWork = false;
    this.#own += took;
    this.#charge(this.#going, took);
    if (now - this.#lookedAt >= LOOK) this.#look(now);
    // Timers are late: what they owe is made good.
    const free = Math.max(this.#freeAt, this.#began - OWED) + (took * this.#use) / this.#share;
    this.#freeAt = Math.min(free, now + LONGEST_WAIT);
    this.#schedule();
  }

  /** What all else leaves of that which may be used. */
  #look(now: number): void {
    const { active, used } = this.#parts.worked();
    // Systems count a processor's time by ticks of milliseconds: one look alone says little.
    if (active > 0) this.#use = (this.#use + used / active) / 2;
    const others = ((active - this.#own) * this.#use) / (now - this.#lookedAt);
    this.#share = Math.max(LEAST, this.#parts.most - others);
    this.#chargeSending(active - this.#own);
    this.#lookedAt = now;
    this.#own = 0;
  }

  /** Where nothing else works on this thread, what was done outside turns was done for what outputs sent. */
  #chargeSending(outside: number): void {
    let all = 0;
    for (const sent of this.#sent.values()) all += sent;
    if (!this.#parts.isWaitedFor)
      for (const [output, sent] of this.#sent) this.#charge(output, (Math.max(0, outside) * sent) / all);
    this.#sent.clear();
  }
}

/**
 * The pace of everything that this process sends.
 * @param most as of PaceParts
 * @param of what is shared with intake: this thread, where a request waits for whatever is at work, also while that waits
 *   for the disk; or the processors of the machine, where intake is another process and time that this one only waits
 *   takes nothing from it
 */
export function createPace(most: number, of: 'thread' | 'processor'): Pace {
  let last = performance.eventLoopUtilization();
  let lastUsed = processorTime();
  return new Pace({
    most,
    isWaitedFor: of === 'thread',
    now: () => performance.now(),
    later: (run, ms) => void (ms === 0 ? setImmediate(run) : setTimeout(run, ms)),
    after: (run) => queueMicrotask(() => process.nextTick(run)),
    worked() {
      const now = performance.eventLoopUtilization();
      const { active } = performance.eventLoopUtilization(now, last);
      last = now;
      if (of === 'thread') return { active, used: active };
      const used = processorTime();
      const since = used - lastUsed;
      lastUsed = used;
      return { active, used: since };
    },
  });
}

/** What this process has used of the processors with all its threads, V8's own too, ms. */
function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
