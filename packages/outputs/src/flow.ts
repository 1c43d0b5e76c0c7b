import type { Instant, PersonId, Position } from '@selfsame/identity';
import type { Change, FlowState, Listed } from './books.ts';
import { type Item, orderOf } from './item.ts';
import { Lines } from './lines.ts';
import type { Message, Place } from './message.ts';
import { OpenItems } from './open-items.ts';
import type { Held, Order, Sent } from './output.ts';
import { BUDGET, laneWait, probeAfter, waitAfter } from './retry.ts';
import { Unsaved } from './unsaved.ts';

export interface FlowSettings {
  readonly order: Order;
  readonly expands?: true;
  /** What each message goes together with, and when. */
  readonly holds?: (message: Message) => Held;
  readonly items: number;
  readonly atOnce: number;
  /** From the start of one batch to that of the next, ms. */
  readonly apart?: number;
  /** How long the first item of a batch waits for others, ms. */
  readonly gather?: number;
  /** Of a lane: how long to wait after each failure of a batch, ms; after the last it is given up. Absent: nothing is. */
  readonly retries?: readonly number[];
}

/** Failures in a row after which a receiver counts as away. */
const AWAY_AFTER = 20;
/** Items that may wait in one flow; then it reads no further and the log is the buffer. */
const MOST_HELD = 20_000;
/** People who may wait for a retry; then the output halts. */
const MOST_BLOCKED = 10_000;

/** Is it time for something that waits `most` ms at most? A longer wait means that the clock was set back (G25). */
const isTime = (due: Instant, now: Instant, most: number): boolean => due <= now || due - now > most;

/**
 * One output's way through its messages: who may be sent now, who waits for whom, what was given up ([O2]–[O8]). Holds
 * no clock and no socket: it is told the time and what became of what it sent.
 */
export class Flow {
  readonly #settings: FlowSettings;
  readonly #lines = new Lines();
  readonly #unsaved: Unsaved;
  readonly #open = new OpenItems();
  readonly #all = new Set<Item>();
  /** With nobody before them, and due. */
  readonly #ready = new Set<Item>();
  /** With nobody before them, and waiting for their time. */
  readonly #resting = new Set<Item>();
  #entered = 0;
  #through: Position;
  #flying = 0;
  #inARow = 0;
  #probes = 0;
  #nextDue: Instant = Number.POSITIVE_INFINITY;
  #probeAt: Instant = 0;
  /** Before this no new batch begins, ms. */
  #nextAt: Instant;
  #isGathering = false;
  #state: FlowState;
  #reason: string | null;
  #lastFailure: string | null = null;
  #givenUp = new Set<Item>();

  constructor(
    settings: FlowSettings,
    from: { cursor: Position; state: FlowState; reason: string | null; nextAt?: Instant },
  ) {
    this.#settings = settings;
    this.#through = from.cursor;
    this.#state = from.state;
    this.#reason = from.reason;
    this.#nextAt = from.nextAt ?? 0;
    this.#unsaved = new Unsaved(from);
  }

  get state(): FlowState {
    return this.#state;
  }

  get reason(): string | null {
    return this.#reason;
  }

  /** Of one that runs: why what waits for a retry was not taken, the last time; null where nothing does. */
  get trouble(): string | null {
    if (this.#state !== 'running' || this.#lastFailure === null) return null;
    for (const { failures } of this.#all) if (failures > 0) return this.#lastFailure;
    return null;
  }

  /** Everything up to here is settled or listed. */
  get cursor(): Position {
    return Math.min(this.#through, this.#open.first - 1);
  }

  /** How far the log was read. */
  get through(): Position {
    return this.#through;
  }

  /** Items that are not settled. */
  get held(): number {
    return this.#all.size;
  }

  /** Items that were not tried yet. */
  get waiting(): number {
    let waiting = 0;
    for (const item of this.#all) if (item.failures === 0 && !item.flying) waiting += 1;
    return waiting;
  }

  get flying(): number {
    return this.#flying;
  }

  /** Is there room for more of the log? */
  get hasRoom(): boolean {
    // A halted one needs something to try its receiver with.
    return this.#state === 'halted' ? this.#all.size === 0 : this.#state === 'running' && this.#all.size < MOST_HELD;
  }

  /** Takes messages in, in log order, and how far the log was read for them. `was`: it stands in the books already. */
  admit(
    items: readonly (Pick<Item, 'message' | 'id' | 'sequence'> & { readonly was?: Listed | undefined })[],
    through: Position,
  ): void {
    for (const { message, id, sequence, was } of items) {
      if (was === undefined) this.#enter(this.#itemOf(message, id, sequence));
      else this.restore(message, id, was);
      this.#unsaved.number(message, sequence);
    }
    this.#through = Math.max(this.#through, through);
  }

  /** Takes back what was listed before a restart. */
  restore(message: Message, id: string, { failures, due, since, sequence }: Listed): void {
    this.#enter({ ...this.#itemOf(message, id, sequence), failures, due, since, listed: true });
  }

  /** The receiver itself says how far it is: nothing was admitted yet. */
  beginAfter(cursor: Position): void {
    this.#through = cursor;
  }

  #itemOf(message: Message, id: string, sequence: number): Item {
    const { order, expands, holds } = this.#settings;
    const held = holds?.(message);
    const place = held === undefined ? orderOf(message, order, expands) : { keys: [held.key], anchor: undefined };
    const heldUntil = held?.until ?? 0;
    const waits = { heldUntil, failures: 0, due: heldUntil, since: null, listed: false, flying: false };
    return { message, id, sequence, ...place, nth: this.#entered++, ...waits };
  }

  /** A message of this person was not delivered before the restart. */
  missed(person: PersonId, sequence: number): void {
    this.#unsaved.missed(person, sequence);
  }

  /** Something listed that is not to be sent any more: another connection would not have taken it. */
  forget(place: Place): void {
    this.#unsaved.unlist(place);
  }

  /** The gap that a message tells of: what its person was not given just before. */
  gapOf(message: Message): number | undefined {
    return this.#unsaved.gapOf(message);
  }

  /** Arrival of the oldest message that is not settled, ms. */
  get oldest(): Instant | null {
    let oldest: Instant | null = null;
    for (const { message } of this.#open) return message.at;
    for (const { message } of this.#all) if (oldest === null || message.at < oldest) oldest = message.at;
    return oldest;
  }

  #enter(item: Item): void {
    this.#all.add(item);
    const { behind, behindListed } = this.#lines.enter(item);
    if (!item.listed) this.#open.add(item);
    if (behindListed && this.#settings.order !== 'lane') this.#writeDown(item);
    if (!behind) this.#offer(item);
  }

  /** An item has nobody before it. */
  #offer(item: Item): void {
    if (item.due === 0) this.#ready.add(item);
    else {
      this.#resting.add(item);
      this.#nextDue = Math.min(this.#nextDue, item.due);
    }
  }

  /** What may be sent now, in batches of one order; each is under way until it is settled. */
  start(now: Instant): readonly (readonly Item[])[] {
    if (this.#state === 'paused' || this.#state === 'stopped') return [];
    this.#wake(now);
    if (this.#state === 'halted') return this.#probe(now);
    const batches: Item[][] = [];
    for (const item of this.#ready) {
      if (this.#flying >= this.#settings.atOnce) break;
      if (item.flying) continue;
      if (item.failures === 0) {
        if (!this.#mayBegin(now)) continue;
        if (this.#settings.apart !== undefined) this.#nextAt = now + this.#settings.apart;
      }
      batches.push(this.#batchFrom(item, now));
      this.#flying += 1;
    }
    return batches;
  }

  #mayBegin(now: Instant): boolean {
    const { apart = 0, gather = 0 } = this.#settings;
    if (gather > 0 && !this.#isGathering) {
      this.#isGathering = true;
      this.#nextAt = Math.max(this.#nextAt, now + gather);
    }
    if (!isTime(this.#nextAt, now, Math.max(apart, gather))) return false;
    this.#isGathering = false;
    return true;
  }

  #wake(now: Instant): void {
    if (!this.#isDue(this.#nextDue, now)) return;
    this.#nextDue = Number.POSITIVE_INFINITY;
    for (const item of this.#resting) {
      if (this.#isDue(item.due, now)) {
        this.#resting.delete(item);
        this.#ready.add(item);
      } else this.#nextDue = Math.min(this.#nextDue, item.due);
    }
  }

  #isDue(due: Instant, now: Instant): boolean {
    const { retries = [BUDGET] } = this.#settings;
    return isTime(due, now, Math.max(...retries));
  }

  /** One item, when it is time: the receiver may be back. */
  #probe(now: Instant): readonly (readonly Item[])[] {
    if (this.#flying > 0 || now < this.#probeAt) return [];
    const [item] = this.#all.size === 0 ? [] : [...this.#resting, ...this.#ready];
    if (item === undefined) return [];
    this.#take(item);
    this.#flying += 1;
    return [[item]];
  }

  #batchFrom(first: Item, now: Instant): Item[] {
    const { items, retries, holds } = this.#settings;
    return this.#lines.takeBatch(first, holds === undefined ? this.#ready : [], items, (item) => {
      if (item.due > 0 && !this.#ready.has(item) && !this.#isDue(item.due, now)) return false;
      // What is given up together stays together.
      if ((retries ?? holds) !== undefined && item.failures !== first.failures) return false;
      this.#take(item);
      return true;
    });
  }

  #take(item: Item): void {
    item.flying = true;
    this.#ready.delete(item);
    this.#resting.delete(item);
  }

  /** What became of a batch, one outcome an item; `left` was not tried after all. Answers what was given up. */
  settle(batch: readonly Item[], sent: readonly Sent[], now: Instant, left: readonly Item[] = []): ReadonlySet<Item> {
    this.#givenUp = new Set();
    this.#flying -= 1;
    for (const item of left) item.flying = false;
    if (sent.some((one) => one.type === 'done')) this.#inARow = 0;
    else if (sent.some((one) => one.type === 'retry')) this.#inARow += 1;
    batch.forEach((item, i) => {
      item.flying = false;
      const outcome = sent[i] as Sent;
      if (outcome.type === 'done') this.#delivered(item);
      else if (outcome.type === 'dead') this.#giveUp(item, outcome.why, outcome.status ?? null, now);
      else if (outcome.type === 'halt') this.#stop(item, outcome.why, now);
      else this.#failed(item, outcome, now, batch[0]);
    });
    for (const item of [...batch, ...left]) if (this.#all.has(item) && this.#lines.isHead(item)) this.#offer(item);
    return this.#givenUp;
  }

  /** The receiver is not to have it: consent, or the output has no words for it and needs none. */
  withhold(item: Item, gap: boolean): void {
    item.flying = false;
    if (gap) this.#unsaved.noteGap(item);
    this.#remove(item);
  }

  #delivered(item: Item): void {
    this.#unsaved.delivered(item);
    this.#remove(item);
    if (this.#state === 'halted') this.#recover();
  }

  /** The receiver is back: what waited for it need not wait longer. */
  #recover(): void {
    this.#state = 'running';
    this.#reason = null;
    this.#probes = 0;
    for (const item of this.#all) item.due = item.heldUntil;
    const resting = [...this.#resting];
    this.#resting.clear();
    for (const item of resting) this.#offer(item);
  }

  #failed(
    item: Item,
    { why, after, status }: Extract<Sent, { type: 'retry' }>,
    now: Instant,
    { message: { place } } = item,
  ): void {
    item.since ??= now;
    this.#lastFailure = why;
    if (this.#state === 'halted') {
      this.#reason = why;
      this.#probeAt = now + probeAfter(this.#probes++);
      return;
    }
    item.failures += 1;
    if (this.#settings.retries !== undefined) {
      this.#retryTogether(item, this.#settings.retries, why, status, now);
      return;
    }
    if (this.#settings.order === 'lane') item.due = now + laneWait(item.failures, after);
    else this.#retry(item, why, status, now, waitAfter(item.failures, place, after));
    if (this.#inARow >= AWAY_AFTER || this.#resting.size > MOST_BLOCKED) this.#halt('halted', why, now);
  }

  #retry(item: Item, why: string, status: number | undefined, now: Instant, wait: number): void {
    const end = (item.since ?? now) + BUDGET;
    if (now >= end) {
      this.#giveUp(item, why, status ?? null, now);
      return;
    }
    item.due = Math.min(now + wait, end);
    this.#letPass(item);
  }

  /** A batch that failed is written down, so that it is the same one after a restart; what came after it is not. */
  #retryTogether(item: Item, retries: readonly number[], why: string, status: number | undefined, now: Instant): void {
    const wait = retries[item.failures - 1];
    if (wait === undefined) {
      this.#giveUp(item, why, status ?? null, now);
      return;
    }
    item.due = now + wait;
    this.#writeDown(item);
    this.#unsaved.list(item);
  }

  #stop(item: Item, why: string, now: Instant): void {
    item.since ??= now;
    this.#letPass(item);
    this.#halt('stopped', why, now);
  }

  #halt(state: 'halted' | 'stopped', why: string, now: Instant): void {
    if (this.#state === 'paused') return;
    this.#state = state;
    this.#reason = why;
    this.#probes = 0;
    this.#probeAt = now + probeAfter(this.#probes++);
  }

  #giveUp(item: Item, why: string, status: number | null, now: Instant): void {
    this.#givenUp.add(item);
    this.#unsaved.gaveUp(item, why, status, now);
    this.#unsaved.noteGap(item);
    this.#remove(item);
  }

  /** [O2] The cursor passes somebody who waits; whoever waits for them is written down as well. In a lane all wait. */
  #letPass(item: Item): void {
    if (this.#settings.order === 'lane') return;
    if (item.listed) {
      this.#unsaved.list(item);
      return;
    }
    const open = [item];
    for (let one = open.pop(); one !== undefined; one = open.pop()) {
      this.#writeDown(one);
      open.push(...this.#lines.behind(one));
    }
  }

  #writeDown(item: Item): void {
    if (item.listed) return;
    item.listed = true;
    this.#unsaved.list(item);
    this.#open.delete(item);
    this.#lines.noteListed(item);
  }

  #remove(item: Item): void {
    this.#all.delete(item);
    this.#open.delete(item);
    this.#ready.delete(item);
    this.#resting.delete(item);
    this.#unsaved.settled(item);
    for (const one of this.#lines.remove(item)) this.#offer(one);
  }

  /** When something will be due, ms; undefined when nothing waits for a time. */
  wakeAt(): Instant | undefined {
    if (this.#state === 'paused' || this.#state === 'stopped') return undefined;
    if (this.#state === 'halted') return this.#flying > 0 || this.#all.size === 0 ? undefined : this.#probeAt;
    const isHeld = this.#nextAt > 0 && this.#ready.size > 0 && this.#flying < this.#settings.atOnce;
    const at = Math.min(this.#nextDue, isHeld ? this.#nextAt : Number.POSITIVE_INFINITY);
    return Number.isFinite(at) ? at : undefined;
  }

  /** Sends nothing more until it is resumed; nothing is lost. */
  pause(): void {
    this.#state = 'paused';
    this.#reason = null;
  }

  /** Goes on, and tries at once what waited. */
  resume(): void {
    this.#inARow = 0;
    this.#recover();
  }

  /** Has the cursor or the state changed since the books were told? */
  get hasMoved(): boolean {
    return this.#unsaved.hasMoved(this);
  }

  /** Sequences that are not in the books yet. */
  get hasMarks(): boolean {
    return this.#unsaved.hasMarks;
  }

  /** Is there something that a crash would do wrong without? */
  get hasNews(): boolean {
    return this.#unsaved.hasNews;
  }

  /** What the books are to be told since the last time. */
  changes(): Change {
    const { cursor, state, reason } = this;
    const nextAt = this.#settings.apart === undefined ? 0 : this.#nextAt;
    return this.#unsaved.changes({ cursor, state, reason, nextAt });
  }
}
