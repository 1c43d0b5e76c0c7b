import { lookup as resolveName } from 'node:dns/promises';
import { type ClientRequest, type IncomingMessage, Agent as PlainAgent, request as plain } from 'node:http';
import { Agent as SecureAgent, request as secure } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
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

  async function checkedAddress(target: URL, call: Call): Promise<string | undefined> {
    const name = target.hostname.replace(/^\[|\]$/g, '');
    const addresses = isIP(name) === 0 ? await call.during(resolve(name)) : [name];
    return addresses.some((one) => isForbidden(one, allowed)) ? undefined : addresses[0];
  }

  async function post(url: string, message: Message): Promise<Answered> {
    const target = targetOf(url);
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
    const target = targetOf(url);
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

/** A URL that may be posted to. One with white space or control characters in it is none (S30). */
function targetOf(url: string): URL | undefined {
  const target = /[^\x21-\x7e]/.test(url) ? null : URL.parse(url);
  return target !== null && /^https?:$/.test(target.protocol) ? target : undefined;
}

/** Connections kept for the next message, by the name and the checked address they go to. */
class Agents {
  readonly #agents = new Map<string, PlainAgent>();

  to(target: URL, address: string): PlainAgent {
    const key = `${target.origin} ${address}`;
    let agent = this.#agents.get(key);
    if (agent === undefined) {
      // A name whose address changes for ever leaves its old connections here.
      if (this.#agents.size >= MOST_AGENTS) this.close();
      this.#agents.set(key, (agent = agentTo(target, address)));
    }
    return agent;
  }

  close(): void {
    for (const agent of this.#agents.values()) agent.destroy();
    this.#agents.clear();
  }
}

const MOST_AGENTS = 200;
/** Connections to one address, and how long an idle one is kept, ms: less than receivers usually keep theirs. */
const SOCKETS = 64;
const IDLE = 4_000;

function agentTo(target: URL, address: string): PlainAgent {
  // Gives the chosen address to every question, so the name is not asked again.
  const family = isIP(address);
  const lookup: LookupFunction = (_name, { all }, done) =>
    all ? done(null, [{ address, family }]) : done(null, address, family);
  const options = { keepAlive: true, maxSockets: SOCKETS, timeout: IDLE, lookup };
  return target.protocol === 'https:' ? new SecureAgent(options) : new PlainAgent(options);
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
    signal?.addEventListener('abort', this.#end);
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
    this.#signal?.removeEventListener('abort', this.#end);
  }
}

function send(target: URL, agent: PlainAgent, message: Message, call: Call): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const options = {
      method: 'POST',
      headers: { ...message.headers, 'content-length': Buffer.byteLength(message.body) },
      agent,
    } as const;
    const request: ClientRequest = (target.protocol === 'https:' ? secure : plain)(target, options);
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
