import type { Instant, ProjectId } from '@selfsame/identity';
import type { Happened, LivePlace, Outcome } from '@selfsame/store';
import type { OutgoingItem } from '../api.ts';
import { gone } from './gone.ts';

/** Items shown to a page that opens or comes back. */
const SHOWN = 500;

/** Requests that the server turned away before they were items: too large, too slow, too many, or we failed. */
export interface TurnedAway {
  readonly type: 'turned-away';
  readonly project: ProjectId;
  readonly wire: string;
  readonly at: Instant;
  /** As the client was answered. */
  readonly status: number;
  /** Why, and what to do about it. */
  readonly reason: string;
  /** How many in a row. */
  readonly requests: number;
}

/** What the stream tells of. */
export type Happening = Outcome | TurnedAway;

/** What became of a message at an output; its place in the stream is given here. */
export type Outgoing = Omit<OutgoingItem, 'position'>;

/** Something that came in and its place in the stream. */
export interface Sequenced {
  readonly position: number;
  readonly happening: Happening;
}

/** What happens, as it happens, whichever process of the store it happens in. */
export interface LiveFeed {
  /** Puts what is no item into the stream. */
  tell(notices: readonly TurnedAway[]): void;
  /** Puts what became of a message that goes out into the stream. What goes out takes no place from what comes in. */
  tellOut(project: ProjectId, outgoing: Outgoing): void;
  /** What is kept of a project after a position of the stream, oldest first. */
  after(project: ProjectId, position: number, direction: Direction): Promise<readonly (Sequenced | OutgoingItem)[]>;
  /** Calls back after new items of a project. Answers how to stop. */
  listen(project: ProjectId, wake: () => void): () => void;
}

export type Direction = 'in' | 'out' | 'both';

/** The live stream over what a store keeps of what happened lately; every reader has a cursor of its own. */
export function createLiveFeed(live: LivePlace): LiveFeed {
  const listeners = new Map<ProjectId, Set<() => void>>();
  live.watch((project) => {
    for (const wake of listeners.get(project) ?? []) wake();
  });
  return {
    tell(notices) {
      for (const one of notices) gone(live.tell(one.project, 'in', one, one.at));
    },
    tellOut(project, outgoing) {
      gone(live.tell(project, 'out', outgoing, Date.parse(outgoing.at)));
    },
    async after(project, position, direction) {
      const streams = direction === 'both' ? (['in', 'out'] as const) : [direction];
      return (await live.after(project, position, streams, SHOWN)).map(shown);
    },
    listen(project, wake) {
      let set = listeners.get(project);
      if (set === undefined) listeners.set(project, (set = new Set()));
      set.add(wake);
      return () => set.delete(wake);
    },
  };
}

function shown(one: Happened): Sequenced | OutgoingItem {
  const position = one.moment;
  if (one.type === 'item') return { position, happening: one.outcome };
  // What this file put there itself.
  return one.stream === 'in'
    ? { position, happening: one.notice as TurnedAway }
    : { position, ...(one.notice as Outgoing) };
}
