import { type IdentifierKey, MOST_UNDONE, namedBy, type Policy, type ProjectId, type Told } from '@selfsame/identity';
import { type Store, Turn } from '@selfsame/store';

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
  const { entry, identifier } = selection;
  const told: Told[] = [];
  const turn = new Turn();
  for await (const decided of store.read(entry === undefined ? 0 : entry - 1)) {
    if (turn.isOver) await turn.next();
    if (entry !== undefined && decided.entry.position > entry) break;
    const one = decided.entry;
    if (one.project !== project || 'told' in one.command || !fits(one, selection)) continue;
    if (identifier !== undefined && !namedBy(policy, decided).includes(identifier)) continue;
    const isWhole = identifier === undefined || !('ids' in one.command);
    told.push({ entry: one.position, ...(isWhole ? {} : { ids: [identifier] }) });
    if (told.length > MOST_UNDONE) return 'tooMany';
  }
  return told;
}

const fits = (
  { wire, trust, insertId, time }: { wire: string; trust: number; insertId?: string; time: number },
  wanted: Selection,
): boolean =>
  (wanted.wire === undefined || wire === wanted.wire) &&
  (wanted.trust === undefined || trust === wanted.trust) &&
  (wanted.insertIdPrefix === undefined || insertId?.startsWith(wanted.insertIdPrefix) === true) &&
  (wanted.from === undefined || time >= wanted.from) &&
  (wanted.to === undefined || time < wanted.to);
