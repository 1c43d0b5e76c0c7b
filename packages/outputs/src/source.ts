import {
  type Entry,
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
import type { Message, Place } from './message.ts';
import { type FoldedAgain, Narrator } from './narrator.ts';

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
  /** Lets other work have its turn. */
  readonly turn: () => Promise<void>;
}

/** Entries between two turns of other work: some milliseconds, which intake's answers wait for. */
const STRETCH = 50;

/** One project's messages from a place of the log on. */
export class Source {
  readonly #options: SourceOptions;
  readonly #narrator: Narrator;
  #through: Position = 0;

  constructor(options: SourceOptions) {
    this.#options = options;
    this.#narrator = new Narrator(options);
  }

  /**
   * Takes in everything up to a position and says nothing of it, but for the messages whose places `wanted` holds.
   * @param each called with every message on the way, when given
   */
  async skipTo(
    position: Position,
    wanted: ReadonlySet<Position> = new Set(),
    signal?: { readonly aborted: boolean },
  ): Promise<readonly Message[]> {
    const found: Message[] = [];
    if (position <= this.#through) return found;
    // Up to the first entry that is told, the log reads as if what is taken back by then had never come ([U2]).
    const first = Math.min(position + 1, ...wanted);
    if (this.#through === 0)
      this.#narrator.expect((await this.#options.undos()).filter(({ entry }) => entry.position < first));
    let since = 0;
    for await (const decided of this.#options.read(this.#through)) {
      if (decided.entry.position > position || signal?.aborted === true) break;
      this.#through = decided.entry.position;
      if (++since % STRETCH === 0) await this.#options.turn();
      if (decided.entry.project !== this.#options.project) continue;
      const { again, undone } = await this.#undoneBy(decided);
      if (wanted.has(decided.entry.position)) found.push(...this.#narrator.tell(decided, again, undone));
      else this.#narrator.follow(decided, again);
    }
    this.#through = Math.max(this.#through, position);
    return found;
  }

  /** The messages of about `limit` more entries, and how far the log was read for them. */
  async next(
    limit: number,
    until = Number.POSITIVE_INFINITY,
  ): Promise<{ readonly messages: readonly Message[]; readonly through: Position }> {
    const messages: Message[] = [];
    let since = 0;
    for await (const decided of this.#options.read(this.#through)) {
      if (decided.entry.position > until) break;
      this.#through = decided.entry.position;
      if (decided.entry.project === this.#options.project) {
        const { again, undone } = await this.#undoneBy(decided);
        messages.push(...this.#narrator.tell(decided, again, undone));
      }
      if (++since >= limit || messages.length >= limit) break;
      if (since % STRETCH === 0) await this.#options.turn();
    }
    return { messages, through: this.#through };
  }

  /**
   * What an undo touches, folded again, and the entries it names; nothing for any other entry. Costs reading the log
   * again, in turns.
   */
  async #undoneBy(decided: Decided): Promise<{ readonly again?: FoldedAgain; readonly undone?: readonly Decided[] }> {
    const undo = undoIn(decided);
    if (undo === undefined || this.#narrator.expects(decided)) return {};
    const named = new Set(undo.told.map(({ entry }) => entry));
    const undone: Decided[] = [];
    await this.#look(decided, (one) => named.has(one.entry.position) && undone.push(one));
    const search = this.#narrator.searchFor(undone);
    while (search.begin()) await this.#look(decided, (one) => search.look(one));
    const { keys, told } = search.touched;
    return { again: { keys, graph: await this.#fold(told, this.#narrator.undoneAfter(undo)) }, undone };
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
