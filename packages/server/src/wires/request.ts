import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { type WireRequest, withWholeCharacters } from '@selfsame/protocols';
import { limits } from '../limits.ts';

/** How a request reached us, with configured proxies believed and nobody else (S41). */
export interface Peer {
  readonly ip: string;
  readonly origin: string;
}

/** An HTTP request as a wire sees it. The query is parsed when somebody asks: most requests of the hot path have none. */
export class NodeWireRequest implements WireRequest {
  readonly path: string;
  readonly search: string;
  readonly body: Uint8Array;
  readonly #message: IncomingMessage;
  readonly #peer: (message: IncomingMessage) => Peer;
  #query: ReadonlyMap<string, readonly string[]> | undefined;
  #id: string | undefined;

  constructor(
    message: IncomingMessage,
    path: string,
    search: string,
    body: Uint8Array,
    peer: (message: IncomingMessage) => Peer,
  ) {
    this.#message = message;
    this.path = path;
    this.search = search;
    this.body = body;
    this.#peer = peer;
  }

  get method(): string {
    return this.#message.method ?? '';
  }

  /** Repeated headers are joined by the server's `joinDuplicateHeaders`, so every value is a text. */
  get headers(): Readonly<Record<string, string | undefined>> {
    return this.#message.headers as Readonly<Record<string, string | undefined>>;
  }

  get query(): ReadonlyMap<string, readonly string[]> {
    this.#query ??= parseQuery(this.search);
    return this.#query;
  }

  get origin(): string {
    return this.#peer(this.#message).origin;
  }

  get ip(): string {
    return this.#peer(this.#message).ip;
  }

  get id(): string {
    this.#id ??= randomUUID();
    return this.#id;
  }
}

/** Parameters that are read of a query: as many as an object of JSON may have. All of an address of a megabyte take seconds. */
const MOST = limits.jsonKeys;

function parseQuery(search: string): ReadonlyMap<string, readonly string[]> {
  const query = new Map<string, string[]>();
  const read = search.split('&', MOST).join('&');
  for (const [name, value] of new URLSearchParams(withWholeCharacters(read))) {
    const values = query.get(name);
    if (values === undefined) query.set(name, [value]);
    else values.push(value);
  }
  return query;
}
