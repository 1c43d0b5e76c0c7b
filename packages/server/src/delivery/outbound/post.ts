import { lookup as resolveName } from 'node:dns/promises';
import { type ClientRequest, request as plain } from 'node:http';
import { request as secure } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { isForbidden } from './forbidden.ts';

/** Most of an answer's body that is read, bytes (S29). */
const MOST_READ = 65_536;

export interface Message {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** For the whole of it, name lookup to last byte, ms. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** The status a receiver gave, or why there is none. Says nothing of what was sent or received (S40). */
export type Sent = { readonly status: number } | { readonly failure: string };

export type Post = (url: string, message: Message) => Promise<Sent>;

export interface PostOptions {
  /** Single private addresses that may be sent to. */
  readonly allowed: readonly string[];
  /** All addresses of a name. */
  readonly resolve?: (name: string) => Promise<readonly string[]>;
}

const resolveAll = async (name: string) => (await resolveName(name, { all: true })).map((one) => one.address);

/**
 * Posts to an address that a customer chose (S27): the name is resolved once, every address is checked, and the
 * connection goes to a checked one, so that a name that resolves differently a moment later changes nothing. A redirect
 * is an answer like any other. Never rejects.
 */
export function createPost({ allowed, resolve = resolveAll }: PostOptions): Post {
  return async (url, message) => {
    const target = URL.parse(url);
    if (target === null || !/^https?:$/.test(target.protocol)) return { failure: 'the URL is none to post to' };
    const signal = AbortSignal.any([message.signal, AbortSignal.timeout(message.timeoutMs)]);
    try {
      const name = target.hostname.replace(/^\[|\]$/g, '');
      const addresses = isIP(name) === 0 ? await abortable(resolve(name), signal) : [name];
      const [address] = addresses;
      if (address === undefined || addresses.some((one) => isForbidden(one, allowed)))
        return { failure: 'the address is private and not among allowPrivateOutputs' };
      return await send(target, address, message, signal);
    } catch (error) {
      if (signal.aborted) return { failure: message.signal.aborted ? 'stopped' : 'timed out' };
      return { failure: (error as NodeJS.ErrnoException).code ?? 'failed' };
    }
  };
}

function send(target: URL, address: string, message: Message, signal: AbortSignal): Promise<Sent> {
  // Gives the chosen address to every question, so the name is not asked again.
  const family = isIP(address);
  const lookup: LookupFunction = (_name, { all }, done) =>
    all ? done(null, [{ address, family }]) : done(null, address, family);
  return new Promise((resolve, reject) => {
    const options = {
      method: 'POST',
      headers: { ...message.headers, 'content-length': Buffer.byteLength(message.body) },
      lookup,
      agent: false,
      signal,
    } as const;
    const request: ClientRequest = (target.protocol === 'https:' ? secure : plain)(target, options);
    request.once('error', reject);
    request.once('response', (response) => {
      let read = 0;
      response.on('data', (part: Buffer) => {
        read += part.length;
        // The status is all we want; an endless body is not waited for.
        if (read > MOST_READ) response.destroy();
      });
      response.once('error', reject);
      response.once('close', () => resolve({ status: response.statusCode ?? 0 }));
    });
    request.end(message.body);
  });
}

function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    work.then(resolve, reject);
  });
}
