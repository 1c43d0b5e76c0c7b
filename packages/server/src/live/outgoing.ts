import type { Sent, Told } from '@selfsame/outputs';
import type { Outgoing } from './feed.ts';

/** Identifiers shown of a person. */
const FEW = 20;
/** Of an identifier that is shown, characters. */
const LONGEST = 256;

/** What became of a message of an output, as the live stream shows it. */
export function outgoingOf(output: string, told: Told, now: number): Outgoing {
  const { message, connection } = told.type === 'sent' ? told.delivery : told;
  const { kind, person, place, via } = message;
  const ids = kind === 'event' && message.event.ids.length > 0 ? message.event.ids : (person?.identifiers ?? []);
  return {
    at: new Date(now).toISOString(),
    output,
    connection: connection?.id ?? null,
    outcome: told.type === 'kept' ? 'kept' : outcomes[told.outcome.type],
    step: told.type === 'kept' ? told.step : null,
    reason: told.type === 'kept' ? told.kept : told.outcome.type === 'done' ? null : told.outcome.why,
    type: kind,
    name: kind === 'event' ? message.event.name : null,
    messageId: told.type === 'sent' ? told.delivery.id : null,
    logPosition: place.position,
    wire: via.wire,
    replay: told.type === 'sent' && told.delivery.replay === true,
    personId: person?.id ?? null,
    known: person?.known ?? false,
    ids: ids.slice(0, FEW).filter(({ value }) => value.length <= LONGEST),
  };
}

const outcomes = { done: 'sent', retry: 'retry', dead: 'dead', halt: 'halted' } as const satisfies Record<
  Sent['type'],
  Outgoing['outcome']
>;
