import type { Node } from '../evidence/graph.ts';
import type { IdentifierKey, Instant, PersonId } from '../words/ids.ts';

/**
 * [L7c] The person of one visit: what a shared device did while nobody's login reached it, from one long silence to the
 * next. It is read, not stored: its id is the device's own and the moment the visit began, so it is the same in every
 * order and goes when the visit is somebody's after all.
 */
export interface Visit extends Node {
  readonly visit: { readonly device: IdentifierKey; readonly from: Instant; readonly to: Instant };
}

export const isVisit = (node: Node): node is Visit => 'visit' in node;

/** The identifier that a person is named after: of a visit the device. */
export const identifierOfPerson = (person: Node): IdentifierKey => (isVisit(person) ? person.visit.device : person.key);

/** When each visit of a device began, oldest first, ms. */
export const visitStarts = ({ met, gaps }: Node): readonly Instant[] => [met.time, ...gaps.map((gap) => gap.to)];

/** The visits of a stretch of a device that nobody owns, oldest first. */
export function visitsIn(device: Node, from: Instant, to: Instant): readonly Visit[] {
  const starts = device.gaps.flatMap((gap) => (gap.to > from && gap.to < to ? [gap.to] : []));
  return [from, ...starts].map((start, i): Visit => visit(device, start, starts[i] ?? to));
}

/** The visit of such a stretch that holds a moment. */
export function visitAt(device: Node, from: Instant, to: Instant, time: Instant): Visit {
  const inside = (moment: Instant) => moment > from && moment < to;
  const start = device.gaps.findLast((gap) => inside(gap.to) && gap.to <= time)?.to ?? from;
  const end = device.gaps.find((gap) => inside(gap.to) && gap.to > time)?.to ?? to;
  return visit(device, start, end);
}

const SEPARATOR = '~';

/** The id of the device whose visit this id names; any other id is itself. */
export const deviceIdOf = (id: PersonId): PersonId => id.split(SEPARATOR, 1)[0] as PersonId;

function visit(device: Node, from: Instant, to: Instant): Visit {
  const name = Number.isFinite(from) ? from.toString(36) : '';
  return {
    ...device,
    key: `${device.key}${SEPARATOR}${name}` as IdentifierKey,
    person: `${device.person}${SEPARATOR}${name}` as PersonId,
    claims: [],
    below: [],
    edges: [],
    visit: { device: device.key, from, to },
  };
}

/** A visit in which nothing was seen is nobody. */
export const isEmptyVisit = (person: Node): boolean => isVisit(person) && !wasThere(person);

/** Whether anything may have happened in a visit: the device was seen at both ends of a time that it overlaps. */
function wasThere(one: Visit): boolean {
  const { gaps, lastSeen, visit } = one;
  return visitStarts(one).some((begin, i) => begin < visit.to && (gaps[i]?.from ?? lastSeen) >= visit.from);
}
