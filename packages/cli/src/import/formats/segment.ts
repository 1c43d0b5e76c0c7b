import type { Format } from '../format-shape.ts';
import { keptInsertId, madeInsertId } from '../outgoing.ts';

const calls: ReadonlySet<unknown> = new Set(['identify', 'track', 'page', 'screen', 'group', 'alias']);

/** Messages of Segment's libraries, one each. */
export const segment = {
  name: 'segment',
  recognises: (value) =>
    calls.has(value['type']) &&
    !('ids' in value) &&
    ['userId', 'anonymousId', 'messageId', 'event', 'previousId'].some((name) => name in value),
  read: (value, { number }) => [
    {
      route: 'segment',
      body: { ...value, messageId: keptInsertId(value['messageId']) ?? madeInsertId(value, number) },
    },
  ],
} as const satisfies Format;
