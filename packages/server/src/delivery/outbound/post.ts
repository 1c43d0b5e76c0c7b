import { lookup as resolveName } from 'node:dns/promises';
import {
  type ClientRequest,
  type IncomingMessage,
  Agent as PlainAgent,
  request as plain,
  type RequestOptions,
} from 'node:http';
import { Agent as SecureAgent, request as secure } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { urlToHttpOptions } from 'node:url';
import { isForbidden } from './forbidden.ts';
import { type NoAnswer, noAddress, noAnswerOf, stopped, tooLate } from './no-answer.ts';

/** Most of an answer's body that is read, bytes (S29). */
const MOST_READ = 65_536;

export interface Message {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** For the whole of it, name lookup to last byte, ms. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** What a receiver answered, or why it did not. */
export type Answered =
  | {
      readonly status: number;
      /** At most 64 KiB of it. */
      readonly body: string;
      /** How long its `Retry-After` asks to wait, ms. */
      readonly retryAfter?: number;
    }
  | NoAnswer;

export interface Post {
  (url: string, message: Message): Promise<Answered>;
  /** Why nothing would be sent there now; undefined when something would (S27). */
  whyNot(url: string): Promise<string | undefined>;
  /** Ends connections that are kept for the next message. */
  close(): void;
}

export interface PostOptions {
  /** Single private addresses that may be sent to. */
  readonly allowed: readonly string[];
  /** All addresses of a name. */
  readonly resolve?: (name: string) => Promise<readonly string[]>;
}

const resolveAll = async (name: string) => (await resolveName(name, { all: true })).map((one) => one.address);

const PRIVATE = 'the address is private and not among allowPrivateOutputs';
const NO_URL = 'the URL is none to post to';
/** How long a look at a name may take before it counts as no name, ms. */
const LOOK_UP = 5_000;

/**
 * Posts to an address that a customer chose (S27): the name is resolved once, every address is checked, and the
 * connection goes to a checked one, so that a name that resolves differently a moment later changes nothing.
 * Connections are kept by name and checked address. A redirect is an answer like any other. Never rejects.
 */
export function createPost({ allowed, resolve = resolveAll }: PostOptions): Post {
  const agents = new Agents();
  const targets = new Targets();

  async function checkedAddress({ name }: Target, call: Call): Promise<string | undefined> {
    const addresses = isIP(name) === 0 ? await call.during(resolve(name)) : [name];
    return addresses.some((one) => isForbidden(one, allowed)) ? undefined : addresses[0];
  }

  async function post(url: string, message: Message): Promise<Answered> {
    const target = targets.of(url);
    if (target === undefined) return noAddress(NO_URL);
    const call = new Call(message.timeoutMs, message.signal);
    try {
      const address = await checkedAddress(target, call);
      if (address === undefined) return noAddress(PRIVATE);
      return await send(target, agents.to(target, address), message, call);
    } catch (error) {
      if (message.signal.aborted) return stopped;
      return call.isLate ? tooLate(message.timeoutMs) : noAnswerOf(error);
    } finally {
      call.done();
    }
  }

  async function whyNot(url: string): Promise<string | undefined> {
    const target = targets.of(url);
    if (target === undefined) return NO_URL;
    const call = new Call(LOOK_UP);
    try {
      return (await checkedAddress(target, call)) === undefined ? PRIVATE : undefined;
    } catch {
      return 'the name in the URL leads to no address';
    } finally {
      call.done();
    }
  }

  return Object.assign(post, { whyNot, close: () => agents.close() });
}

/** Where a URL leads. */
interface Target {
  /** Scheme, name and port. */
  readonly origin: string;
  readonly isSecure: boolean;
  /** The name, or the address that stands in its place. */
  readonly name: string;
  /** What a request says of it. */
  readonly options: RequestOptions;
}

/** A URL that may be posted to. One with white space or control characters in it is none (S30). */
function targetOf(url: string): Target | undefined {
  const target = /[^\x21-\x7e]/.test(url) ? null : URL.parse(url);
  if (target === null || !/^https?:$/.test(target.protocol)) return undefined;
  const { protocol, hostname, port, path, auth } = urlToHttpOptions(target);
  return {
    origin: target.origin,
    isSecure: protocol === 'https:',
    name: target.hostname.replace(/^\[|\]$/g, ''),
    options: { protocol, hostname, port, path, auth, method: 'POST' },
  };
}

/** Where URLs lead, each read once: to read one again for every message is a tenth of what a post costs. */
class Targets {
  readonly #known = new Map<string, Target | undefined>();

  of(url: string): Target | undefined {
    if (!this.#known.has(url)) {
      if (this.#known.size >= MOST_KNOWN) this.#known.clear();
      this.#known.set(url, targetOf(url));
    }
    return this.#known.get(url);
  }
}

const MOST_KNOWN = 200;

/** Connections kept for the next message, by the name and the checked address they go to. */
class Agents {
  readonly #agents = new Map<string, PlainAgent>();

  to(target: Target, address: string): PlainAgent {
    const key = `${target.origin} ${address}`;
    let agent = this.#agents.get(key);
    if (agent === undefined) {
      // A name whose address changes for ever leaves its old connections here.
      if (this.#agents.size >= MOST_KNOWN) this.close();
      this.#agents.set(key, (agent = agentTo(target, address)));
    }
    return agent;
  }

  close(): void {
    for (const agent of this.#agents.values()) agent.destroy();
    this.#agents.clear();
  }
}

/** Connections to one address, and how long an idle one is kept, ms: less than receivers usually keep theirs. */
const SOCKETS = 64;
const IDLE = 4_000;

function agentTo({ isSecure }: Target, address: string): PlainAgent {
  // Gives the chosen address to every question, so the name is not asked again.
  const family = isIP(address);
  const lookup: LookupFunction = (_name, { all }, done) =>
    all ? done(null, [{ address, family }]) : done(null, address, family);
  const options = { keepAlive: true, maxSockets: SOCKETS, timeout: IDLE, lookup };
  return isSecure ? new SecureAgent(options) : new PlainAgent(options);
}

/** What to do when a signal comes: one listener for all posts that wait for it, since one for each costs 5 µs. */
const onAbort = new WeakMap<AbortSignal, Set<() => void>>();

function endsOf(signal: AbortSignal): Set<() => void> {
  let ends = onAbort.get(signal);
  if (ends === undefined) {
    const all = new Set<() => void>();
    signal.addEventListener('abort', () => all.forEach((end) => void end()), { once: true });
    onAbort.set(signal, (ends = all));
  }
  return ends;
}

/** The time that one message has. A signal of its own, composed of two, costs twenty times as much. */
class Call {
  readonly #signal: AbortSignal | undefined;
  readonly #timer: NodeJS.Timeout;
  readonly #end = () => this.#cancel?.();
  #cancel: (() => void) | undefined;
  #isLate = false;

  constructor(timeoutMs: number, signal?: AbortSignal) {
    this.#signal = signal;
    this.#timer = setTimeout(() => {
      this.#isLate = true;
      this.#end();
    }, timeoutMs);
    if (signal !== undefined) endsOf(signal).add(this.#end);
  }

  get isLate(): boolean {
    return this.#isLate;
  }

  get isOver(): boolean {
    return this.#isLate || this.#signal?.aborted === true;
  }

  /** What comes of some work, unless the time is over first. */
  during<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.orElse(() => reject(new Error('the time is over')));
      work.then(resolve, reject);
    });
  }

  /** How to end what is under way from here on. */
  orElse(cancel: () => void): void {
    this.#cancel = cancel;
    if (this.isOver) cancel();
  }

  done(): void {
    clearTimeout(this.#timer);
    if (this.#signal !== undefined) endsOf(this.#signal).delete(this.#end);
  }
}

function send(target: Target, agent: PlainAgent, message: Message, call: Call): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const headers = { ...message.headers, 'content-length': Buffer.byteLength(message.body) };
    const request: ClientRequest = (target.isSecure ? secure : plain)({ ...target.options, headers, agent });
    request.once('error', (error: NodeJS.ErrnoException) => {
      // The receiver closed a kept connection just as we took it: that says nothing about the receiver.
      if (request.reusedSocket && error.code === 'ECONNRESET' && !call.isOver)
        resolve(send(target, agent, message, call));
      else reject(error);
    });
    request.once('response', (response) => read(response).then(resolve, reject));
    call.orElse(() => request.destroy(new Error('the time is over')));
    request.end(message.body);
  });
}

function read(response: IncomingMessage): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let size = 0;
    response.on('data', (part: Buffer) => {
      parts.push(part);
      size += part.length;
      // An endless body is not waited for.
      if (size > MOST_READ) response.destroy();
    });
    response.once('error', reject);
    response.once('close', () => {
      const body = Buffer.concat(parts).subarray(0, MOST_READ).toString('utf8');
      const retryAfter = waitIn(response.headers['retry-after']);
      resolve({ status: response.statusCode ?? 0, body, ...(retryAfter === undefined ? {} : { retryAfter }) });
    });
  });
}

/** What a `Retry-After` asks, ms: seconds, or a date. */
function waitIn(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  const wait = /^\d{1,9}$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - Date.now();
  return Number.isNaN(wait) ? undefined : Math.max(0, wait);
}
