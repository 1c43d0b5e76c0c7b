import type { Instant, JsonObject, ProjectId } from '@selfsame/identity';
import type { Outcome } from '@selfsame/store';

/** Items kept for a page that opens or comes back, of each project. */
const KEPT = 500;
/** Properties of a kept item, characters; larger ones are left out. Bounds what the feed holds (G12). */
const LARGEST = 16_384;

/** An outcome and its place in the stream. */
export interface Sequenced {
  readonly position: number;
  readonly outcome: Outcome;
}

/** What happens, as it happens. Listens to the ingest loop and costs it a push an item. */
export interface LiveFeed {
  /** What is kept of a project after a position of the stream, oldest first. */
  after(project: ProjectId, position: number): readonly Sequenced[];
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
  const kept = new Map<ProjectId, Sequenced[]>();
  const listeners = new Map<ProjectId, Set<() => void>>();
  let position = now * 1_000;

  watch((outcomes) => {
    const touched = new Set<ProjectId>();
    // Of a large group only the end can stay.
    for (const outcome of outcomes.slice(-KEPT)) {
      const project = outcome.type === 'decided' ? outcome.entry.project : outcome.project;
      if (project === undefined) continue;
      let ring = kept.get(project);
      if (ring === undefined) kept.set(project, (ring = []));
      ring.push({ position: ++position, outcome: slim(outcome) });
      touched.add(project);
    }
    for (const project of touched) {
      const ring = kept.get(project) as Sequenced[];
      if (ring.length > 2 * KEPT) ring.splice(0, ring.length - KEPT);
      for (const wake of listeners.get(project) ?? []) wake();
    }
  });

  return {
    after: (project, since) => (kept.get(project) ?? []).filter((one) => one.position > since).slice(-KEPT),
    listen(project, wake) {
      let set = listeners.get(project);
      if (set === undefined) listeners.set(project, (set = new Set()));
      set.add(wake);
      return () => set.delete(wake);
    },
  };
}

/** Without properties too large to keep. */
function slim(outcome: Outcome): Outcome {
  if (outcome.type !== 'decided' || outcome.entry.command.type !== 'Track') return outcome;
  const { entry } = outcome;
  if (sizeOf(outcome.entry.command.properties) <= LARGEST) return outcome;
  return { ...outcome, entry: { ...entry, command: { ...outcome.entry.command, properties: {} } } };
}

/** About how long these properties are as text; stops counting past the limit. */
function sizeOf(properties: JsonObject): number {
  let size = 0;
  const open: unknown[] = [properties];
  for (let one = open.pop(); one !== undefined && size <= LARGEST; one = open.pop()) {
    if (typeof one === 'string') size += one.length;
    else if (typeof one === 'object' && one !== null) {
      for (const [name, value] of Object.entries(one)) {
        size += name.length + 4;
        open.push(value ?? 0);
      }
    }
  }
  return size;
}
