import { type IdentifierKey, keyOf, type Position, type Said } from '@selfsame/identity';
import { againOf, type Expansion } from './expansion.ts';
import type { EventMessage, Message } from './message.ts';

/** Expansions that are yet to be told, a few events at a time. */
export class Expansions {
  readonly #at: (position: Position) => Promise<Said | undefined>;
  readonly #waiting: { readonly expansion: Expansion; readonly key: IdentifierKey; next: number }[] = [];

  /** @param at an entry of the log */
  constructor(at: (position: Position) => Promise<Said | undefined>) {
    this.#at = at;
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /** Everything that is expanded is told up to before here. */
  get first(): Position {
    return this.#waiting[0]?.expansion.moved.place.position ?? Number.POSITIVE_INFINITY;
  }

  add(expansions: readonly Expansion[]): void {
    for (const expansion of expansions) this.#waiting.push({ expansion, key: keyOf(expansion.moved.anchor), next: 0 });
  }

  /** Do these messages speak of what waits here? They would be overtaken by an older word. */
  concerns(messages: readonly Message[]): boolean {
    if (this.isEmpty) return false;
    return messages.some((one) => {
      if (one.kind === 'moved') return this.#waiting.some(({ key }) => key === keyOf(one.anchor));
      const of = one.kind === 'retracted' ? one.of : one.kind === 'event' ? one.replaces : undefined;
      return of !== undefined && this.#waiting.some(({ expansion, next }) => expansion.events.indexOf(of, next) >= 0);
    });
  }

  /** The next of them, oldest correction first; `limit` events are looked at. */
  async next(limit: number): Promise<readonly EventMessage[]> {
    const messages: EventMessage[] = [];
    for (let looked = 0; looked < limit; looked++) {
      const [first] = this.#waiting;
      if (first === undefined) break;
      const { expansion, next } = first;
      const said = await this.#at(expansion.events[next] as Position);
      const again = said === undefined ? undefined : againOf(expansion, next, said);
      if (again !== undefined) messages.push(again);
      first.next += 1;
      if (first.next === expansion.events.length) this.#waiting.shift();
    }
    return messages;
  }
}
