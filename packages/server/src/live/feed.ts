import { type Command, type Identifier, type Instant, MAX_VALUE_BYTES, type ProjectId } from '@selfsame/identity';
import type { Outcome } from '@selfsame/store';
import type { OutgoingItem } from '../api.ts';

/** Items kept for a page that opens or comes back, of each project. */
const KEPT = 500;
/** A kept item, characters; of a larger one only the outline is kept. Bounds what the feed holds (G12). */
const LARGEST = 16_384;
/** Ids and notes in an outline. */
const FEW = 20;

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

/** Something that happened and its place in the stream. */
export interface Sequenced {
  readonly position: number;
  readonly happening: Happening;
}

/** What happens, as it happens. Listens to the ingest loop and costs it a push an item. */
export interface LiveFeed {
  /** Puts what the ingest loop does not know of into the stream. */
  tell(happenings: readonly Happening[]): void;
  /** What is kept of a project after a position of the stream, oldest first. */
  after(project: ProjectId, position: number): readonly Sequenced[];
  /** Puts what became of a message that goes out into the stream. What goes out takes no place from what comes in. */
  tellOut(project: ProjectId, outgoing: Outgoing): void;
  /** As {@link after}, of what goes out. */
  outAfter(project: ProjectId, position: number): readonly OutgoingItem[];
  /** Calls back after new items of a project. Answers how to stop. */
  listen(project: ProjectId, wake: () => void): () => void;
}

/**
 * @param watch of the ingest loop
 * @param now the server's clock, ms: positions begin there, so that they grow over a restart
 */
export function createLiveFeed(
  watch: (listener: (outcomes: readonly Outcome[]) => void) => () => void,
  now: Instant,
): LiveFeed {
  const kept = new Rings<Sequenced>();
  const keptOut = new Rings<OutgoingItem>();
  const listeners = new Map<ProjectId, Set<() => void>>();
  let position = now * 1_000;

  function tell(happenings: readonly Happening[]): void {
    const touched = new Set<ProjectId>();
    // Of a large group only the end can stay.
    for (const happening of happenings.slice(-KEPT)) {
      const project = happening.type === 'decided' ? happening.entry.project : happening.project;
      if (project === undefined) continue;
      kept.push(project, { position: ++position, happening: slim(happening) });
      touched.add(project);
    }
    for (const project of touched) wakeAll(project);
  }
  const wakeAll = (project: ProjectId): void => {
    for (const wake of listeners.get(project) ?? []) wake();
  };
  watch(tell);

  return {
    tell,
    after: (project, since) => kept.after(project, since),
    tellOut(project, outgoing) {
      keptOut.push(project, { position: ++position, ...outgoing });
      wakeAll(project);
    },
    outAfter: (project, since) => keptOut.after(project, since),
    listen(project, wake) {
      let set = listeners.get(project);
      if (set === undefined) listeners.set(project, (set = new Set()));
      set.add(wake);
      return () => set.delete(wake);
    },
  };
}

/** The last items of each project. */
class Rings<T extends { readonly position: number }> {
  readonly #rings = new Map<ProjectId, T[]>();

  push(project: ProjectId, one: T): void {
    let ring = this.#rings.get(project);
    if (ring === undefined) this.#rings.set(project, (ring = []));
    ring.push(one);
    if (ring.length > 2 * KEPT) ring.splice(0, ring.length - KEPT);
  }

  after(project: ProjectId, since: number): readonly T[] {
    return (this.#rings.get(project) ?? []).filter((one) => one.position > since).slice(-KEPT);
  }
}

/** Without what is too large to keep. */
function slim(happening: Happening): Happening {
  if (happening.type !== 'decided' || sizeOf(happening.entry.command) <= LARGEST) return happening;
  const { entry, verdict } = happening;
  return {
    ...happening,
    entry: { ...entry, command: outline(entry.command) },
    verdict: { ...verdict, notes: verdict.notes.slice(0, FEW) },
  };
}

/** A large command without its data: an event without properties, a description without changes, a few of many ids. */
function outline(command: Command): Command {
  const few = (ids: readonly Identifier[]) => ids.filter((id) => id.value.length <= MAX_VALUE_BYTES).slice(0, FEW);
  switch (command.type) {
    case 'Track':
      return { ...command, ids: few(command.ids), properties: {} };
    case 'Describe':
      return { ...command, ids: few(command.ids), changes: [] };
    case 'Merge':
    case 'Join':
    case 'Alias':
      return { type: 'Identify', ids: [] };
    case 'Modify':
      return { ...command, changes: [] };
    case 'Retract':
    case 'Restore':
      return { ...command, told: command.told.slice(0, FEW) };
    default:
      return { ...command, ids: few(command.ids) };
  }
}

/** About how long a value is as text; stops counting past the limit. */
function sizeOf(value: unknown): number {
  let size = 0;
  const open = [value];
  while (open.length > 0 && size <= LARGEST) {
    const one = open.pop();
    if (typeof one === 'string') size += one.length;
    if (typeof one !== 'object' || one === null) continue;
    // A list of ten thousand numbers is not gone through for each of five hundred items.
    const names = Array.isArray(one) ? undefined : Object.keys(one);
    const values: readonly unknown[] = Array.isArray(one) ? one : Object.values(one);
    for (let i = 0; i < values.length && size <= LARGEST; i++) {
      size += (names?.[i]?.length ?? 1) + 4;
      open.push(values[i]);
    }
  }
  return size;
}
