import type { Access, Item } from './protocol.ts';

/** What could not be taken, as an item: counted for the project it speaks for, and for the rate of the key it came with (S41). */
export const refusedItem = (access: Pick<Access, 'project' | 'trust'> | undefined, reason: string) =>
  ({
    type: 'refused',
    ...(access === undefined ? {} : { project: access.project, trust: access.trust }),
    reason,
  }) as const satisfies Item;
