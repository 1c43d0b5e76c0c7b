import type { Graph, Node } from '../evidence/graph.ts';
import type { Policy } from '../policy/policy.ts';
import type { Instant } from '../words/ids.ts';
import { peopleIn } from './people.ts';
import type { Person } from './person.ts';
import { spansOf } from './spans.ts';

/**
 * The graph as text, one line a person, sorted: two graphs that say the same have the same digest text, whatever
 * order they were told in. Holds what people see — ids, identifiers with their time, traits, segments, consent — and
 * nothing of how it is kept. Callers hash it.
 */
export const digestText = (graph: Graph, policy: Policy, nodes: Iterable<Node>): string =>
  [...peopleIn(graph, policy, nodes)].map(personText).sort().join('\n');

/** One person's line of {@link digestText}, for those who cannot hold all of them at once. */
export function personText(person: Person): string {
  const spans = spansOf(person.holdings)
    .map((span) => `${span.node.key}[${moment(span.from)},${moment(span.to)})`)
    .sort();
  const [traits, purposes] = [person.traits, person.purposes].map((map) =>
    [...map].sort(([a], [b]) => (a < b ? -1 : 1)),
  );
  return JSON.stringify([
    person.id,
    person.known,
    spans,
    traits,
    person.segments,
    purposes,
    person.consent,
    moment(person.firstSeen),
    moment(person.lastSeen),
  ]);
}

const moment = (time: Instant): string => (Number.isFinite(time) ? String(time) : '');
