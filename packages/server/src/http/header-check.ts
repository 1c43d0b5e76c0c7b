import type { IncomingMessage } from 'node:http';
import { limits } from '../limits.ts';

/** Do the headers stay within the limits? The URL has a limit of its own, so Node's single one cannot say. */
export function headersFit({ rawHeaders }: IncomingMessage): boolean {
  if (rawHeaders.length > 2 * limits.headerCount) return false;
  let bytes = 0;
  // Two characters between name and value and two at the end of the line.
  for (let i = 0; i < rawHeaders.length; i++) bytes += (rawHeaders[i] as string).length + 2;
  return bytes <= limits.headerBytes;
}
