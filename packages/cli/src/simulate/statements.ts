import type { Identifier, ProjectId, Statement } from '@selfsame/identity';
import type { SimulatedEvent } from './history.ts';

/** An event as the rules are told it by a library that also says when somebody logs out. */
export function statementsOf(event: SimulatedEvent, project: ProjectId): readonly Statement[] {
  const device: Identifier = { kind: 'device', value: event.device };
  const ids = event.user === null ? [device] : [{ kind: 'user', value: event.user }, device];
  const said = { project, wire: 'native', trust: 0, time: event.time } as const;
  const track: Statement = {
    ...said,
    insertId: event.insertId,
    command: { type: 'Track', ids, name: event.name, properties: event.properties },
  };
  if (event.turn !== 'logout') return [track];
  // A moment later, so that the event itself still belongs to the one who leaves.
  const logout: Statement = {
    ...said,
    time: event.time + 1,
    insertId: `${event.insertId}-out`,
    command: { type: 'Logout', ids: [device] },
  };
  return [track, logout];
}
