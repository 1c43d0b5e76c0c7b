import type { Instant, PersonId, Position } from '@selfsame/identity';
import type { Change, DeadLetter, FlowState, Mark } from './books.ts';
import type { Item } from './item.ts';
import type { Message, Place } from './message.ts';

/** Where a flow stands. */
export interface Standing {
  readonly cursor: Position;
  readonly state: FlowState;
  readonly reason: string | null;
  /** Before this no new batch begins, ms; 0 where that need not be kept. */
  readonly nextAt: Instant;
}

/** What of a flow is not in the books yet, and the gaps that its next messages tell of. */
export class Unsaved {
  readonly #gaps = new Map<PersonId, number>();
  #sent = 0;
  #list = new Set<Item>();
  #unlist: Place[] = [];
  #dead: DeadLetter[] = [];
  #newGaps = new Map<PersonId, number>();
  /** To be saved once the cursor has reached their position. */
  readonly #marks: { readonly position: Position; readonly person: PersonId; readonly sequence: number }[] = [];
  #saved: Pick<Standing, 'cursor' | 'state'>;

  constructor(saved: Pick<Standing, 'cursor' | 'state'>) {
    this.#saved = saved;
  }

  /** A message of this person was not delivered before the restart. */
  missed(person: PersonId, sequence: number): void {
    if (!this.#gaps.has(person)) this.#gaps.set(person, sequence);
  }

  /** The gap that a message tells of: what its person was not given just before. */
  gapOf({ person }: Message): number | undefined {
    return person === null ? undefined : this.#gaps.get(person.id);
  }

  /** A message has its number among those of its person. */
  number({ person, place }: Message, sequence: number): void {
    if (person !== null && sequence > 0) this.#marks.push({ position: place.position, person: person.id, sequence });
  }

  /** A message arrived, perhaps once more. */
  countSent(): void {
    this.#sent += 1;
  }

  delivered({ message: { person }, sequence }: Item): void {
    this.countSent();
    // What has no number told nobody of a gap.
    if (person !== null && sequence > 0 && this.#gaps.delete(person.id)) this.#newGaps.set(person.id, 0);
  }

  gaveUp({ message, id, sequence }: Item, why: string, status: number | null, at: Instant): void {
    this.#dead.push({ ...message.place, id, kind: message.kind, sequence, why, status, at });
  }

  /** The receiver is not given it: the next message of its person says so. */
  noteGap({ message, sequence }: Item): void {
    const person = message.person?.id;
    if (person === undefined || sequence === 0) return;
    this.#gaps.set(person, sequence);
    this.#newGaps.set(person, sequence);
  }

  /** It is to stand in the books, as it is now. */
  list(item: Item): void {
    this.#list.add(item);
  }

  /** What stood at a place is settled, or is not to be sent any more. */
  unlist(place: Place): void {
    this.#unlist.push(place);
  }

  settled(item: Item): void {
    if (!item.listed) return;
    this.#list.delete(item);
    this.unlist(item.message.place);
  }

  /** Has the cursor or the state changed since the books were told? */
  hasMoved({ cursor, state }: Pick<Standing, 'cursor' | 'state'>): boolean {
    return this.#sent > 0 || cursor !== this.#saved.cursor || state !== this.#saved.state;
  }

  /** Sequences that are not in the books yet. */
  get hasMarks(): boolean {
    return this.#marks.length > 0;
  }

  /** Is there something that a crash would do wrong without? */
  get hasNews(): boolean {
    return this.#list.size + this.#unlist.length + this.#dead.length + this.#newGaps.size > 0;
  }

  /** What the books are to be told since the last time. */
  changes(standing: Standing): Change {
    const { cursor, state } = standing;
    const change: Change = {
      ...standing,
      sent: this.#sent,
      list: [...this.#list].map(({ message, failures, due, since, sequence }) => ({
        ...message.place,
        failures,
        due,
        since,
        sequence,
      })),
      unlist: this.#unlist,
      dead: this.#dead,
      marks: this.#marksUpTo(cursor),
    };
    this.#saved = { cursor, state };
    this.#sent = 0;
    this.#list = new Set();
    this.#unlist = [];
    this.#dead = [];
    this.#newGaps = new Map();
    return change;
  }

  #marksUpTo(cursor: Position): ReadonlyMap<PersonId, Mark> {
    const marks = new Map<PersonId, Mark>();
    let passed = 0;
    for (const { position, person, sequence } of this.#marks) {
      if (position > cursor) break;
      passed += 1;
      marks.set(person, { sequence, gap: this.#gaps.get(person) ?? 0 });
    }
    this.#marks.splice(0, passed);
    for (const [person, gap] of this.#newGaps) if (!marks.has(person)) marks.set(person, { sequence: 0, gap });
    return marks;
  }
}
