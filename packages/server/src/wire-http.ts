import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Verdict } from '@selfsame/identity';
import type { Host, Item, WireReply } from '@selfsame/protocols';
import { type Ingest, Overloaded, StoreError } from '@selfsame/store';
import type { BodyBudget } from './body-budget.ts';
import { limits } from './limits.ts';
import { type Body, readBody } from './request-body.ts';
import { answer, turnAway } from './wire-answer.ts';
import type { Match } from './wire-finder.ts';
import { NodeWireRequest, type Peer } from './wire-request.ts';

export interface WireParts {
  readonly ingest: Pick<Ingest, 'submit'>;
  readonly host: () => Host;
  readonly peer: (message: IncomingMessage) => Peer;
  readonly budget: BodyBudget;
  /** Aborted when the server stops: answers then end their connection (G15). */
  readonly stopping: AbortSignal;
  /** How long a body may take, ms. */
  readonly bodyTimeoutMs: number;
  /** Told of errors that are nobody's but ours; must not be given what the request holds (S40). */
  readonly onError: (wire: string, error: unknown) => void;
}

/** An answer that the server gives in a wire's words instead of the wire itself. */
interface TurnedAway {
  readonly status: number;
  readonly message: string;
  readonly retryAfterSeconds?: number;
}

/** Answers one request by one wire: body → items → verdicts → answer. Never rejects. */
export const wireHandler =
  (parts: WireParts) => async (message: IncomingMessage, response: ServerResponse, match: Match) => {
    const { wire, path, search } = match;
    const { ingest, host, peer, budget, stopping, bodyTimeoutMs, onError } = parts;
    let body: Body | undefined;
    let request = new NodeWireRequest(message, path, search, nothing, peer);
    try {
      const limit = Math.min(wire.limit?.(path) ?? limits.bodyBytes, limits.bodyBytes);
      const read = await readBody(message, { limit, timeoutMs: bodyTimeoutMs, budget });
      if (read === 'gone') return;
      if ('status' in read) return turnAway(message, response, wire, request, read);
      body = read;
      request = new NodeWireRequest(message, path, search, body.bytes, peer);
      const reading = wire.read(request, host());
      const reply = reading.type === 'answer' ? reading.reply : await judged(reading);
      if (stopping.aborted) response.shouldKeepAlive = false;
      answer(response, wire.headers(request), reply);
    } catch (error) {
      const away = turnedAway(error);
      if (away.status === 500) onError(wire.name, error);
      turnAway(message, response, wire, request, away);
    } finally {
      if (body !== undefined) budget.give(body.held);
    }

    /** The wire's answer once every item has its verdict on stable storage (G1). */
    async function judged(reading: {
      readonly items: readonly Item[];
      readonly reply: (verdicts: readonly Verdict[]) => WireReply | Promise<WireReply>;
    }): Promise<WireReply> {
      return reading.reply(await ingest.submit(wire.name, reading.items));
    }
  };

const nothing = new Uint8Array(0);

function turnedAway(error: unknown): TurnedAway {
  if (error instanceof Overloaded)
    return { status: 503, message: 'too much is waiting to be stored', retryAfterSeconds: error.retryAfterSeconds };
  // Nothing of a failed commit is acknowledged (G2); the sender keeps it and comes again (G28).
  if (error instanceof StoreError)
    return { status: 503, message: 'the store cannot take this now', retryAfterSeconds: 5 };
  return { status: 500, message: 'the server failed on this request' };
}
