import {
  type Entry,
  entryOf,
  type Graph,
  type Instant,
  type ProjectId,
  type Rules,
  rejected,
  type Statement,
  type Verdict,
} from '@selfsame/identity';
import type { Outcome, Sent } from './live.ts';
import { otherCopyKey, repeatKey } from './repeat-key.ts';
import { type Change, type Decided, type Loaded, type RepeatKey, StoreError } from './store.ts';
import { Tally } from './tally.ts';
import { Turn } from './turn.ts';

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

export interface GroupDecision {
  /** One for each item of each request, in order. */
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

/**
 * Decides the items of a group one after another, as they would follow each other in the log; others are answered in
 * between, for what is decided touches nothing before its commit.
 * `at` is the server's clock, ms; `decide` asks the rules about one entry.
 */
export async function decideGroup(
  group: readonly Request[],
  loaded: Loaded,
  at: Instant,
  rules: (project: ProjectId) => Rules,
  decide: (item: Item, entry: Entry) => Verdict,
): Promise<GroupDecision> {
  const turn = new Turn();
  const decided: Decided[] = [];
  const outcomes: Outcome[] = [];
  const fresh = new Map<RepeatKey, number>();
  const counts = new Tally();

  function decideItem(wire: string, item: Item): Verdict {
    if (item.type === 'refused') {
      counts.add(item.project ?? null, wire, 'rejected');
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
    const position = loaded.next + decided.length;
    const entry = entryOf(statement, rules(statement.project).policy, { position, at, repeats, otherCopy });
    const said = decide(item, entry);
    const copyOf = repeats ?? entry.outrankedBy;
    const verdict = said.status === 'duplicate' && copyOf !== undefined ? { ...said, repeats: copyOf } : said;
    // [Q2] What fails again stays where it is.
    const logged = belongsInLog(verdict) && (replays === undefined || verdict.rule !== 'Q1');
    if (logged) decided.push({ entry, verdict });
    // [D2] A copy that is kept takes the place of the one before it.
    if (logged && key !== undefined && (repeats === undefined || statement.repeat?.keep === 'latest'))
      fresh.set(key, position);
    if (replays === undefined) counts.add(statement.project, statement.wire, verdict.status);
    outcomes.push({ type: 'decided', entry, verdict, logged });
    return verdict;
  }

  const verdicts: (readonly Verdict[])[] = [];
  for (const { wire, items } of group) {
    const mine: Verdict[] = [];
    for (const item of items) {
      mine.push(decideItem(wire, item));
      if (turn.isOver) await turn.next();
    }
    verdicts.push(mine);
  }
  return { verdicts, outcomes, change: { loaded, decided, outcomes, repeats: fresh, counts: counts.list() } };
}

/** An item that was refused whole, repeats another or may not be kept leaves a count and nothing else. */
const belongsInLog = (verdict: Verdict): boolean =>
  verdict.status === 'applied' ||
  verdict.status === 'quarantined' ||
  verdict.anchor !== undefined ||
  verdict.rule === 'D2' ||
  verdict.rule === 'D3';
