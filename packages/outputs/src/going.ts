import type { Connection, KeptBy } from './connection/connection.ts';
import type { Flow } from './flow.ts';
import type { Item } from './item.ts';
import { type Delivery, type Rendered, type Sent, Unrenderable } from './output.ts';
import type { RunnerParts } from './runner-parts.ts';

/** A message on its way, in the receiver's words. */
export interface Going {
  readonly item: Item;
  readonly delivery: Delivery;
  readonly rendered: Rendered;
}

/** A message that stays here; `gap`: its person's next one says so. */
export type Withheld = KeptBy & { readonly gap: boolean };

/** What a runner asks of a message that is to go. */
type Asked = Pick<RunnerParts, 'connect' | 'isAllowed' | 'output' | 'replay'>;

const by = (connection: Connection | undefined) => (connection === undefined ? {} : { connection });

const denied = (connection: Connection | undefined): Withheld => ({
  ...{ kept: 'consent was denied', step: 'consent', gap: true },
  ...by(connection),
});

/** The message in the receiver’s words, or why it does not go. */
export function render({ connect, isAllowed, output, replay }: Asked, flow: Flow, item: Item): Going | Sent | Withheld {
  const { message, id, sequence } = item;
  // What was read under other settings had its sequence by then: the receiver is told of the gap.
  const connected = connect(message);
  if ('kept' in connected) return { ...connected, gap: true };
  const { connection } = connected;
  const gap = flow.gapOf(message);
  const delivery: Delivery = {
    ...connected,
    id,
    sequence,
    ...(gap === undefined ? {} : { gap }),
    ...(replay === undefined ? {} : { replay: true }),
  };
  try {
    const rendered = output.render(delivery);
    if (rendered !== 'skip') return { item, delivery, rendered };
    return { kept: 'the receiver has no use for it', step: 'output', ...by(connection), gap: false };
  } catch (error) {
    if (!isAllowed(message)) return denied(connection);
    if (error instanceof Unrenderable) return { type: 'dead', why: error.message };
    return { type: 'dead', why: 'it could not be put in the receiver’s words' };
  }
}

/** What was rendered a moment ago, as consent and connections are at this one ([O9], G20). */
export function asNow(parts: Asked, flow: Flow, one: Going): Going | Sent | Withheld {
  const { message } = one.item;
  const connected = parts.connect(message);
  if ('kept' in connected) return { ...connected, gap: true };
  if (!parts.isAllowed(message)) return denied(connected.connection);
  return connected.connection === one.delivery.connection ? one : render(parts, flow, one.item);
}

/** Runs of items for one address, none longer than `bytes` characters unless one item alone is. */
export function inParts<T extends { readonly rendered: Rendered }>(
  items: readonly T[],
  bytes: number,
): readonly (readonly T[])[] {
  const parts: T[][] = [];
  let size = 0;
  let to: string | undefined;
  for (const one of items) {
    const { body } = one.rendered;
    const last = parts.at(-1);
    if (last === undefined || one.rendered.to !== to || size + body.length > bytes) {
      parts.push([one]);
      size = 0;
      to = one.rendered.to;
    } else last.push(one);
    size += body.length;
  }
  return parts;
}
