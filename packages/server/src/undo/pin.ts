import {
  claimId,
  type Entry,
  entryOf,
  type Identifier,
  type IdentifierKey,
  keyOf,
  type Node,
  type Policy,
  type ProjectId,
  type Statement,
} from '@selfsame/identity';
import type { PinAnswer } from '../api.ts';
import type { ServerContext } from '../context.ts';
import { type Refusal, refusal } from '../http/api-error.ts';
import { iso } from '../routes/iso.ts';

/** Whose an identifier is to be, why, and who says so. `person` null: nobody's. */
export interface Pinned {
  readonly node: Node;
  readonly person: Identifier | null;
  readonly reason: string;
  readonly by: string;
}

type Store = Pick<ServerContext, 'store' | 'clock'>;

/** The entry that a pin would be, were it said now, and the identifiers it is about. */
export async function pinEntry(
  { store, clock }: Store,
  project: ProjectId,
  policy: Policy,
  wanted: Pinned,
): Promise<{ readonly entry: Entry; readonly keys: readonly IdentifierKey[] }> {
  const next = (await store.load({ repeats: [] })).next(project, 0);
  const at = clock();
  const { node, person } = wanted;
  return {
    entry: entryOf(statementOf(project, wanted, at), policy, { position: next, at }),
    keys: [node.key, ...(person === null ? [] : [keyOf(person)])],
  };
}

/** [U5] Pins an identifier; answers when it is on stable storage. */
export async function pinTo(
  { store, clock, ingest }: Store & Pick<ServerContext, 'ingest'>,
  project: ProjectId,
  wanted: Pinned,
): Promise<PinAnswer | Refusal> {
  const at = clock();
  const statement = statementOf(project, wanted, at);
  const [verdict] = await ingest.submit('native', [{ type: 'statement', statement }]);
  const { key, id } = wanted.node;
  const claim = await store.ask(project, (graph) =>
    graph.node(key)?.claims.findLast((one) => one.tie === statement.insertId),
  );
  if (verdict?.status !== 'applied' || claim === undefined)
    return refusal(409, 'not_pinned', `${verdict?.reason ?? 'The rules refused it'} [${verdict?.rule ?? 'U5'}].`);
  const { person, reason, by } = wanted;
  return { claim: claimId(claim, key), identifier: id, person, reason, by, at: iso(at) ?? '' };
}

/**
 * What an operator says. Its moment is the last one in which the identifier was seen: a pin is no sign of life. Of
 * several of one moment the later is the later word.
 */
function statementOf(project: ProjectId, { node, person, reason, by }: Pinned, at: number): Statement {
  const pin = { reason, by };
  return {
    project,
    wire: 'native',
    trust: 3,
    time: node.lastSeen,
    insertId: `pin-${String(at).padStart(16, '0')}-${node.number}`,
    command:
      person === null ? { type: 'Logout', ids: [node.id], pin } : { type: 'Identify', ids: [person, node.id], pin },
  };
}
