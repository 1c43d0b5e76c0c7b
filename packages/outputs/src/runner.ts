import type { PersonId, Position } from '@selfsame/identity';
import type { Change, FlowState, Listed } from './books.ts';
import { Flow } from './flow.ts';
import type { Item } from './item.ts';
import type { Place } from './message.ts';
import type { Replay, RunnerParts, RunnerView } from './runner-parts.ts';
import { Sender } from './sender.ts';
import { placeKey, Sequences, type Teller } from './source.ts';
import { Timers } from './timers.ts';

/** Entries of the log read at once. */
const CHUNK = 500;
/** Messages taken in at once. */
const PORTION = 20;
/** How long what need not be kept at once may wait for the books, ms: after a crash so much is sent once more. */
const LAZY = 1_000;
/** How long to wait after the log or the books failed us, ms. */
const BROKEN = 5_000;
/** Where so many wait, no event is told again: what is new goes first ([O17]). */
const MOST_AGAIN = 2_000;
/** Sequences remembered beside the books. */
const MOST_SEQUENCES = 100_000;

/** What a runner comes back for. */
type Timer = 'wake' | 'more' | 'save' | 'mend' | 'begin' | 'close';

/** Runs one output: reads, sends, writes down. Every await is behind intake, and nothing of it is ever awaited by it (G18). */
export class Runner {
  readonly #parts: RunnerParts;
  readonly #sequences = new Sequences();
  readonly #sender: Sender;
  readonly #timers: Timers<Timer>;
  readonly #sending = new Set<Promise<void>>();
  readonly #stopping = { aborted: false };
  #flow: Flow | undefined;
  #source: Teller | undefined;
  #reading: Promise<void> | undefined;
  #more = true;
  /** The source has more to say of what the log says already. */
  #rest = false;
  #begun: Position = 0;
  /** Written down before a restart, at places after the cursor. */
  readonly #early = new Map<string, Listed>();
  /** What the books were yet to be told, oldest first. */
  readonly #unwritten: Change[] = [];
  #sent = 0;
  /** How many the books list, until they are taken up. */
  #listed = 0;
  /** Somebody resumed it before it had taken up what was left. */
  #isResumed = false;
  #told: FlowState | undefined;
  /** Why it has not begun, for people. */
  #trouble: string | undefined;
  #closing: Promise<void> | undefined;

  constructor(parts: RunnerParts) {
    this.#parts = parts;
    this.#sender = new Sender(parts);
    this.#timers = new Timers(parts.timer);
  }

  /**
   * Takes up what the books say was left; a new output begins after `from`. Resolves once it runs. A replay reads from
   * the beginning, and `from` is where its output once began.
   */
  async start(from: Position): Promise<void> {
    try {
      await this.#begin(from);
    } catch (error) {
      this.#parts.onError(error);
      this.#beginLater(from);
    }
  }

  #beginLater(from: Position): void {
    if (!this.#stopping.aborted) this.#timers.after('begin', BROKEN, () => void this.start(from));
  }

  async #begin(from: Position): Promise<void> {
    const { name, output, books, replay, rate } = this.#parts;
    this.#write();
    const known = books.open(name);
    const account = known ?? {
      begun: from,
      cursor: from,
      state: 'running' as const,
      reason: null,
      nextAt: 0,
      sent: 0,
      listed: [],
    };
    const flow = new Flow(
      { ...output, items: output.batch.items, ...(rate === undefined ? {} : { rate }) },
      replay === undefined ? account : { ...account, cursor: 0 },
    );
    this.#begun = replay === undefined ? account.begun : from;
    this.#sent = account.sent;
    this.#listed = account.listed.length;
    this.#told = account.state;
    this.#flow = flow;
    // It begins here, also when it is stopped before the log is read up to here.
    if (known === undefined) books.save(name, flow.changes());
    const cursor = await this.#beginning(account.cursor);
    if (this.#stopping.aborted) return;
    if (cursor === undefined) {
      this.#beginLater(from);
      return;
    }
    const source = this.#parts.source();
    if (replay === undefined) {
      flow.beginAfter(cursor);
      await this.#takeUp(flow, source, cursor, account.listed);
      if (this.#stopping.aborted) return;
    }
    // Asked for meanwhile: what was listed is tried at once as well.
    if (this.#isResumed) flow.resume();
    this.#source = source;
    this.pump();
  }

  /** Folds the log up to the cursor, and takes up what the books list. */
  async #takeUp(flow: Flow, source: Teller, cursor: Position, listed: readonly Listed[]): Promise<void> {
    const places = new Map(listed.map((one) => [placeKey(one), one]));
    const found = await source.skipTo(cursor, listed, this.#stopping);
    if (this.#stopping.aborted) return;
    for (const message of found) {
      const was = places.get(placeKey(message.place));
      if (was === undefined) continue;
      places.delete(placeKey(message.place));
      if ('kept' in this.#parts.connect(message)) {
        flow.forget(message.place);
        continue;
      }
      if (message.person !== null) this.#noteGap(flow, message.person.id);
      flow.restore(message, this.#parts.idOf(message.place), was);
    }
    for (const [key, was] of places) {
      // Behind the cursor is somebody who was not written down: this one is read again.
      if (was.position > cursor) this.#early.set(key, was);
      else flow.forget(was);
    }
  }

  /** Where to begin, as the output itself says; undefined while it cannot say. */
  async #beginning(cursor: Position): Promise<Position | undefined> {
    const { output, replay, onError } = this.#parts;
    if (output.begin === undefined || replay !== undefined) return cursor;
    try {
      const begins = await output.begin(cursor);
      this.#trouble = undefined;
      return begins;
    } catch (error) {
      this.#trouble = error instanceof Error ? error.message : 'the receiver cannot be looked at';
      onError(error);
      return undefined;
    }
  }

  /** The log has grown. */
  wake(): void {
    this.#more = true;
    this.pump();
  }

  view(): RunnerView {
    const flow = this.#flow;
    const isReady = this.#source !== undefined;
    return {
      state: flow?.state ?? 'running',
      reason: this.#trouble ?? flow?.reason ?? flow?.trouble ?? null,
      cursor: flow?.cursor ?? 0,
      sent: this.#sent,
      held: isReady && flow !== undefined ? flow.held : this.#listed,
      waiting: flow?.waiting ?? 0,
      limited: isReady && flow?.isLimited(this.#parts.clock()) === true,
      oldest: flow?.oldest ?? null,
    };
  }

  /** Holds at once, also while the log is still read up to where it was left. */
  pause(): void {
    this.#isResumed = false;
    this.#flow?.pause();
    this.#save();
    this.#tellState();
  }

  resume(): void {
    this.#isResumed = this.#source === undefined;
    this.#flow?.resume();
    this.#more = true;
    this.#save();
    this.#tellState();
    this.pump();
  }

  /** A replay, which has no account of its own, has sent a message of this output again. */
  countSent(): void {
    const flow = this.#flow;
    if (flow === undefined) return;
    this.#sent += 1;
    flow.countSent();
    if (this.#stopping.aborted) this.#save();
    else this.#setTimers(flow);
  }

  /** Ends what is under way; it is sent again after the next start, with the same id. */
  async stop(): Promise<void> {
    this.#stopping.aborted = true;
    await this.#reading;
    await Promise.all(this.#sending);
    await this.#closing;
    this.#save();
    this.#timers.callOffAll();
  }

  /** Reads while there is room, sends what may be sent, comes back when something is due. */
  pump(): void {
    const flow = this.#flow;
    if (flow === undefined || this.#source === undefined || this.#stopping.aborted) return;
    const isMore = this.#more || (this.#rest && flow.held < MOST_AGAIN);
    if (isMore && flow.hasRoom && this.#reading === undefined) {
      this.#reading = this.#read(flow).then(
        () => {
          this.#reading = undefined;
          this.pump();
        },
        (error) => {
          this.#reading = undefined;
          void this.#takeUpAgain(error);
        },
      );
    }
    for (const batch of flow.start(this.#parts.clock())) {
      const sending = this.#send(flow, batch).catch((error) => this.#broke(error));
      this.#sending.add(sending);
      void sending.finally(() => {
        this.#sending.delete(sending);
        this.pump();
      });
    }
    this.#setTimers(flow);
    this.#tellState();
    const { replay } = this.#parts;
    const isRead = !this.#more && !this.#rest && this.#reading === undefined;
    if (replay !== undefined && isRead && flow.held === 0 && flow.flying === 0) {
      this.#stopping.aborted = true;
      this.#save();
      replay.done();
    }
  }

  async #read(flow: Flow): Promise<void> {
    const source = this.#source as Teller;
    const { connect, output, idOf, onTold, replay, turn } = this.#parts;
    const before = flow.through;
    this.#more = false;
    const spare = Math.max(0, MOST_AGAIN - flow.held);
    const { messages, through, rest, at } = await source.next(CHUNK, replay?.until, spare);
    if (through > before || messages.length > 0) this.#more = true;
    this.#rest = rest;
    // A replay tells what there is to tell; what is not yet, its output will.
    if (at !== undefined && replay === undefined)
      this.#timers.after('more', Math.max(0, at - this.#parts.clock()), () => this.wake());
    let items: (Pick<Item, 'message' | 'id' | 'sequence'> & { readonly was?: Listed | undefined })[] = [];
    for (const message of messages) {
      const wait = turn?.();
      if (wait !== undefined) await wait;
      if (this.#stopping.aborted) return;
      if (!output.takes.has(message.kind) || output.wants?.(message) === false) continue;
      const connected = connect(message);
      if ('kept' in connected) {
        onTold?.({ type: 'kept', message, ...connected });
        continue;
      }
      const isOld = replay !== undefined && message.place.position <= this.#begun;
      const isAgain = message.kind === 'event' && message.again === true;
      // Where people have no order, nobody could miss a number.
      const isNumbered = output.order === 'person' && !isOld && !isAgain;
      const counted = !isNumbered ? 0 : this.#sequences.next(message, (person) => this.#marked(flow, person));
      const sequence = replay?.places?.get(placeKey(message.place)) ?? counted;
      if (replay !== undefined && !isReplayed(replay, message.place)) continue;
      const was = this.#early.get(placeKey(message.place));
      items.push({ message, id: idOf(message.place), sequence, was });
      if (items.length < PORTION) continue;
      // The cursor stays until all of them are in.
      flow.admit(items, before);
      items = [];
    }
    flow.admit(items, through);
    if (this.#sequences.size > MOST_SEQUENCES && !flow.hasMarks) this.#sequences.clear();
  }

  async #send(flow: Flow, batch: readonly Item[]): Promise<void> {
    await this.#sender.send(flow, batch, () => {
      this.#sent += 1;
    });
    // What is sent seldom is written down at once: it would be told twice after a crash.
    if (flow.hasNews || this.#parts.output.apart !== undefined) this.#save();
  }

  #marked(flow: Flow, person: PersonId): number {
    return this.#parts.replay === undefined ? this.#noteGap(flow, person) : 0;
  }

  /** What the books say of a person: a gap is for their next message to tell of. Answers their last sequence. */
  #noteGap(flow: Flow, person: PersonId): number {
    const { sequence, gap } = this.#parts.books.mark(this.#parts.name, person) ?? { sequence: 0, gap: 0 };
    if (gap > 0) flow.missed(person, gap);
    return sequence;
  }

  #setTimers(flow: Flow): void {
    const at = flow.wakeAt();
    if (at === undefined) this.#timers.callOff('wake');
    else this.#timers.after('wake', Math.max(0, at - this.#parts.clock()), () => this.pump());
    this.#setClosing(flow);
    if (flow.hasMoved && !this.#timers.has('save')) this.#timers.after('save', LAZY, () => this.#save());
  }

  /** What an output gathers is closed in its time. */
  #setClosing(flow: Flow): void {
    const { output, clock } = this.#parts;
    const at = output.closesAt?.();
    if (at === undefined) {
      this.#timers.callOff('close');
      return;
    }
    if (this.#timers.has('close') || this.#closing !== undefined) return;
    this.#timers.after('close', Math.max(0, at - clock()), () => {
      if (this.#stopping.aborted) return;
      this.#closing = (output.close?.(clock(), flow.cursor) ?? Promise.resolve()).then(
        () => {
          this.#closing = undefined;
          this.pump();
        },
        (error) => {
          this.#closing = undefined;
          this.#broke(error);
        },
      );
    });
  }

  #save(): void {
    const flow = this.#flow;
    if (flow === undefined) return;
    this.#timers.callOff('save');
    if (flow.hasNews || flow.hasMoved) this.#unwritten.push(flow.changes());
    try {
      this.#write();
    } catch (error) {
      this.#broke(error);
    }
  }

  /** @throws where the books cannot be written: what is to be kept is written first the next time. */
  #write(): void {
    for (let change = this.#unwritten[0]; change !== undefined; change = this.#unwritten[0]) {
      this.#parts.books.save(this.#parts.name, change);
      this.#unwritten.shift();
    }
  }

  /** The books cannot be written just now, or something else went wrong: it is tried again a little later. */
  #broke(error: unknown): void {
    this.#parts.onError(error);
    if (this.#stopping.aborted) return;
    this.#timers.after('mend', BROKEN, () => {
      this.#save();
      this.wake();
    });
  }

  /** The log broke off in the middle of what it said: all that is not settled is taken up again, as after a start. */
  async #takeUpAgain(error: unknown): Promise<void> {
    this.#parts.onError(error);
    this.#source = undefined;
    await Promise.all(this.#sending);
    await this.#closing;
    if (this.#stopping.aborted) return;
    this.#save();
    this.#sequences.clear();
    this.#early.clear();
    this.#rest = false;
    this.#more = true;
    this.#beginLater(this.#begun);
  }

  #tellState(): void {
    const flow = this.#flow;
    if (flow === undefined || flow.state === this.#told) return;
    this.#told = flow.state;
    this.#parts.onState?.(flow.state, flow.reason);
  }
}

const isReplayed = ({ from, places }: Replay, place: Place): boolean =>
  places === undefined ? place.position > from : places.has(placeKey(place));
