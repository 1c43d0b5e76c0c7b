import type { Entry, Verdict } from '@selfsame/identity';
import type { EventMessage, Via } from './message.ts';

/**
 * What an entry of the log says happened; nothing where it is no event. Of several copies another may count
 * ([D2], [D3]).
 */
export function eventOf(entry: Entry, verdict: Verdict): EventMessage['event'] | undefined {
  const { command } = entry;
  if (command.type !== 'Track') return undefined;
  if (verdict.status !== 'applied' && verdict.rule !== 'D2' && verdict.rule !== 'D3') return undefined;
  return {
    name: command.name,
    time: entry.time,
    insertId: entry.insertId ?? null,
    wire: entry.wire,
    anchor: verdict.anchor ?? null,
    ids: command.ids,
    properties: command.properties,
    ...(command.device === undefined ? {} : { device: command.device }),
    ...(command.hidden === true ? { hidden: true } : {}),
  };
}

/** How an entry came. */
export const viaOf = ({ wire, trust }: Entry): Via => ({ wire, key: trust >= 2 ? 'server' : 'public' });
