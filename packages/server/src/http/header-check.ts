import type { IncomingMessage } from 'node:http';
import { limits } from '../limits.ts';

/** Why a request is refused for its headers alone. */
export interface BadHead {
  readonly status: 400 | 431;
  readonly cause: 'two-hosts' | 'too-many-headers';
  readonly message: string;
  /** What the operator can do about it. */
  readonly advice: string;
}

const tooMany: BadHead = {
  status: 431,
  cause: 'too-many-headers',
  message: 'the headers are too many or too long',
  advice: `a request may have ${limits.headerCount} headers of ${limits.headerBytes} bytes: look for cookies that grow`,
};
const twoHosts: BadHead = {
  status: 400,
  cause: 'two-hosts',
  message: 'the request names two hosts',
  advice: 'look at the proxies between the sender and here',
};

/** What is wrong with a request's headers (S25); undefined when nothing is. */
export function badHead(message: IncomingMessage): BadHead | undefined {
  if (!headersFit(message)) return tooMany;
  const { rawHeaders } = message;
  let hosts = 0;
  for (let i = 0; i < rawHeaders.length; i += 2)
    if (rawHeaders[i]?.length === 4 && rawHeaders[i]?.toLowerCase() === 'host') hosts += 1;
  return hosts > 1 ? twoHosts : undefined;
}

/** Do the headers stay within the limits? The URL has a limit of its own, so Node's single one cannot say. */
function headersFit({ rawHeaders }: IncomingMessage): boolean {
  if (rawHeaders.length > 2 * limits.headerCount) return false;
  let bytes = 0;
  // Two characters between name and value and two at the end of the line.
  for (let i = 0; i < rawHeaders.length; i++) bytes += (rawHeaders[i] as string).length + 2;
  return bytes <= limits.headerBytes;
}
