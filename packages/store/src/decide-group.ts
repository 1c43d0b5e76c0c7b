import {
  type Entry,
  entryOf,
  type Graph,
  type Instant,
  type Position,
  type ProjectId,
  rejected,
  type Statement,
  type Verdict,
} from '@selfsame/identity';
import type { Outcome, Sent } from './live.ts';
import { otherCopyKey, repeatKey } from './repeat-key.ts';
import { type Change, type Decided, type Loaded, type RepeatKey, StoreError } from './store.ts';
import { Tally } from './tally.ts';
import { intake, Turn } from './turn.ts';

/** One item of a request: a statement, or why it is none. `project` is absent when its key opens nothing. */
export type Item =
  | {
      readonly type: 'statement';
      readonly statement: Statement;
      /** What becomes of it at its place, where it carries what is known of somebody then; undefined: nothing. */
      readonly complete?: (graph: Graph) => Statement | undefined;
    }
  | { readonly type: 'refused'; readonly project?: ProjectId; readonly reason: string; readonly sent?: Sent };

/** The items of one request. */
export interface Request {
  readonly wire: string;
  readonly items: readonly Item[];
}

/** Requests that are decided together, by the project that all items of each are of. Null: of items whose key opens none. */
export type Group<R extends Request = Request> = ReadonlyMap<ProjectId | null, readonly R[]>;

/** What was decided of a project's requests. */
export interface Decision {
  /** One for each item of each request, in order; where it was enough before the end, of the first items alone. */
  readonly verdicts: readonly (readonly Verdict[])[];
  readonly outcomes: readonly Outcome[];
  readonly change: Change;
}

/** An item whose completion fails, a bug of ours, goes in as it was told rather than not at all. */
function completed(item: Extract<Item, { type: 'statement' }>, loaded: Loaded): Statement | undefined {
  const { statement, complete } = item;
  if (complete === undefined) return statement;
  try {
    return complete(loaded.draft(statement.project));
  } catch (error) {
    if (error instanceof StoreError) throw error;
    return statement;
  }
}

/** Of an item that became nothing at its place: nobody is told, and nothing is counted. */
const nothing: Verdict = { status: 'applied', notes: [] };

/** What is asked while a group is decided. */
interface Asking {
  readonly loaded: Loaded;
  /** The server's clock, ms. */
  readonly at: Instant;
  /** Asks the rules about one entry. */
  readonly decide: (item: Item, entry: Entry) => Verdict;
  /** Asked after each item: what follows is then left, and projects of which nothing was decided have no decision. */
  readonly isEnough?: () => boolean;
}

/**
 * Decides the items of a group, a project after the other and of each one after another, as they would follow each other
 * in its log; others are answered in between, for what is decided touches nothing before its commit.
 */
export async function decideGroup(group: Group, asking: Asking): Promise<readonly Decision[]> {
  const turn = new Turn(intake);
  const decisions: Decision[] = [];
  let before = 0;
  let isOver = false;
  const isEnough = () => (isOver = asking.isEnough?.() === true);
  for (const [project, requests] of group) {
    // Of what opens no project nothing is logged.
    const first = project === null ? 0 : asking.loaded.next(project, before);
    const decision = await decideProject(project, requests, first, { ...asking, isEnough }, turn);
    decisions.push(decision);
    before += decision.change.decided.length;
    if (isOver) break;
  }
  return decisions;
}

async function decideProject(
  project: ProjectId | null,
  requests: readonly Request[],
  start: Position,
  { loaded, at, decide, isEnough }: Required<Asking>,
  turn: Turn,
): Promise<Decision> {
  const decided: Decided[] = [];
  const outcomes: Outcome[] = [];
  const fresh = new Map<RepeatKey, number>();
  const counts = new Tally();

  function decideItem(wire: string, item: Item): Verdict {
    if (item.type === 'refused') {
      counts.add(project, wire, 'rejected');
      outcomes.push({ ...item, wire, at });
      // [A5] Its wire could make no item of it.
      return rejected('A5', item.reason);
    }
    const statement = completed(item, loaded);
    if (statement === undefined) return nothing;
    const key = repeatKey(statement);
    const first = (one: RepeatKey | undefined) =>
      one === undefined ? undefined : (fresh.get(one) ?? loaded.repeats.get(one));
    const used = first(key);
    const { replays } = statement;
    // [Q2] Its name was used by the entry that was set aside, which had no effect. By another: that one has had it.
    const repeats = replays !== undefined && used === replays ? undefined : used;
    if (replays !== undefined && repeats !== undefined) return { status: 'duplicate', rule: 'D1', repeats, notes: [] };
    // [D3] Of a page's copy and a backend's the backend's stands, whichever came first.
    const otherCopy = first(otherCopyKey(statement));
    const position = start + decided.length;
    const entry = entryOf(statement, loaded.rules(statement.project).policy, { position, at, repeats, otherCopy });
    const said = decide(item, entry);
    const copyOf = repeats ?? entry.outrankedBy;
    const verdict = said.status === 'duplicate' && copyOf !== undefined ? { ...said, repeats: copyOf } : said;
    // [Q2] What fails again stays where it is.
    const logged = belongsInLog(verdict) && (replays === undefined || verdict.rule !== 'Q1');
    if (logged) decided.push({ entry, verdict });
    // [D2] A copy that is kept takes the place of the one before it.
    if (logged && key !== undefined && (repeats === undefined || statement.repeat?.keep === 'latest'))
      fresh.set(key, position);
    if (replays === undefined) counts.add(project, statement.wire, verdict.status);
    outcomes.push({ type: 'decided', entry, verdict, logged });
    return verdict;
  }

  const verdicts = requests.map((): Verdict[] => []);
  let isOver = false;
  for (const [i, { wire, items }] of requests.entries()) {
    for (const item of items) {
      if (isOver) break;
      verdicts[i]?.push(decideItem(wire, item));
      if (turn.isOver) await turn.next();
      isOver = isEnough();
    }
  }
  const change = { project, first: start, decided, outcomes, repeats: fresh, counts: counts.list() };
  return { verdicts, outcomes, change };
}

/** An item that was refused whole, repeats another or may not be kept leaves a count and nothing else. */
const belongsInLog = (verdict: Verdict): boolean =>
  verdict.status === 'applied' ||
  verdict.status === 'quarantined' ||
  verdict.anchor !== undefined ||
  verdict.rule === 'D2' ||
  verdict.rule === 'D3';
