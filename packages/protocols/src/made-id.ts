import type { Json, ProjectId } from '@selfsame/identity';
import { encodeBase64Url } from './base64url.ts';
import { insertIdOf } from './json/values.ts';
import type { Host } from './protocol.ts';

/**
 * An insert id that the same thing gives again, so that a second item of it is a duplicate; short, however long the
 * thing's own id is. A MAC, so that nobody can use one up who has not seen what it is of.
 * @param kind of what: an id of one kind is none of another
 */
export const madeId = (kind: string, of: string, project: ProjectId, host: Host): string =>
  encodeBase64Url(host.hmac(project, 'server', `${kind}\n${of}`));

/**
 * What makes an item the same when it comes again: its sender's own id, or one made of it where we cannot keep that as
 * it is (longer, in other letters, a list, an object). Undefined where the sender has none.
 */
export function keptInsertId(sent: Json | undefined, project: ProjectId, host: Host): string | undefined {
  const id = insertIdOf(sent);
  return id === null ? `made.${madeId('insert-id', JSON.stringify(sent), project, host)}` : id;
}
