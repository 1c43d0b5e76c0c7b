import type { Instant, PersonId, Position } from '@selfsame/identity';
import { Beginnings } from './beginnings.ts';
import type { Change, FlowState, Listed } from './books.ts';
import { Health } from './health.ts';
import { type Item, orderOf } from './item.ts';
import { Lines } from './lines.ts';
import type { Message, Place } from './message.ts';
import { OpenItems } from './open-items.ts';
import type { Held, Order, Sent } from './output.ts';
import type { Rate } from './rate.ts';
import { BUDGET, nextTry } from './retry.ts';
import { Turns } from './turns.ts';
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
  /** Messages a second, shared with the replays of the output; absent: as many as its receiver takes. */
  readonly rate?: Rate;
}

/** For how long an output that was just held back by its limit counts as one that is, ms: between two messages it is not. */
const LIMITED = 1_000;
/** Items that may wait in one flow; then it reads no further and the log is the buffer. */
const MOST_HELD = 20_000;
/** So many that may go next are enough, or twice what goes at once where that is more. */
const ENOUGH = 200;
/** People who may wait for a retry; then the output halts. */
const MOST_BLOCKED = 10_000;

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
  readonly #turns: Turns;
  readonly #beginnings: Beginnings;
  readonly #health: Health;
  #entered = 0;
  #through: Position;
  #flying = 0;
  /** When something could not begin for the limit alone, the last time, ms. */
  #limitedAt: Instant = Number.NEGATIVE_INFINITY;
  #givenUp = new Set<Item>();

  constructor(
    settings: FlowSettings,
    from: { cursor: Position; state: FlowState; reason: string | null; nextAt?: Instant },
  ) {
    this.#settings = settings;
    this.#through = from.cursor;
    this.#turns = new Turns(Math.max(...(settings.retries ?? [BUDGET])));
    this.#beginnings = new Beginnings(settings, from.nextAt ?? 0);
    this.#health = new Health(from);
    this.#unsaved = new Unsaved(from);
  }

  get state(): FlowState {
    return this.#health.state;
  }

  get reason(): string | null {
    return this.#health.reason;
  }

  /** Of one that runs: why what waits for a retry was not taken, the last time; null where nothing does. */
  get trouble(): string | null {
    const { state, lastFailure } = this.#health;
    if (state !== 'running' || lastFailure === null) return null;
    for (const { failures } of this.#all) if (failures > 0) return lastFailure;
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

  /** Is its limit what holds it back? */
  isLimited(now: Instant): boolean {
    const { rate } = this.#settings;
    if (rate === undefined || this.state !== 'running' || this.#turns.ready.size === 0) return false;
    return Math.max(this.#limitedAt + LIMITED, rate.freeAt) > now;
  }

  /** Is there room for more of the log? */
  get hasRoom(): boolean {
    // A halted one needs something to try its receiver with.
    if (this.state === 'halted') return this.#all.size === 0;
    return this.state === 'running' && this.#all.size < MOST_HELD && !this.#hasEnough;
  }

  /**
   * Is there as much as may go next, twice over? What lies about longer only costs: of people in order what is behind
   * somebody else's is nothing that may go.
   */
  get #hasEnough(): boolean {
    const { order, holds, items, atOnce } = this.#settings;
    const enough = Math.max(ENOUGH, 2 * items * atOnce);
    const isLane = order === 'lane' && holds === undefined;
    return (isLane ? this.#all.size : this.#turns.ready.size) >= enough;
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

  /** A replay has sent a message again. */
  countSent(): void {
    this.#unsaved.countSent();
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
    if (!behind) this.#turns.offer(item);
  }

  /** What may be sent now, in batches of one order; each is under way until it is settled. */
  start(now: Instant): readonly (readonly Item[])[] {
    if (this.state === 'paused' || this.state === 'stopped') return [];
    this.#turns.wake(now);
    if (this.state === 'halted') return this.#probe(now);
    const { rate } = this.#settings;
    const batches: Item[][] = [];
    for (const item of this.#turns.ready) {
      if (this.#flying >= this.#settings.atOnce) break;
      if (item.flying) continue;
      if (rate?.begins(this, now, batches.length > 0) === false) {
        this.#limitedAt = now;
        break;
      }
      if (item.failures === 0 && !this.#beginnings.begin(now)) continue;
      batches.push(this.#batchFrom(item, now));
      this.#flying += 1;
    }
    return batches;
  }

  /** One item, when it is time: the receiver may be back. */
  #probe(now: Instant): readonly (readonly Item[])[] {
    if (this.#flying > 0 || now < this.#health.probeAt) return [];
    const item = this.#turns.any();
    if (item === undefined) return [];
    this.#take(item);
    this.#flying += 1;
    this.#settings.rate?.take(1);
    return [[item]];
  }

  #batchFrom(first: Item, now: Instant): Item[] {
    const { items, retries, holds, rate } = this.#settings;
    const isWhole = (retries ?? holds) !== undefined;
    const most = isWhole ? items : Math.min(items, rate?.batch ?? items);
    const batch = this.#lines.takeBatch(first, holds === undefined ? this.#turns.ready : [], most, (item) => {
      if (!this.#turns.isDue(item, now)) return false;
      // What is given up together stays together.
      if (isWhole && item.failures !== first.failures) return false;
      this.#take(item);
      return true;
    });
    rate?.take(batch.length);
    return batch;
  }

  #take(item: Item): void {
    item.flying = true;
    this.#turns.remove(item);
  }

  /** What became of a batch, one outcome an item; `left` was not tried after all. Answers what was given up. */
  settle(batch: readonly Item[], sent: readonly Sent[], now: Instant, left: readonly Item[] = []): ReadonlySet<Item> {
    this.#givenUp = new Set();
    this.#flying -= 1;
    for (const item of left) item.flying = false;
    this.#settings.rate?.giveBack(left.length);
    this.#health.hear(sent);
    batch.forEach((item, i) => {
      item.flying = false;
      const outcome = sent[i] as Sent;
      if (outcome.type === 'done') this.#delivered(item);
      else if (outcome.type === 'dead') this.#giveUp(item, outcome.why, outcome.status ?? null, now);
      else if (outcome.type === 'halt') this.#stop(item, outcome.why, now);
      else this.#failed(item, outcome, now, batch[0]);
    });
    for (const item of [...batch, ...left])
      if (this.#all.has(item) && this.#lines.isHead(item)) this.#turns.offer(item);
    return this.#givenUp;
  }

  /** The receiver is not to have it: consent, or the output has no words for it and needs none. */
  withhold(item: Item, gap: boolean): void {
    item.flying = false;
    this.#settings.rate?.giveBack(1);
    if (gap) this.#unsaved.noteGap(item);
    this.#remove(item);
  }

  #delivered(item: Item): void {
    this.#unsaved.delivered(item);
    this.#remove(item);
    if (this.state !== 'halted') return;
    this.#health.recover();
    this.#tryAgain();
  }

  /** The receiver is back: what waited for it need not wait longer. */
  #tryAgain(): void {
    for (const item of this.#all) item.due = item.heldUntil;
    this.#turns.offerAgain();
  }

  #failed(item: Item, failure: Extract<Sent, { type: 'retry' }>, now: Instant, { message: { place } } = item): void {
    const { why, status } = failure;
    item.since ??= now;
    if (this.#health.noteFailure(why, now)) return;
    item.failures += 1;
    const due = nextTry(item, this.#settings, failure, place, now);
    const isTogether = this.#settings.retries !== undefined;
    if (due === undefined) this.#giveUp(item, why, status ?? null, now);
    else {
      item.due = due;
      if (isTogether) this.#keepTogether(item);
      else this.#letPass(item);
    }
    if (isTogether) return;
    if (this.#health.isAway || this.#turns.resting > MOST_BLOCKED) this.#health.halt('halted', why, now);
  }

  /** A batch that failed is written down, so that it is the same one after a restart; what came after it is not. */
  #keepTogether(item: Item): void {
    this.#writeDown(item);
    this.#unsaved.list(item);
  }

  #stop(item: Item, why: string, now: Instant): void {
    item.since ??= now;
    this.#letPass(item);
    this.#health.halt('stopped', why, now);
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
    this.#turns.remove(item);
    this.#unsaved.settled(item);
    for (const one of this.#lines.remove(item)) this.#turns.offer(one);
  }

  /** When something will be due, ms; undefined when nothing waits for a time. */
  wakeAt(): Instant | undefined {
    if (this.state === 'paused' || this.state === 'stopped') return undefined;
    if (this.state === 'halted') return this.#flying > 0 || this.#all.size === 0 ? undefined : this.#health.probeAt;
    const { nextAt } = this.#beginnings;
    const isHeld = nextAt > 0 && this.#turns.ready.size > 0 && this.#flying < this.#settings.atOnce;
    const at = Math.min(this.#turns.nextDue, isHeld ? nextAt : Number.POSITIVE_INFINITY);
    return Number.isFinite(at) ? at : undefined;
  }

  /** Sends nothing more until it is resumed; nothing is lost. */
  pause(): void {
    this.#health.pause();
  }

  /** Goes on, and tries at once what waited. */
  resume(): void {
    this.#health.resume();
    this.#tryAgain();
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
    return this.#unsaved.changes({ cursor, state, reason, nextAt: this.#beginnings.kept });
  }
}
