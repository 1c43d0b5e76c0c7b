import type { Format } from '../format-shape.ts';
import { madeInsertId, Unreadable } from '../outgoing.ts';

/** Our own items, as `POST /v1/batch` takes them. */
export const native = {
  name: 'native',
  recognises: (value) => typeof value['type'] === 'string',
  read(value, { number }) {
    if (typeof value['type'] !== 'string')
      throw new Unreadable('has no type; a native item looks like {"type":"track",…}');
    const has = value['insertId'] !== undefined && value['insertId'] !== null && value['insertId'] !== '';
    return [{ route: 'batch', body: has ? value : { ...value, insertId: madeInsertId(value, number) } }];
  },
} as const satisfies Format;
