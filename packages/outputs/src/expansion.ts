import { type Identifier, type IdentifierKey, type Instant, keyOf, type Position, type Said } from '@selfsame/identity';
import { eventOf, viaOf } from './event-of.ts';
import type { EventMessage, Message, MovedMessage } from './message.ts';

/** A correction and the events it concerns, which are to be told again ([O17]). */
export interface Expansion {
  readonly moved: MovedMessage;
  /** The part of the entry that the first of them is; the others follow. */
  readonly part: number;
  /** Their entries, oldest first. */
  readonly events: readonly Position[];
}

/** Which events hang on which identifier. */
export class Hanging {
  /** Position and time of each event, one after the other. */
  readonly #events = new Map<IdentifierKey, number[]>();

  take({ entry, verdict }: Said): void {
    const anchor = eventOf(entry, verdict)?.anchor;
    if (anchor === undefined || anchor === null) return;
    const key = keyOf(anchor);
    const events = this.#events.get(key);
    if (events === undefined) this.#events.set(key, [entry.position, entry.time]);
    else events.push(entry.position, entry.time);
  }

  /** What the corrections among the messages of one entry concern, of events before it that count. */
  expansionsOf(messages: readonly Message[], counts: (event: Position) => boolean): readonly Expansion[] {
    const found: Expansion[] = [];
    let part = messages.length;
    for (const moved of messages) {
      if (moved.kind !== 'moved') continue;
      const { anchor, stretch, place } = moved;
      const events = this.#within(anchor, stretch.from, stretch.to).filter(
        (event) => event !== place.position && counts(event),
      );
      if (events.length > 0) found.push({ moved, part, events });
      part += events.length;
    }
    return found;
  }

  #within(anchor: Identifier, from: Instant | null, to: Instant | null): readonly Position[] {
    const events = this.#events.get(keyOf(anchor)) ?? [];
    const found: Position[] = [];
    for (let i = 0; i < events.length; i += 2) {
      const time = events[i + 1] as Instant;
      if ((from === null || time >= from) && (to === null || time < to)) found.push(events[i] as Position);
    }
    return found;
  }
}

/** The `nth` event of an expansion, as the log has it, told of whoever the correction gave it to. */
export function againOf({ moved, part }: Expansion, nth: number, { entry, verdict }: Said): EventMessage | undefined {
  const event = eventOf(entry, verdict);
  if (event === undefined) return undefined;
  const { place, project, at, to } = moved;
  return {
    kind: 'event',
    place: { position: place.position, part: part + nth },
    project,
    at,
    via: viaOf(entry),
    person: to,
    event,
    replaces: entry.position,
    again: true,
  };
}
