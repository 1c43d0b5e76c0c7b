import type { IncomingMessage } from 'node:http';
import { limits } from '../limits.ts';

/** The status a request is refused with for its headers alone: too many (431), or two hosts (400, S25). */
export function refusedHeaders(message: IncomingMessage): 400 | 431 | undefined {
  if (!headersFit(message)) return 431;
  const { rawHeaders } = message;
  let hosts = 0;
  for (let i = 0; i < rawHeaders.length; i += 2)
    if (rawHeaders[i]?.length === 4 && rawHeaders[i]?.toLowerCase() === 'host') hosts += 1;
  return hosts > 1 ? 400 : undefined;
}

/** Do the headers stay within the limits? The URL has a limit of its own, so Node's single one cannot say. */
function headersFit({ rawHeaders }: IncomingMessage): boolean {
  if (rawHeaders.length > 2 * limits.headerCount) return false;
  let bytes = 0;
  // Two characters between name and value and two at the end of the line.
  for (let i = 0; i < rawHeaders.length; i++) bytes += (rawHeaders[i] as string).length + 2;
  return bytes <= limits.headerBytes;
}
