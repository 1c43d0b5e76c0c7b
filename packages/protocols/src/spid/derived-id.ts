import { encodeBase64Url } from '../base64url.ts';
import type { Access, Host } from '../protocol.ts';

/**
 * An insert id that the same thing gives again, so that a second item of it is a duplicate; short, however long the
 * thing's own id is. A MAC, so that nobody can use one up who has not seen what it is of.
 */
export const derivedId = (name: string, of: string, { project }: Access, host: Host): string =>
  `${name}.${encodeBase64Url(host.hmac(project, 'server', `spid-event\n${name}\n${of}`))}`;
