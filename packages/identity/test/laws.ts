/** The policies under which laws are tried, and how often. */
import { digestText, MemoryGraph, type Policy, presets, type Trust } from '../src/index.ts';
import { derive } from './history.ts';

export const long = process.env['SELFSAME_LONG'] === '1';
const seed = Number(process.env['SELFSAME_SEED']);
console.log(`identity laws: SELFSAME_SEED=${seed}`);
export const runs = (normal: number, full = normal * 10) => ({ seed, numRuns: long ? full : normal });

export const selfsame = presets['selfsame'] as Policy;
export const rules = { policy: selfsame, derive };
/** The default with a reach as short as the times of these histories. */
const shortReach: Policy = {
  ...selfsame,
  preset: 'selfsame, short reach',
  reach: { ms: 2_000, crowd: 2, crowdedMs: 500, leftMs: 300, soleShare: 0.5, strict: false },
};
/** A breaker that these few people trip. */
const touchy: Policy = {
  ...selfsame,
  preset: 'selfsame, touchy breaker',
  breaker: { perDay: { login: 1, contact: 1, anonymous: 1 }, trusted: [] },
};
/** Limits that a few identifiers of one person meet, and a few people of one device. */
export const tight = (policy: Policy): Policy => ({
  ...policy,
  preset: `${policy.preset}, tight limits`,
  caps: {
    ...policy.caps,
    perPerson: 4,
    perKind: { ...policy.caps.perKind, contact: 1, anonymous: 2 },
    peoplePerIdentifier: 2,
    changes: 4,
  },
});
export const timeOrdered = [
  shortReach,
  touchy,
  ...['selfsame', 'by-interval', 'xo', 'spid'].map((name) => presets[name] as Policy),
];
export const everyTimeOrdered = [
  ...timeOrdered.slice(0, 2),
  ...Object.values(presets).filter(({ order }) => order === 'time'),
];
export const everyPreset = [...timeOrdered.slice(0, 2), ...Object.values(presets)];

export const short = { minLength: 2, maxLength: 30 };
export const digest = (graph: MemoryGraph, policy = selfsame) => digestText(graph, policy, graph.nodes.values());

/** A graph as a store would give it back: through JSON. */
export function thawed(graph: MemoryGraph): MemoryGraph {
  const copy = new MemoryGraph();
  for (const node of graph.nodes.values()) {
    copy.put(JSON.parse(JSON.stringify(node)));
    const open = { tie: '', position: 0, trust: 0 as Trust };
    copy.keep(node.key, graph.evidence(node.key, { ...open, time: -1 }, { ...open, time: 1e15 }));
  }
  return copy;
}
