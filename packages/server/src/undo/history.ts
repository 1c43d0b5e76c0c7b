import type { ProjectId, Told, Undo } from '@selfsame/identity';
import type { Decided, Store } from '@selfsame/store';
import type { UndoEvent } from '../api.ts';
import { iso } from '../routes/iso.ts';

/** What was done to something that was told, oldest first: taken back, put back, by whom and why. */
export async function historyOf(store: Store, project: ProjectId, told: Told): Promise<readonly UndoEvent[]> {
  const [undos, said] = await Promise.all([undosOf(store, project, told), store.at(project, told.entry)]);
  return [...(said === undefined ? [] : pinOf(said)), ...undos.map(eventOf)];
}

/** The entries that took something back that was told, or put it back, oldest first. */
export const undosOf = async (store: Store, project: ProjectId, told: Told): Promise<readonly Decided[]> =>
  (await store.undos(project)).filter(({ entry }) => (entry.command as Undo).told.some((one) => isSame(one, told)));

/** An operator's word tells itself who said it, and why. */
function pinOf({ entry }: Decided): readonly UndoEvent[] {
  const pin = 'pin' in entry.command ? entry.command.pin : undefined;
  return pin === undefined ? [] : [{ what: 'pin', ...pin, at: iso(entry.at) ?? '' }];
}

export function eventOf({ entry }: Decided): UndoEvent {
  const { type, reason, by } = entry.command as Undo;
  return { what: type === 'Retract' ? 'retract' : 'restore', reason, at: iso(entry.at) ?? '', by };
}

/** An entry as a whole covers each identifier it named. */
const isSame = (one: Told, told: Told): boolean => {
  if (one.entry !== told.entry) return false;
  const { ids } = one;
  return ids === undefined || told.ids?.every((id) => ids.includes(id)) === true;
};
