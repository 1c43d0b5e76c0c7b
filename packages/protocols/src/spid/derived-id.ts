import { madeId } from '../made-id.ts';
import type { Access, Host } from '../protocol.ts';

/** The insert id of what the platform tells beside an item, made of that item's: a second of it is a duplicate. */
export const derivedId = (name: string, of: string, { project }: Access, host: Host): string =>
  `${name}.${madeId('spid-event', `${name}\n${of}`, project, host)}`;
