import type { Instant, ProjectId } from '@selfsame/identity';
import { type LivePlace, type Sum, Sums } from '@selfsame/store';
import type { RefusalsAnswer } from '../api.ts';
import type { Happening } from './feed.ts';
import { gone } from './gone.ts';

type Refusal = RefusalsAnswer['refusals'][number];

/** Why items of each project were not applied, since the server started. */
export interface RefusalReasons {
  /** When counting began, ms. */
  readonly since: Instant;
  note(happenings: readonly Happening[]): void;
  /** The most frequent first. */
  of(project: ProjectId): Promise<readonly Refusal[]>;
  /** Items of every project by wire, fate and rule, for those who watch the server. */
  byRule(): Promise<readonly Pick<Refusal, 'wire' | 'status' | 'rule' | 'items'>[]>;
}

/** Counts by wire, fate and reason; of an item nothing else is kept (S40). */
export function createRefusalReasons(live: Pick<LivePlace, 'count' | 'counted'>, since: Instant): RefusalReasons {
  return {
    since,
    note(happenings) {
      const sums = new Sums();
      for (const one of happenings) {
        if (one.type === 'decided') {
          const { entry, verdict } = one;
          const { status } = verdict;
          if (status === 'applied' || status === 'duplicate') continue;
          const { rule = '', reason = 'no reason was given' } = verdict;
          sums.add({
            project: entry.project,
            name: [KIND, entry.wire, status, rule, reason],
            items: 1,
            last: entry.at,
          });
        } else if (one.project !== undefined) {
          const [status, items] =
            one.type === 'turned-away' ? (['turned-away', one.requests] as const) : ['rejected', 1];
          sums.add({ project: one.project, name: [KIND, one.wire, status, '', one.reason], items, last: one.at });
        }
      }
      gone(live.count(sums.all()));
    },
    byRule: async () => (await live.counted(KIND)).map(refusalOf),
    of: async (project) => (await live.counted(KIND, project)).map(refusalOf).sort((a, b) => b.items - a.items),
  };
}

const KIND = 'refused';

/** A name that this file has made. */
function refusalOf({ name, items, last }: Sum): Refusal {
  const [, wire, status, rule, reason] = name as unknown as [string, string, Refusal['status'], string, string];
  return { wire, status, rule: rule === '' ? null : rule, reason, items, last: new Date(last).toISOString() };
}
