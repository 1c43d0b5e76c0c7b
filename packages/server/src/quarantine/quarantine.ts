import type { Position, ProjectId, Statement, Verdict } from '@selfsame/identity';
import { type Decided, type Ingest, type Store, StoreError, Turn } from '@selfsame/store';

/** Items of one request to the ingest loop, so that what others send comes in between. */
const AT_ONCE = 100;

/** What the rules failed on ([Q1]), by project: kept by the log, and told again once the fault is mended ([Q2]). */
export interface Quarantine {
  /** Those that wait, oldest first, and how many were told again. The log is read on from where it was read to. */
  of(project: ProjectId): Promise<Waiting>;
  /**
   * Tells those again that still wait, one call after the other; answers what became of each.
   * @throws Overloaded when intake takes no more · StoreError
   */
  replay(project: ProjectId, positions: readonly Position[]): Promise<readonly Replayed[]>;
}

export interface Waiting {
  readonly positions: readonly Position[];
  readonly replayed: number;
}

export interface Replayed {
  readonly position: Position;
  readonly verdict: Verdict;
}

/** Remembers positions, and nothing of what stands there. */
export function createQuarantine({ store, ingest }: { readonly store: Store; readonly ingest: Ingest }): Quarantine {
  const projects = new Map<ProjectId, { readonly waiting: Set<Position>; replayed: number; through: Position }>();
  let last: Promise<unknown> = Promise.resolve();

  const found = (project: ProjectId) => {
    let one = projects.get(project);
    if (one === undefined) projects.set(project, (one = { waiting: new Set(), replayed: 0, through: 0 }));
    return one;
  };

  /** One call after the other: none reads the log while another does, or tells again what another tells. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const next = last.then(work);
    last = next.catch(() => {});
    return next;
  }

  async function readOn(project: ProjectId): Promise<void> {
    const turn = new Turn();
    const mine = found(project);
    for await (const { entry, verdict } of store.read(project, mine.through)) {
      const { position, replays } = entry;
      if (verdict.rule === 'Q1') mine.waiting.add(position);
      if (replays !== undefined && mine.waiting.delete(replays)) mine.replayed += 1;
      mine.through = position;
      if (turn.isOver) await turn.next();
    }
  }

  async function upToDate(project: ProjectId) {
    const counts = await store.counts();
    // The log is long, and most projects never have any.
    if (counts.some((one) => one.project === project && one.quarantined > 0)) await readOn(project);
    return found(project);
  }

  return {
    of: (project) =>
      inTurn(async () => {
        const { waiting, replayed } = await upToDate(project);
        return { positions: [...waiting], replayed };
      }),
    replay: (project, positions) =>
      inTurn(async () => {
        const { waiting } = await upToDate(project);
        const wanted = positions.filter((position) => waiting.has(position));
        const done: Replayed[] = [];
        for (const group of groupsOf(await Promise.all(wanted.map((position) => entryAt(store, project, position))))) {
          const items = group.map((statement) => ({ type: 'statement', statement }) as const);
          const verdicts = await ingest.submit('native', items);
          group.forEach((statement, i) =>
            done.push({ position: statement.replays as Position, verdict: verdicts[i] as Verdict }),
          );
        }
        return done;
      }),
  };
}

async function entryAt(store: Store, project: ProjectId, position: Position): Promise<Statement> {
  const decided = await store.at(project, position);
  if (decided === undefined) throw new StoreError('store/corrupt', `the log has no record ${position}`);
  return toldAgain(decided);
}

/** [Q2] What was told, as it was told: its time is the one that was found when it came ([T1]–[T3]). */
function toldAgain({ entry }: Decided): Statement {
  const {
    position,
    at: _,
    sentAt: __,
    repeats: ___,
    outranks: ____,
    outrankedBy: _____,
    directory: ______,
    ...told
  } = entry;
  return { ...told, replays: position };
}

/** What takes something back is told by itself. */
function* groupsOf(statements: readonly Statement[]): Generator<readonly Statement[]> {
  let group: Statement[] = [];
  for (const one of statements) {
    const isAlone = 'told' in one.command;
    if (group.length === AT_ONCE || (isAlone && group.length > 0)) {
      yield group;
      group = [];
    }
    if (isAlone) yield [one];
    else group.push(one);
  }
  if (group.length > 0) yield group;
}
