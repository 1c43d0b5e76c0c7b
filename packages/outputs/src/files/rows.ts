import type { Instant } from '@selfsame/identity';
import { iso } from '../iso.ts';
import type { EventMessage, Message, MetMessage, MovedMessage, Place, RetractedMessage } from '../message.ts';
import type { TableName } from './tables.ts';

/**
 * A message as one line of rows, `events {"position":7,"part":0,"arrived":"…",…}`, with a tab between them; undefined for
 * one that says nothing to files. Whoever has the line has the whole message.
 */
export function lineOf(message: Message, id: string): string | undefined {
  const rows = rowsOf(message, id);
  const { place, at } = message;
  const head = { position: place.position, part: place.part, arrived: iso(at) };
  if (rows.length === 0) return undefined;
  return `${rows.map(([table, row]) => `${table} ${JSON.stringify({ ...head, ...row })}`).join('\t')}\n`;
}

function rowsOf(message: Message, id: string): readonly (readonly [TableName, object])[] {
  switch (message.kind) {
    case 'event':
      return [message.again === true ? ['corrected', correctedRow(message, id)] : ['events', eventRow(message, id)]];
    case 'moved':
      return [
        ['moved', movedRow(message, id)],
        ['ownership', ownerRow(message)],
      ];
    case 'met':
      return metRows(message).map((row) => ['ownership', row]);
    case 'retracted':
      return [
        ['retracted', { event_position: message.of, stands: message.stands }],
        ...(message.untold === undefined ? [] : [['events', untoldRow(message, message.untold, id)] as const]),
      ];
    case 'person':
    case 'erased':
      return [];
  }
}

/** What a line says of its place, and when its entry arrived; undefined for what is no line. */
export function placeOfLine(line: string): (Place & { readonly arrived: string }) | undefined {
  const [, position, part, arrived] =
    /^[a-z]+ \{"position":(\d+),"part":(\d+),"arrived":"([^"]+)"/.exec(line.slice(0, 120)) ?? [];
  return arrived === undefined ? undefined : { position: Number(position), part: Number(part), arrived };
}

/** An event that counts now and had no row: under its own place, as if it were told when it came. */
const untoldRow = (message: RetractedMessage, arrived: Instant, id: string): object => ({
  position: message.of,
  part: 0,
  arrived: iso(arrived),
  ...eventRow(message, id),
});

function eventRow(
  { event, person, replaces }: Pick<EventMessage, 'event' | 'person' | 'replaces'>,
  id: string,
): object {
  const { name, time, insertId, wire, anchor, properties } = event;
  return {
    id,
    time: iso(time),
    name,
    insert_id: insertId,
    wire,
    anchor_kind: anchor?.kind ?? null,
    anchor_value: anchor?.value ?? null,
    person: person?.id ?? null,
    known: person?.known ?? null,
    properties,
    replaces: replaces ?? null,
  };
}

const correctedRow = ({ replaces, person }: EventMessage, id: string): object => ({
  id,
  event_position: replaces,
  person: person?.id ?? null,
  known: person?.known ?? null,
});

const moment = (time: Instant | null): string | null => (time === null ? null : iso(time));

function movedRow({ anchor, stretch, from, to, because }: MovedMessage, id: string): object {
  return {
    id,
    kind: anchor.kind,
    value: anchor.value,
    start_time: moment(stretch.from),
    end_time: moment(stretch.to),
    from_person: from?.id ?? null,
    to_person: to?.id ?? null,
    claim: because.claim,
    rule: because.rule,
    undone: because.undone === true,
  };
}

const ownerRow = ({ anchor, stretch, to }: MovedMessage): object => ({
  kind: anchor.kind,
  value: anchor.value,
  start_time: moment(stretch.from),
  end_time: moment(stretch.to),
  person: to?.id ?? null,
  known: to?.known ?? null,
});

const metRows = ({ identifier, stretches }: MetMessage): readonly object[] =>
  stretches.map(({ from, to, person }) => ({
    kind: identifier.kind,
    value: identifier.value,
    start_time: moment(from),
    end_time: moment(to),
    person: person.id,
    known: person.known,
  }));
