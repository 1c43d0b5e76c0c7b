import type { Json, Node, Write } from '@selfsame/identity';

/** What a node of which little is known costs in memory: itself, its key, its place in a map. Bytes, measured. */
const NODE = 600;
/** What one more of its claims, edges, words or holders costs, bytes. */
const ENTRY = 150;
const CHANGE = 120;
/** What one of its silences costs, of which a device may have a thousand, bytes, measured. */
const SILENCE = 85;

const known = new WeakMap<readonly Write[], number>();

/** About how much memory a node takes, bytes: what caches and checkpoints are bounded by. */
export function weightOf(node: Node): number {
  const { gaps, claims, below, edges, consents, record, holders, aliases, writes } = node;
  const entries = claims.length + edges.length + consents.length + record.length + holders.length + aliases.length;
  const weight = NODE + ENTRY * entries + 80 * below.length + SILENCE * gaps.length;
  return writes.length === 0 ? weight : weight + weightOfWrites(writes);
}

/** Nearly every version of a node has the writes of the one before it, so they are weighed once. */
function weightOfWrites(writes: readonly Write[]): number {
  let weight = known.get(writes);
  if (weight === undefined) {
    weight = 0;
    for (const { changes } of writes) {
      weight += ENTRY;
      for (const change of changes) weight += CHANGE + ('value' in change ? weightOfJson(change.value) : 0);
    }
    known.set(writes, weight);
  }
  return weight;
}

function weightOfJson(value: Json | undefined): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 8;
  let weight = 50;
  for (const part of Array.isArray(value) ? value : Object.values(value)) weight += 30 + weightOfJson(part);
  return weight;
}
