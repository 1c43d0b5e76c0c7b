import type { Format, Made } from '../format-shape.ts';
import { type Fields, isFields, keptInsertId, madeInsertId } from '../outgoing.ts';

const calls: ReadonlySet<unknown> = new Set(['identify', 'track', 'page', 'screen', 'group', 'alias']);

/** Messages of Segment's libraries, one each or a batch as it is posted. */
export const segment = {
  name: 'segment',
  recognises: (value) =>
    isMessage(value) ||
    (Array.isArray(value['batch']) && value['batch'].some((one) => isFields(one) && isMessage(one))),
  read(value, { number }) {
    const { batch, context } = value;
    if (!Array.isArray(batch)) return [made(value, madeInsertId(value, number))];
    return batch.map((one: unknown, place) => {
      const message = isFields(one) ? one : {};
      const shared = isFields(context) ? { context: { ...context, ...(message['context'] ?? {}) } } : {};
      return made({ ...message, ...shared }, madeInsertId(message, number, `${place} `));
    });
  },
} as const satisfies Format;

const isMessage = (value: Fields): boolean =>
  calls.has(value['type']) &&
  !('ids' in value) &&
  ['userId', 'anonymousId', 'messageId', 'event', 'previousId'].some((name) => name in value);

const made = (message: Fields, id: string): Made => ({
  route: 'segment',
  body: { ...message, messageId: keptInsertId(message['messageId']) ?? id },
});
