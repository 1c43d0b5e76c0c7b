import type { Json } from '@selfsame/identity';
import type { Message } from '../message.ts';
import type { Held, Rendered } from '../output.ts';
import { type Batch, deviceOf, printBatch } from './batch.ts';
import { mpidOf } from './identities.ts';
import { numberOf } from './numbers.ts';

/** Most events of one batch. */
export const MOST_EVENTS = 1_000;

/** What one device does for one profile goes together, when the clock passes a multiple of `batchMs`. */
export const gathering =
  (batchMs: number) =>
  (message: Message): Held => {
    const said = message.kind === 'event' ? message.event.properties : {};
    const device = message.kind === 'event' ? deviceOf(message.event) : undefined;
    const window = Math.floor(message.at / batchMs);
    const who = [device ?? null, mpidOf(message), said['environment'] ?? null, message.via.key];
    return { key: JSON.stringify([window, ...who]), until: (window + 1) * batchMs };
  };

/** The batch that rendered ones are together: the profile of the last, the events of all. */
export function bodyOf(rendered: readonly Rendered[]): string {
  const batches = rendered.map(({ body }) => JSON.parse(body) as Batch);
  const last = batches.at(-1) as Batch;
  if (batches.length === 1) return printBatch(last);
  const lists = (field: string) => batches.flatMap((one) => (one[field] ?? []) as readonly Json[]);
  const deleted = [...new Set(lists('deleted_user_attributes'))].filter(
    (name) => !Object.hasOwn(last['user_attributes'] as object, String(name)),
  );
  return printBatch({
    ...last,
    // Made of what is in it, so it names one batch for ever.
    batch_id: numberOf(`batches ${batches.map((one) => one['batch_id']).join()}`),
    events: batches.flatMap((one) => one.events),
    ...(deleted.length === 0 ? {} : { deleted_user_attributes: deleted }),
    system_notifications: lists('system_notifications'),
  });
}
