import {
  forceCollide,
  forceLink,
  forceManyBody,
  forceSimulation,
  forceX,
  forceY,
  type SimulationNodeDatum,
} from 'd3-force';
import type { PersonGraphAnswer } from '../../api/shapes.ts';

type Id = PersonGraphAnswer['founder'];

export const keyOf = ({ kind, value }: Id): string => `${kind}:${value}`;

/** Where each identifier stands in a picture, by `kind:value`, and how large the picture is. */
export interface Layout {
  readonly places: ReadonlyMap<string, { readonly x: number; readonly y: number }>;
  readonly width: number;
  readonly height: number;
}

interface Placed extends SimulationNodeDatum {
  readonly key: string;
}

const STEPS = 240;
/** A large picture has found its form by then. */
const FEWER_STEPS = 90;
/** Room for half a name beside the outermost, px. */
const MARGIN = 76;
const SMALLEST = { width: 280, height: 200 };

/**
 * Places identifiers so that linked ones are near and none covers another. It begins at fixed places and knows no
 * chance, so the same person looks the same each time.
 */
export function layoutOf({ nodes, links }: Pick<PersonGraphAnswer, 'nodes' | 'links'>): Layout {
  const placed = nodes.map((node): Placed => ({ key: keyOf(node) }));
  const known = new Set(placed.map(({ key }) => key));
  const pairs = links
    .map((link) => ({ source: keyOf(link.from), target: keyOf(link.to) }))
    .filter(({ source, target }) => known.has(source) && known.has(target));
  const near = nodes.length > 60 ? 26 : 70;
  forceSimulation(placed)
    .force(
      'links',
      forceLink<Placed, { source: string; target: string }>(pairs)
        .id(({ key }) => key)
        .distance(near),
    )
    .force(
      'apart',
      forceManyBody()
        .strength(-near * 2)
        .distanceMax(near * 8),
    )
    .force('clear', forceCollide(near / 3))
    .force('x', forceX().strength(0.06))
    .force('y', forceY().strength(0.1))
    .stop()
    .tick(nodes.length > 150 ? FEWER_STEPS : STEPS);
  const [xs, ys] = [placed.map(({ x = 0 }) => x), placed.map(({ y = 0 }) => y)];
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  const [across, down] = [Math.max(...xs) - left, Math.max(...ys) - top];
  // A picture of few is not drawn larger than life.
  const width = Math.max(SMALLEST.width, Math.ceil(across) + 2 * MARGIN);
  const height = Math.max(SMALLEST.height, Math.ceil(down) + 2 * MARGIN);
  const place = ({ x = 0, y = 0 }: Placed) => ({
    x: Math.round(x - left + (width - across) / 2),
    y: Math.round(y - top + (height - down) / 2),
  });
  return { places: new Map(placed.map((one) => [one.key, place(one)])), width, height };
}

/** One link among those of a picture. */
export const nameOf = ({ claim, from }: PersonGraphAnswer['links'][number]): string => `${claim} ${keyOf(from)}`;

/** The identifiers that are one person with the founder by some links. */
export function joinedBy(founder: Id, links: PersonGraphAnswer['links']): ReadonlySet<string> {
  const found = new Set([keyOf(founder)]);
  for (let before = 0; before < found.size; ) {
    before = found.size;
    for (const { from, to } of links) {
      if (found.has(keyOf(from))) found.add(keyOf(to));
      else if (found.has(keyOf(to))) found.add(keyOf(from));
    }
  }
  return found;
}

/** A person of today, with what was theirs then and is no more: what a picture of both holds. */
export function withPast(today: PersonGraphAnswer, then: PersonGraphAnswer): PersonGraphAnswer {
  const known = new Set(today.nodes.map(keyOf));
  const gone = then.nodes.filter((node) => !known.has(keyOf(node)));
  if (gone.length === 0) return today;
  return { ...today, nodes: [...today.nodes, ...gone], links: [...today.links, ...then.links] };
}
