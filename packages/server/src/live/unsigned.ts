import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Instant, Position, ProjectId } from '@selfsame/identity';
import type { Decided, Outcome, Store } from '@selfsame/store';
import { writeWhole } from '../settings/whole-file.ts';

/** What `enforce` would not have believed, of one wire on one day. */
export interface Unsigned {
  /** `2026-03-02`, UTC. */
  readonly day: string;
  readonly wire: string;
  readonly items: number;
  /** When the last of them came, ms. */
  readonly last: number;
}

/**
 * The items of each project that identity mode `enforce` would not believe ([E1]), by wire and day: a public key named
 * a known person without a signature.
 */
export interface UnsignedCounts {
  /** When counting began in this data directory, ms. */
  readonly since: Instant;
  /** Of one project, the latest day first. */
  of(project: ProjectId): readonly Unsigned[];
  /** Keeps them for the next start. */
  close(): void;
}

/** What `unsigned.json` holds: the counts of each project's log up to a position, which was one for all of them once. */
interface Kept {
  readonly since: Instant;
  readonly through: Position | Readonly<Record<ProjectId, Position>>;
  readonly projects: Readonly<Record<string, readonly Unsigned[]>>;
}

/** Days that are kept of a project, the latest. */
const MOST_DAYS = 60;
/** After so many entries of the log the counts are kept anew: what came since is read again after a crash. */
const KEPT_EVERY = 100_000;

/**
 * Counts them as they come. The counts are kept when the server stops; what a crash leaves out is read from the log, so
 * none is lost and none counts twice. To be opened before the ingest loop takes anything.
 * @param watch of the ingest loop
 * @throws Error when `unsigned.json` is there and cannot be read.
 */
export async function openUnsigned(parts: {
  readonly directory: string;
  readonly store: Pick<Store, 'read' | 'head'>;
  readonly projects: readonly ProjectId[];
  readonly clock: () => Instant;
  readonly watch: (listener: (outcomes: readonly Outcome[]) => void) => () => void;
}): Promise<UnsignedCounts> {
  const { directory, store, clock, watch, projects } = parts;
  const file = join(directory, 'unsigned.json');
  const heads = new Map<ProjectId, Position>();
  for (const project of projects) heads.set(project, await store.head(project));
  const kept = read(file) ?? { since: clock(), through: Object.fromEntries(heads), projects: {} };
  const { since } = kept;
  const keptThrough = (project: ProjectId) =>
    typeof kept.through === 'number' ? kept.through : (new Map(Object.entries(kept.through)).get(project) ?? 0);
  const counts = new Map(
    Object.entries(kept.projects).map(([id, rows]) => [id, new Map(rows.map((row) => [rowOf(row), row]))]),
  );
  // A log that was put back from before is counted on from where it ends.
  const through = new Map([...heads].map(([project, head]) => [project, Math.min(keptThrough(project), head)]));
  let unwritten = 0;

  const take = ({ entry: { project, wire, at, position }, verdict }: Decided): void => {
    through.set(project, position);
    unwritten += 1;
    if (!verdict.notes.some(({ rule }) => rule === 'E1')) return;
    const mine = counts.get(project) ?? new Map<string, Unsigned>();
    const day = new Date(at).toISOString().slice(0, 10);
    const row = rowOf({ day, wire });
    mine.set(row, { day, wire, items: (mine.get(row)?.items ?? 0) + 1, last: at });
    counts.set(project, mine);
    dropOldest(mine);
  };
  const keep = (): void => {
    const rowsOf = Object.fromEntries([...counts].map(([id, rows]) => [id, [...rows.values()]]));
    unwritten = 0;
    try {
      writeWhole(file, { since, through: Object.fromEntries(through), projects: rowsOf } satisfies Kept);
    } catch {
      // A full disk: nothing is lost, for the log has it all.
    }
  };

  for (const [project, after] of [...through]) for await (const one of store.read(project, after)) take(one);
  keep();
  watch((outcomes) => {
    for (const one of outcomes) if (one.type === 'decided' && one.logged) take(one);
    if (unwritten >= KEPT_EVERY) keep();
  });
  return {
    since,
    of: (project) =>
      [...(counts.get(project)?.values() ?? [])].sort((a, b) =>
        a.day === b.day ? b.items - a.items : a.day < b.day ? 1 : -1,
      ),
    close: keep,
  };
}

const rowOf = ({ day, wire }: Pick<Unsigned, 'day' | 'wire'>): string => `${day} ${wire}`;

function dropOldest(mine: Map<string, Unsigned>): void {
  const days = new Set([...mine.values()].map(({ day }) => day));
  if (days.size <= MOST_DAYS) return;
  const oldest = [...days].sort()[0];
  for (const [key, { day }] of mine) if (day === oldest) mine.delete(key);
}

function read(file: string): Kept | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Kept;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Error(`${file} cannot be read: restore it, or delete it to count anew.`);
  }
}
