import type { EventMessage, Message, RetractedMessage } from '../message.ts';
import { applyFilters, type Filters } from './filters.ts';
import { inputsOf } from './input.ts';
import type { Kept } from './kept.ts';
import { applyRules, type Rule } from './rules.ts';
import { applySettings, type ConnectionSettings, usualSettings } from './settings.ts';

/** What one output takes of one input, and what becomes of it on the way: plain data, no code of a customer's. */
export interface Connection {
  readonly id: string;
  /** `all`, a wire, or one of its keys. */
  readonly input: string;
  readonly output: string;
  readonly active: boolean;
  /** The switches that are not as usual. */
  readonly settings: Partial<ConnectionSettings>;
  readonly filters: Filters;
  readonly rules: readonly Rule[];
}

/** A message as its connection lets it through; without one where the output has no connections and takes everything. */
export interface Connected {
  readonly message: Message;
  readonly connection?: Connection;
}

/** A message that went no further, and where. */
export interface KeptBy extends Kept {
  readonly connection?: Connection;
}

/**
 * What the connections of one output make of a message, and after them the output's own rules ([O9]). The narrowest of
 * an event's inputs decides, also when that connection is off. Without a connection an output takes everything.
 */
export function connect(
  connections: readonly Connection[],
  message: Message,
  rules: readonly Rule[] = [],
): Connected | KeptBy {
  const connection = connections.length === 0 ? undefined : connectionFor(connections, message);
  if (connection === undefined && connections.length > 0)
    return { kept: `no connection of this output takes what comes by ${nameOf(message)}`, step: 'connection' };
  const by = connection === undefined ? {} : { connection };
  if (connection?.active === false) return { kept: 'the connection is switched off', step: 'connection', ...by };
  let now = asEvent(message);
  for (const step of [...stepsOf(connection), (one: Message) => ofOutput(applyRules(rules, one))]) {
    const next = step(now);
    if ('kept' in next) return { ...next, ...by };
    now = next;
  }
  return { message: now.kind === 'event' && message.kind === 'retracted' ? takenBack(message, now) : now, ...by };
}

/** What takes an event back goes where the event went, and says as little of it: it is looked at as that event. */
const asEvent = (message: Message): Message =>
  message.kind === 'retracted' ? { ...message, kind: 'event', place: { position: message.of, part: 0 } } : message;

const takenBack = (message: RetractedMessage, { person, event }: EventMessage): RetractedMessage => ({
  ...message,
  person,
  event,
});

const stepsOf = (connection: Connection | undefined): readonly ((message: Message) => Message | Kept)[] =>
  connection === undefined
    ? [(one) => applySettings(usualSettings, one)]
    : [
        (one) => applySettings({ ...usualSettings, ...connection.settings }, one),
        (one) => applyFilters(connection.filters, one),
        (one) => applyRules(connection.rules, one),
      ];

const ofOutput = (ruled: Message | Kept): Message | Kept =>
  'kept' in ruled ? { ...ruled, kept: `the output’s ${ruled.kept}` } : ruled;

function connectionFor(connections: readonly Connection[], message: Message): Connection | undefined {
  for (const input of inputsOf(message.via)) {
    const found = connections.find((one) => one.input === input);
    if (found !== undefined) return found;
  }
  // A correction speaks of what was sent before, by whichever input that came, and so does an erasure.
  const isOfOutput = message.kind === 'moved' || message.kind === 'met' || message.kind === 'erased';
  return isOfOutput ? (connections.find((one) => one.active) ?? connections[0]) : undefined;
}

const nameOf = ({ via }: Message): string => `${via.wire} with a ${via.key} key`;
