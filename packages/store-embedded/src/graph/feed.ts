import { atRest, type Graph, type ProjectId, type Rules } from '@selfsame/identity';
import {
  type ColumnFeed,
  type Decided,
  eventPage,
  Moved,
  movedBy,
  type OwnershipChange,
  ownershipChange,
  StoreError,
  Turn,
} from '@selfsame/store';
import type { OpenFiles } from '../open-files.ts';
import { checkedRun, isOf } from '../truth/log-record.ts';
import { beforeOf, type Changed } from './changes.ts';

/** Stretches of ownership that are told at once. */
const TOLD_AT_ONCE = 10_000;
/** Records of the log that are looked at between two looks at the clock. */
const PAGE = 100;

export interface FeedParts {
  readonly rules: (project: ProjectId) => Rules;
  /** Runs a look into the files, which are opened anew after a failure. @throws StoreError */
  readonly guarded: <T>(look: (now: OpenFiles) => T) => T;
  /** Does something while nothing of the log is under way. */
  readonly whileStill: <T>(work: () => Promise<T>) => Promise<T>;
}

/** What the columns of each project are fed from. */
export function createFeed({ rules, guarded, whileStill }: FeedParts): (project: ProjectId) => ColumnFeed {
  /** Whom these changes have moved, as the feed tells it. */
  async function* pending(
    project: ProjectId,
    changed: readonly Changed[],
    change: number,
  ): AsyncGenerator<readonly OwnershipChange[]> {
    const turn = new Turn();
    const { policy } = rules(project);
    const moved = new Moved();
    for (const one of changed) {
      guarded(({ cache }) => {
        const graph = cache.project(project);
        movedBy(graph, policy, beforeOf(one), graph.node(one.now.key) ?? one.now, moved);
      });
      if (turn.isOver) await turn.next();
    }
    let page: OwnershipChange[] = [];
    // Nothing changes within a turn.
    let resting: Graph | undefined;
    for (const key of moved) {
      guarded(({ cache }) => {
        const graph = (resting ??= atRest(cache.project(project)));
        const node = graph.node(key) ?? graph.ghost(key);
        if (node !== undefined) page.push(ownershipChange(graph, policy, node, change));
      });
      if (turn.isOver) {
        await turn.next();
        resting = undefined;
      }
      if (page.length < 1_000) continue;
      yield page;
      page = [];
    }
    if (page.length > 0) yield page;
  }

  return (project) => ({
    async head(since = Number.POSITIVE_INFINITY) {
      // The first time may take a while, and no commit waits for that.
      await guarded((now) => now.truth.lastOf(project, now.through));
      // All at one moment: what a checkpoint brings into the tables is pending until it is seen there. And of what is
      // kept alone: the columns have files of their own.
      return whileStill(async () => {
        const position = await guarded((now) => now.truth.lastOf(project, now.through));
        return guarded(({ moved, meta, cache }) => {
          const change = moved.last(project);
          const changed = [...cache.project(project).changedSince(since)];
          const epoch = String(meta.get('epoch'));
          return { epoch, position, change, pending: () => pending(project, changed, change) };
        });
      });
    },
    async events(after, last, limit) {
      return guarded((now) => {
        const mine = isOf(project);
        const turn = new Turn();
        const page: Decided[] = [];
        let through = after;
        // What others sent in between is not parsed. Something is read also where the turn was over before.
        for (let pages = 0; through < last && page.length < limit && (pages === 0 || !turn.isOver); pages++) {
          const records = checkedRun(now.truth.records(through, Math.min(PAGE, last - through)), through);
          if (records.length === 0) break;
          for (const record of records) {
            if (page.length === limit) break;
            through = record.position;
            const decided = mine(record);
            if (decided !== undefined) page.push(decided);
          }
        }
        const nodes = now.cache.project(project);
        const rows = eventPage(page, {
          policy: rules(project).policy,
          numberOf: (key) => nodes.node(key)?.number,
          undone: nodes.undone,
          at(position) {
            const decided = now.truth.record(position);
            return decided?.entry.project === project ? decided : undefined;
          },
          lastOf: (key) => now.seen.find(key),
        });
        return { ...rows, through };
      });
    },
    async ownership(after, limit) {
      const turn = new Turn();
      return guarded(({ moved, cache }) => {
        const graph = atRest(cache.project(project));
        const { policy } = rules(project);
        const changes: OwnershipChange[] = [];
        let stretches = 0;
        for (const { change, number } of moved.after(project, after, limit)) {
          const node = cache.byNumber(project, number);
          if (node === undefined)
            throw new StoreError('store/corrupt', `change ${change} is damaged: rebuild the graph from the log`);
          const one = ownershipChange(graph, policy, node, change);
          changes.push(one);
          // Of merged devices that have theirs in common the next has its thousands in no time.
          stretches += one.stretches.length;
          if (turn.isOver || stretches > TOLD_AT_ONCE) break;
        }
        return changes;
      });
    },
  });
}
