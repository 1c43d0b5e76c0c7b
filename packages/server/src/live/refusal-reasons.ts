import type { Instant, ProjectId } from '@selfsame/identity';
import type { RefusalsAnswer } from '../api.ts';
import type { Happening } from './feed.ts';

type Refusal = RefusalsAnswer['refusals'][number];

/** Different reasons kept of a project: there are some sixty sentences of ours, and six wires. */
const MOST = 500;

/** Why items of each project were not applied, since the server started. */
export interface RefusalReasons {
  /** When counting began, ms. */
  readonly since: Instant;
  note(happenings: readonly Happening[]): void;
  of(project: ProjectId): readonly Refusal[];
  /** Items of every project by wire, fate and rule, for those who watch the server. */
  byRule(): Iterable<Pick<Refusal, 'wire' | 'status' | 'rule' | 'items'>>;
}

/** Counts by wire, fate and reason; of an item nothing else is kept (S40). */
export function createRefusalReasons(since: Instant): RefusalReasons {
  const projects = new Map<ProjectId, Map<string, Refusal>>();

  function add(project: ProjectId, { items, ...refusal }: Refusal): void {
    let reasons = projects.get(project);
    if (reasons === undefined) projects.set(project, (reasons = new Map()));
    const key = [refusal.wire, refusal.status, refusal.rule, refusal.reason].join('\n');
    const before = reasons.get(key);
    if (before !== undefined || reasons.size < MOST)
      reasons.set(key, { ...refusal, items: (before?.items ?? 0) + items });
  }

  return {
    since,
    note(happenings) {
      for (const one of happenings) {
        if (one.type === 'decided') {
          const { entry, verdict } = one;
          const { status } = verdict;
          if (status === 'applied' || status === 'duplicate') continue;
          const { rule = null, reason = 'no reason was given' } = verdict;
          const last = new Date(entry.at).toISOString();
          add(entry.project, { wire: entry.wire, status, rule, reason, items: 1, last });
        } else if (one.project !== undefined) {
          const status = one.type === 'turned-away' ? 'turned-away' : 'rejected';
          const items = one.type === 'turned-away' ? one.requests : 1;
          const last = new Date(one.at).toISOString();
          add(one.project, { wire: one.wire, status, rule: null, reason: one.reason, items, last });
        }
      }
    },
    byRule: () => [...projects.values()].flatMap((reasons) => [...reasons.values()]),
    of: (project) => [...(projects.get(project)?.values() ?? [])].toSorted((a, b) => b.items - a.items),
  };
}
