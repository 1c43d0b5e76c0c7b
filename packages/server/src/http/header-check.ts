import type { IncomingMessage } from 'node:http';
import { limits } from '../limits.ts';

/** Why a request is refused for its head alone. */
export interface BadHead {
  readonly status: 400 | 408 | 431 | 503;
  readonly cause: 'two-hosts' | 'too-many-headers' | 'too-slow' | 'bad-framing' | 'overloaded';
  readonly message: string;
  /** What the operator can do about it. */
  readonly advice: string;
}

export const tooMany: BadHead = {
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

const tooSlow: BadHead = {
  status: 408,
  cause: 'too-slow',
  message: 'the head of the request took too long',
  advice: 'the sender’s connection is slow, or it stopped in the middle',
};
const notHttp: BadHead = {
  status: 400,
  cause: 'bad-framing',
  message: 'the head of the request is not HTTP',
  advice: 'look at the proxies between the sender and here, and at what the sender writes its headers with',
};

/** Nothing is: there is no room for the heads of all who send at once, and this one is to come again. */
export const noRoom: BadHead = {
  status: 503,
  cause: 'overloaded',
  message: 'too many requests are being read',
  advice: 'more arrives at once than memory may hold, with long addresses or headers: send less at a time',
};

/** What is wrong with a request that Node's parser would not take, by the parser's code. */
export const refusedByParser = (code: string | undefined): BadHead =>
  code === 'HPE_HEADER_OVERFLOW' ? tooMany : code === 'ERR_HTTP_REQUEST_TIMEOUT' ? tooSlow : notHttp;

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
