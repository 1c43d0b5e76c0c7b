import {
  type IdentifierKey,
  MOST_UNDONE,
  namedBy,
  type PlacedUndo,
  type Policy,
  type Position,
  type ProjectId,
  type Told,
  undoIn,
} from '@selfsame/identity';
import { type Decided, type Store, Turn } from '@selfsame/store';
import { isMerge, keyNumbered, nodeOf, readClaimId, toldBy } from './claim-target.ts';

/** Which entries of the log: those that fit all that is given. Times in ms, by when it happened. */
export interface Selection {
  readonly entry?: number | undefined;
  readonly identifier?: IdentifierKey | undefined;
  readonly wire?: string | undefined;
  readonly trust?: number | undefined;
  readonly insertIdPrefix?: string | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/**
 * The entries of a project that a selection means. An identifier alone means that they named it, and leaves the rest of
 * each. Costs a read of the log. `tooMany` when there are more than one command takes back.
 */
export async function toldIn(
  store: Store,
  project: ProjectId,
  policy: Policy,
  selection: Selection,
): Promise<readonly Told[] | 'tooMany'> {
  const { entry } = selection;
  const told: Told[] = [];
  const turn = new Turn();
  for await (const decided of store.read(project, entry === undefined ? 0 : entry - 1)) {
    if (turn.isOver) await turn.next();
    if (entry !== undefined && decided.entry.position > entry) break;
    const one = partOf(project, policy, selection, decided);
    if (one !== undefined) told.push(one);
    if (told.length > MOST_UNDONE) return 'tooMany';
  }
  return told;
}

/** What some claims tell, each entry once; the id of the first that is no claim. */
export async function toldByClaims(
  store: Store,
  project: ProjectId,
  policy: Policy,
  claims: readonly string[],
): Promise<readonly Told[] | string> {
  const told = new Map<Position, Told>();
  const turn = new Turn();
  for (const id of claims) {
    if (turn.isOver) await turn.next();
    const name = readClaimId(id);
    const decided = name && (await store.at(project, name.position));
    if (name === undefined || decided === undefined) return id;
    const key = name.number === undefined ? undefined : keyNumbered(policy, decided, name.number);
    const isClaim =
      key === undefined
        ? name.number === undefined && isMerge(decided)
        : await store.ask(project, (graph) => nodeOf(graph, key) !== undefined);
    if (!isClaim) return id;
    const [before, one] = [told.get(name.position), toldBy(decided, key)];
    const isWhole = one.ids === undefined || (before !== undefined && before.ids === undefined);
    told.set(
      one.entry,
      isWhole ? { entry: one.entry } : { ...one, ids: [...new Set([...(before?.ids ?? []), ...one.ids])] },
    );
  }
  return [...told.values()];
}

/**
 * The last undo that still holds something, all of which a selection means: what putting the selection back undoes. Costs
 * a read of the entries that undos named.
 */
export const lastWithin = (
  store: Store,
  project: ProjectId,
  policy: Policy,
  selection: Selection,
): Promise<PlacedUndo | undefined> =>
  lastUndo(store, project, async (position) => {
    const said = await store.at(project, position);
    return said && partOf(project, policy, selection, said);
  });

/** The last undo that still holds something, and took back nothing but these. */
export function lastOf(store: Store, project: ProjectId, told: readonly Told[]): Promise<PlacedUndo | undefined> {
  const parts = new Map(told.map((one) => [one.entry, one]));
  return lastUndo(store, project, async (position) => parts.get(position));
}

/** `partOf` gives what of an entry is meant. */
async function lastUndo(
  store: Store,
  project: ProjectId,
  partOf: (position: Position) => Promise<Told | undefined>,
): Promise<PlacedUndo | undefined> {
  const undone = await store.undone(project);
  const turn = new Turn();
  const isMeant = async ({ entry, ids }: Told): Promise<boolean> => {
    if (turn.isOver) await turn.next();
    const part = await partOf(entry);
    return part !== undefined && (part.ids === undefined || ids?.every((id) => part.ids?.includes(id)) === true);
  };
  for (const decided of (await store.undos(project)).toReversed()) {
    const undo = undoIn(decided);
    if (undo?.type !== 'Retract' || undone.heldBy(undo).length === 0) continue;
    let isWithin = true;
    for (const told of undo.told) if (!(isWithin = await isMeant(told))) break;
    if (isWithin) return undo;
  }
  return undefined;
}

/** What of an entry a selection means. */
function partOf(
  project: ProjectId,
  policy: Policy,
  selection: Selection,
  { entry, verdict }: Decided,
): Told | undefined {
  const { identifier } = selection;
  if (entry.project !== project || 'told' in entry.command || !fits(entry, selection)) return undefined;
  if (identifier !== undefined && !namedBy(policy, { entry, verdict }).includes(identifier)) return undefined;
  const isWhole = identifier === undefined || !('ids' in entry.command);
  return { entry: entry.position, ...(isWhole ? {} : { ids: [identifier] }) };
}

const fits = ({ position, wire, trust, insertId, time }: Decided['entry'], wanted: Selection): boolean =>
  (wanted.entry === undefined || position === wanted.entry) &&
  (wanted.wire === undefined || wire === wanted.wire) &&
  (wanted.trust === undefined || trust === wanted.trust) &&
  (wanted.insertIdPrefix === undefined || insertId?.startsWith(wanted.insertIdPrefix) === true) &&
  (wanted.from === undefined || time >= wanted.from) &&
  (wanted.to === undefined || time < wanted.to);
