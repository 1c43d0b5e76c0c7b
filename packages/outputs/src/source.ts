import {
  type Entry,
  type Graph,
  type Instant,
  MemoryGraph,
  type PersonId,
  type Position,
  type ProjectId,
  type Rules,
  replay,
  type Said,
  type Undone,
  undoIn,
  type Verdict,
} from '@selfsame/identity';
import { againOf, type Expansion } from './expansion.ts';
import { Expansions } from './expansions.ts';
import type { Message, Place } from './message.ts';
import { type FoldedAgain, Narrator, type Steps } from './narrator.ts';

/** An entry of the log and what was decided of it. */
export interface Decided {
  readonly entry: Entry;
  readonly verdict: Verdict;
}

export interface SourceOptions {
  readonly project: ProjectId;
  /** The log after a position, oldest first. */
  readonly read: (after: Position) => AsyncIterable<Decided>;
  /** The entries of the project that took something back or put it back, oldest first. */
  readonly undos: () => Promise<readonly Decided[]>;
  readonly rules: Rules;
  /** Tell also of identifiers that are met for the first time. */
  readonly met?: boolean;
  /** Say of everyone all there is. */
  readonly profiles?: boolean;
  /**
   * Tell every event that a correction concerns again ([O17]): `in order` before anything later, `aside` a few at a time
   * beside what is new. `at` gives an entry of the log.
   */
  readonly expand?: {
    readonly how: 'in order' | 'aside';
    readonly at: (position: Position) => Promise<Decided | undefined>;
  };
  /** Others read `graph` whenever it has given way: each entry is taken in whole. */
  readonly isRead?: true;
  /** Lets other work have its turn; undefined: there is none. */
  readonly turn: () => Promise<void> | undefined;
}

/** What there is to say next. */
export interface Telling {
  readonly messages: readonly Message[];
  /** Everything up to here was told. */
  readonly through: Position;
  /** There is more to say without anything new in the log. */
  readonly rest: boolean;
  /** Then there will be, ms. */
  readonly at?: Instant;
}

/** Tells a log from a place on. */
export interface Teller {
  /**
   * Takes in everything up to a position and says nothing of it, but for the messages at some places.
   * @param wanted those places
   */
  skipTo(
    position: Position,
    wanted?: readonly Place[],
    signal?: { readonly aborted: boolean },
  ): Promise<readonly Message[]>;
  /**
   * The messages of about `limit` more entries, and how far the log was told with them.
   * @param spare how many events may be told again beside them
   */
  next(limit: number, until?: Position, spare?: number): Promise<Telling>;
}

/** Entries before it is asked whether it may go on. */
const STRETCH = 10;
/** Of so many messages one may tell of an event again while there is something new to say. */
const SHARE = 10;

/** One project's messages from a place of the log on. */
export class Source implements Teller {
  readonly #options: SourceOptions;
  readonly #narrator: Narrator;
  #through: Position = 0;
  readonly #again: Expansions;
  /** What an entry says, once the expansions that it concerns were told. */
  #held: { readonly messages: readonly Message[]; readonly expansions: readonly Expansion[] } | undefined;

  constructor(options: SourceOptions) {
    this.#options = options;
    this.#narrator = new Narrator({ ...options, expands: options.expand !== undefined });
    this.#again = new Expansions(async (position) => await options.expand?.at(position));
  }

  /** How far the log was taken in. */
  get through(): Position {
    return this.#through;
  }

  /** Who is who there. */
  get graph(): Graph {
    return this.#narrator.graph;
  }

  async skipTo(
    position: Position,
    wanted: readonly Place[] = [],
    signal?: { readonly aborted: boolean },
  ): Promise<readonly Message[]> {
    const found: Message[] = [];
    if (position <= this.#through) return found;
    const positions = new Set(wanted.map((one) => one.position));
    // Up to the first entry that is told, the log reads as if what is taken back by then had never come ([U2]).
    const first = Math.min(position + 1, ...positions);
    if (this.#through === 0)
      this.#narrator.expect((await this.#options.undos()).filter(({ entry }) => entry.position < first));
    let since = 0;
    for await (const decided of this.#options.read(this.#through)) {
      if (decided.entry.position > position || signal?.aborted === true) break;
      if (++since % STRETCH === 0) await this.#options.turn();
      if (positions.has(decided.entry.position) && decided.entry.project === this.#options.project) {
        const { again, changed } = await this.#undoneBy(decided);
        found.push(...(await this.#toldAt(decided, again, changed, wanted)));
        this.#through = decided.entry.position;
      } else await this.follow(decided);
    }
    this.#through = Math.max(this.#through, position);
    return found;
  }

  /** Takes in the next entry of the log and says nothing of it. */
  async follow(decided: Decided): Promise<void> {
    if (decided.entry.project === this.#options.project) {
      const { again } = await this.#undoneBy(decided);
      await this.#inTurns(this.#narrator.follow(decided, again));
    }
    // Not before: whoever reads the graph goes by it.
    this.#through = decided.entry.position;
  }

  /** A message of what was taken in, of whoever it belongs to now; undefined for an event that was taken back. */
  asOfNow(message: Message): Message | undefined {
    return this.#narrator.asOfNow(message);
  }

  /** All messages of an entry, and of the events it has told again those that are wanted. */
  async #toldAt(
    decided: Decided,
    again: FoldedAgain | undefined,
    changed: readonly Decided[] | undefined,
    wanted: readonly Place[],
  ): Promise<readonly Message[]> {
    const told = await this.#inTurns(this.#narrator.tell(decided, again, changed));
    const repeated: Message[] = [];
    const parts = wanted.filter((one) => one.position === decided.entry.position).map((one) => one.part);
    for (const expansion of this.#narrator.expansionsOf(told)) {
      for (const part of parts) {
        const event = expansion.events[part - expansion.part];
        const said = event === undefined ? undefined : await this.#options.expand?.at(event);
        const message = said === undefined ? undefined : againOf(expansion, part - expansion.part, said);
        if (message !== undefined) repeated.push(message);
      }
    }
    return [...told, ...repeated];
  }

  async next(limit: number, until = Number.POSITIVE_INFINITY, spare = limit): Promise<Telling> {
    const messages: Message[] = [];
    await this.#release(messages, limit);
    let since = 0;
    let isNew = false;
    if (this.#held === undefined) {
      for await (const decided of this.#options.read(this.#through)) {
        if (decided.entry.position > until) break;
        isNew = true;
        this.#through = decided.entry.position;
        if (decided.entry.project === this.#options.project) {
          const { again, changed } = await this.#undoneBy(decided);
          const told = await this.#inTurns(this.#narrator.tell(decided, again, changed));
          this.#held = { messages: told, expansions: this.#narrator.expansionsOf(told) };
          if (this.#mustWait(told)) break;
          this.#letGo(messages);
        }
        if (++since >= limit || messages.length >= limit) break;
        if (since % STRETCH === 0) await this.#options.turn();
      }
    }
    const share = isNew ? Math.ceil(limit / SHARE) : limit;
    messages.push(...(await this.#again.next(Math.min(spare, share))));
    const told = this.#held === undefined ? this.#through : this.#through - 1;
    return {
      messages,
      through: Math.min(told, this.#again.first - 1),
      rest: this.#held !== undefined || !this.#again.isEmpty,
    };
  }

  /** Older words go before what is held. */
  async #release(messages: Message[], limit: number): Promise<void> {
    if (this.#held === undefined) return;
    while (messages.length < limit && this.#mustWait(this.#held.messages))
      messages.push(...(await this.#again.next(limit - messages.length)));
    if (!this.#mustWait(this.#held.messages)) this.#letGo(messages);
  }

  #mustWait(messages: readonly Message[]): boolean {
    if (this.#options.expand?.how === 'in order') return !this.#again.isEmpty && messages.length > 0;
    return this.#again.concerns(messages);
  }

  #letGo(messages: Message[]): void {
    messages.push(...(this.#held?.messages ?? []));
    this.#again.add(this.#held?.expansions ?? []);
    this.#held = undefined;
  }

  /**
   * What an undo touches, folded again, and the entries whose event it changes; nothing for any other entry. Costs
   * reading the log again, in turns.
   */
  async #undoneBy(decided: Decided): Promise<{ readonly again?: FoldedAgain; readonly changed?: readonly Decided[] }> {
    const undo = undoIn(decided);
    if (undo === undefined || this.#narrator.expects(decided)) return {};
    const named = new Set(undo.told.map(({ entry }) => entry));
    const recounted = this.#narrator.changedBy(undo);
    const undone: Decided[] = [];
    const changed: Decided[] = [];
    await this.#look(decided, (one) => {
      if (named.has(one.entry.position)) undone.push(one);
      if (recounted.has(one.entry.position)) changed.push(one);
    });
    const search = this.#narrator.searchFor(undone);
    while (search.begin()) await this.#look(decided, (one) => search.look(one));
    const { keys, told } = search.touched;
    return { again: { keys, graph: await this.#fold(told, this.#narrator.undoneAfter(undo)) }, changed };
  }

  /** One entry may be much to say, or to take in. */
  async #inTurns<T>(steps: Steps<T>): Promise<T> {
    for (let since = 1; ; since++) {
      const step = steps.next();
      if (step.done === true) return step.value;
      if (since % STRETCH === 0 && this.#options.isRead !== true) await this.#options.turn();
    }
  }

  /** Somebody's whole history may be folded again here: in turns. */
  async #fold(told: readonly Said[], undone: Undone): Promise<MemoryGraph> {
    const { rules, turn } = this.#options;
    const graph = new MemoryGraph();
    for (const [i, said] of told.entries()) {
      if (i % STRETCH === STRETCH - 1) await turn();
      replay(graph, rules, said, undone);
    }
    return graph;
  }

  /** Shows every entry of the project before one. */
  async #look({ entry }: Decided, each: (one: Decided) => void): Promise<void> {
    let since = 0;
    for await (const one of this.#options.read(0)) {
      if (one.entry.position >= entry.position) return;
      if (++since % STRETCH === 0) await this.#options.turn();
      if (one.entry.project === entry.project) each(one);
    }
  }
}

/** One text for one place. */
export const placeKey = ({ position, part }: Place): string => `${position}.${part}`;

/** Counts the messages of each person. */
export class Sequences {
  readonly #last = new Map<PersonId, number>();

  /** The next number of the person whose message this is; 0 for a message of nobody. `known` says where to begin. */
  next(message: Message, known: (person: PersonId) => number): number {
    const person = message.person?.id;
    if (person === undefined) return 0;
    const sequence = (this.#last.get(person) ?? known(person)) + 1;
    this.#last.set(person, sequence);
    return sequence;
  }

  get size(): number {
    return this.#last.size;
  }

  clear(): void {
    this.#last.clear();
  }
}
