import { type IdentifierKey, identifierOf, type Node, nodeOf, type PersonId, type ProjectId } from '@selfsame/identity';
import { StoreError } from '@selfsame/store';
import { checksum } from '../disk/checksum.ts';

/** A node as it is stored: its look-up columns, the rest as JSON, and a checksum over all of it (G3). */
export interface NodeRow {
  readonly number: number;
  readonly project: ProjectId;
  readonly key: IdentifierKey;
  readonly person: PersonId;
  readonly body: string;
  readonly crc: number;
}

/** A node as its row. */
export function encodeNode(project: ProjectId, node: Node): NodeRow {
  const { number, key, person } = node;
  const body = JSON.stringify({
    gone: node.gone,
    met: node.met,
    trust: node.trust,
    lastSeen: node.lastSeen,
    told: node.told,
    gaps: unlessEmpty(node.gaps),
    claims: unlessEmpty(node.claims),
    below: unlessEmpty(node.below),
    edges: unlessEmpty(node.edges),
    writes: unlessEmpty(node.writes),
    consents: unlessEmpty(node.consents),
    record: unlessEmpty(node.record),
    holders: unlessEmpty(node.holders),
    aliases: unlessEmpty(node.aliases),
  } satisfies Record<Exclude<keyof Node, 'key' | 'id' | 'number' | 'person'>, unknown>);
  return { number, project, key, person, body, crc: checksum(number, project, key, person, body) };
}

/** JSON leaves out what is undefined, and most lists of most nodes are empty. */
const unlessEmpty = <T>(list: readonly T[]): readonly T[] | undefined => (list.length > 0 ? list : undefined);

/** @throws StoreError 'store/corrupt' when the row does not match its checksum. */
export function decodeNode({ number, project, key, person, body, crc }: NodeRow): Node {
  if (checksum(number, project, key, person, body) !== crc)
    throw new StoreError('store/corrupt', `node ${number} does not match its checksum: rebuild the graph from the log`);
  const { gone, ...known } = JSON.parse(body) as Pick<Node, 'met' | 'trust' | 'lastSeen' | 'told' | 'gone'>;
  const node = nodeOf({
    key,
    id: identifierOf(key),
    number,
    person,
    ...known,
  });
  return gone === true ? { ...node, gone } : node;
}
