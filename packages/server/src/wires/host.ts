import { createHmac, randomBytes, randomInt, randomUUID, timingSafeEqual } from 'node:crypto';
import type { Graph, Instant, Position, ProjectId } from '@selfsame/identity';
import type { Host, SigningSecret } from '@selfsame/protocols';
import type { Store } from '@selfsame/store';
import type { Projects } from '../context.ts';
import { isAddressIn } from '../http/networks.ts';
import { publishedScript } from './published-script.ts';
import { createTally } from './tally.ts';

/** What every request's host is made from. */
export interface HostParts {
  readonly store: Pick<Store, 'ask' | 'at'>;
  readonly projects: Projects;
  readonly clock: () => Instant;
  /** A project's secrets, for signatures. */
  readonly secretOf: (project: ProjectId, secret: SigningSecret | 'server') => string;
}

/** Makes what the server lends a wire for one request: `now` stands still while the request is read. */
export function hostFactory(parts: HostParts): () => Host {
  const tally = createTally();
  return () => new RequestHost(parts, tally);
}

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

class RequestHost implements Host {
  readonly now: Instant;
  readonly tally: Host['tally'];
  readonly #parts: HostParts;

  constructor(parts: HostParts, tally: Host['tally']) {
    this.#parts = parts;
    this.tally = tally;
    this.now = parts.clock();
  }

  publicKey(wire: string, key: string) {
    return this.#parts.projects.publicKey(wire, key);
  }

  serverKey(wire: string, key: string) {
    return this.#parts.projects.serverKey(wire, key);
  }

  holdsKey(project: ProjectId, id?: string) {
    return this.#parts.projects.holdsKey(project, id);
  }

  randomText(length: number): string {
    return Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('');
  }

  randomInteger(): string {
    // 53 random bits; zero, one chance in 2^53, is drawn again.
    const value = randomBytes(8).readBigUInt64BE() >> 11n;
    return value === 0n ? this.randomInteger() : value.toString();
  }

  randomUuid(): string {
    return randomUUID();
  }

  hmac(project: ProjectId, secret: SigningSecret | 'server', input: string | Uint8Array): Uint8Array {
    return createHmac('sha256', this.#parts.secretOf(project, secret)).update(input).digest();
  }

  signingSecrets(project: ProjectId) {
    return this.#parts.projects.signingSecrets(project);
  }

  sameBytes(a: Uint8Array, b: Uint8Array): boolean {
    return a.length === b.length && timingSafeEqual(a, b);
  }

  isAddressIn(address: string, networks: readonly string[]): boolean {
    return isAddressIn(address, networks);
  }

  ask<T>(project: ProjectId, question: (graph: Graph) => T): Promise<T> {
    return this.#parts.store.ask(project, question);
  }

  script(file: string): string | undefined {
    return publishedScript(file);
  }

  logged(project: ProjectId, position: Position) {
    return this.#parts.store.at(project, position);
  }
}
