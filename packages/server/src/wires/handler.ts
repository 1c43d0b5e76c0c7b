import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { ProjectId, Trust, Verdict } from '@selfsame/identity';
import {
  type Host,
  type Item,
  type Protocol,
  type Reading,
  type WireReply,
  type WireRequest,
  withTokens,
} from '@selfsame/protocols';
import { type Ingest, Overloaded, StoreError } from '@selfsame/store';
import type { Admission, Leave } from '../http/admission.ts';
import type { Share } from '../http/byte-budget.ts';
import type { BadHead } from '../http/header-check.ts';
import { type Limited, network, type RateLimits } from '../http/rate-limits.ts';
import { type Body, readBody } from '../http/request-body.ts';
import { isBroken } from '../http/server.ts';
import { limits } from '../limits.ts';
import type { Refusal } from '../live/refusals.ts';
import { answer, type Cause, type Refused, SMALL, turnAway } from './answer.ts';
import { inItsTime } from './come-again.ts';
import type { Match } from './finder.ts';
import type { ReadingRoom, Seat } from './reading-room.ts';
import { NodeWireRequest, type Peer } from './request.ts';
import { withWhatWasSent } from './sent.ts';
import { createTurns } from './turns-of-steps.ts';
import { asksForVerdicts, verdictsAnswer } from './verdicts.ts';

export interface WireParts {
  readonly ingest: Pick<Ingest, 'submit'>;
  readonly room: ReadingRoom;
  readonly host: () => Host;
  readonly peer: (message: IncomingMessage) => Peer;
  /** The client's address (S41). */
  readonly addressOf: (message: IncomingMessage) => string;
  readonly bodies: Share;
  readonly admission: Admission;
  readonly rates: RateLimits;
  /** Aborted when the server stops: answers then end their connection (G15). */
  readonly stopping: AbortSignal;
  /** How long a body may take, ms. */
  readonly bodyTimeoutMs: number;
  /** Told of errors that are nobody's but ours; must not be given what the request holds (S40). */
  readonly onError: (wire: string, error: unknown) => void;
  /** Told of each request that was refused here, once for each project it speaks for. */
  readonly onRefusal: (refusal: Refusal, cause: Cause) => void;
  /** Told of every request that is over. @param cause why it was turned away */
  readonly onDone: (wire: string, seconds: number, status: number, cause: Cause | undefined) => void;
}

/** Longest address in which a refused request's key is looked for, characters: looking must not cost more than refusing. */
const LONGEST_LOOK = 4_096;

/** A body or an address that is read in turns with everything else, bytes; a smaller one takes less than a millisecond. */
const LARGE = 64 * 1024;
const inTurns = createTurns();

/** Whoever waits longer than that before anything is read, ms, is one too many. */
const LONG_WAIT = limits.answerTargetMs / 2;
/** Answers one request by one wire: body → items → verdicts → answer. Never rejects. */
export function wireHandler(parts: WireParts) {
  const {
    ingest,
    room,
    host,
    peer,
    addressOf,
    bodies,
    admission,
    rates,
    stopping,
    bodyTimeoutMs,
    onError,
    onRefusal,
    onDone,
  } = parts;

  return async (message: IncomingMessage, response: ServerResponse, match: Match, bad?: BadHead): Promise<void> => {
    const { wire, path, search } = match;
    const began = performance.now();
    let leave: Leave | undefined;
    let hadRoom = true;
    let items: readonly Item[] = [];
    let sender: Sender | undefined;
    let body: Body | undefined;
    /** Of what is sent: Mixpanel's GET has all of it in the address. */
    let bytes = search.length;
    let seat: Seat | undefined;
    let request = new NodeWireRequest(message, path, search, nothing, peer);
    const shown = once(() => projectShown(wire, request, host));
    /** Whose request it is, where the head shows it, else where it comes from: under pressure each gets its part (G13). */
    const source = () => shown() ?? network(request.ip);
    try {
      if (bad !== undefined) return refuse(bad);
      const address = rates.ofAddress(addressOf(message));
      if (address !== undefined) return refuse(tooMany(address));
      const limit = Math.min(wire.limit?.(path) ?? limits.bodyBytes, limits.bodyBytes);
      if (!admission.isOpen(announced(message, limit), source)) return refuse(overloaded(1));
      const read = await readBody(message, { limit, timeoutMs: bodyTimeoutMs, bodies });
      if (read === 'gone') return isBroken(message.socket) ? tell(badFraming.status, badFraming) : undefined;
      if ('status' in read) return refuse(read);
      body = read;
      request = new NodeWireRequest(message, path, search, body.bytes, peer);
      bytes += body.bytes.length;
      leave = admission.enter(bytes, source);
      if (leave === undefined) return refuse(overloaded(1));
      // It came now, whenever it is read.
      const lent = host();
      if (body.bytes.length > 0 || bytes > LARGE) {
        seat = await room.enter(bytes, source());
        hadRoom = seat.waitedMs <= LONG_WAIT;
      }
      const steps = bytes > LARGE ? wire.readInSteps?.(request, lent) : undefined;
      const made = steps === undefined ? wire.read(request, lent) : inTurns(steps);
      // Nearly always there is nothing to wait for.
      const reading = made instanceof Promise ? await made : made;
      const reply = reading.type === 'answer' ? await answered(reading) : await judged(reading);
      if (stopping.aborted) response.shouldKeepAlive = false;
      answer(response, wire.headers(request), reply, ratesUsed(wire, rates, sender));
      onDone(wire.name, (performance.now() - began) / 1_000, reply.status, undefined);
    } catch (error) {
      hadRoom &&= !(error instanceof Overloaded);
      const away = turnedAway(error);
      if (away.status === 500) onError(wire.name, error);
      refuse(away);
    } finally {
      body?.hold?.release();
      seat?.leave();
      leave?.(hadRoom);
    }

    /** An answer that needs no log, but for what went astray. */
    async function answered({ reply, astray }: Extract<Reading, { type: 'answer' }>): Promise<WireReply> {
      const project = astray === undefined ? undefined : shown();
      if (astray === undefined || project === undefined) return reply;
      return await judged({ items: [{ type: 'refused', project, reason: astray }], reply: () => reply });
    }

    /** The wire's answer once every item has its verdict on stable storage (G1). */
    async function judged(reading: {
      readonly items: readonly Item[];
      readonly trust?: Trust;
      readonly reply: (verdicts: readonly Verdict[]) => WireReply | Promise<WireReply>;
    }): Promise<WireReply> {
      items = withTokens(reading.items, host());
      sender = senderOf(items, reading.trust);
      const limited = sender && rates.ofItems(sender.project, sender.trust, items.length);
      if (limited !== undefined) throw new TooMany(limited);
      const told = withWhatWasSent(items, request);
      const all = await ingest.submit(wire.name, told, bytes).catch((error: unknown) => {
        if (sender !== undefined) rates.giveBack(sender.project, sender.trust, items.length);
        throw error;
      });
      // What was signed follows the items it came with, and is no answer to them.
      const verdicts = all.length === reading.items.length ? all : all.slice(0, reading.items.length);
      const reply = await reading.reply(verdicts);
      return asksForVerdicts(request, items, reply) ? verdictsAnswer(verdicts, reply) : reply;
    }

    function refuse(why: Refused): void {
      const turn = () => tell(turnAway(message, response, wire, request, why), why);
      if (why.cause === 'overloaded') inItsTime(message, turn);
      else turn();
    }

    function tell(status: number, why: Refused): void {
      onDone(wire.name, (performance.now() - began) / 1_000, status, why.cause);
      for (const project of speaksFor(items, shown))
        onRefusal({ project, wire: wire.name, status, reason: `${why.message}; ${why.advice}` }, why.cause);
    }
  };
}

/**
 * The projects that should hear of a refused request: those of its items where it came that far, else that of the key in
 * its head. Where the key stands in the body that we did not read, or opens nothing, no project can be told.
 */
function speaksFor(items: readonly Item[], shown: () => ProjectId | undefined): ReadonlySet<ProjectId> {
  const found = new Set<ProjectId>();
  for (const item of items) {
    const project = item.type === 'statement' ? item.statement.project : item.project;
    if (project !== undefined) found.add(project);
  }
  const project = found.size > 0 ? undefined : shown();
  return project === undefined ? found : new Set([project]);
}

/** The project whose key is in the head of a request. */
function projectShown(wire: Protocol, request: WireRequest, host: () => Host): ProjectId | undefined {
  if (request.path.length + request.search.length > LONGEST_LOOK) return undefined;
  try {
    return wire.projectOf(request, host());
  } catch {
    // The request may be refused because the wire fails on it; that is reported already.
    return undefined;
  }
}

/** Asks once, and answers the same from then on. */
function once<T>(ask: () => T): () => T {
  let answer: readonly [T] | undefined;
  return () => (answer ??= [ask()])[0];
}

const nothing = new Uint8Array(0);

/**
 * The bytes of a body as its head has them; none where it does not say, or where refusing it unread would cost its sender
 * the connection.
 */
function announced(message: IncomingMessage, limit: number): number {
  const bytes = Number(message.headers['content-length'] ?? 0);
  return bytes <= Math.min(limit, SMALL) ? bytes : 0;
}

/** The items of a request are more than their project's or their key's rate allows. */
class TooMany extends Error {
  readonly limited: Limited;
  constructor(limited: Limited) {
    super('more items than the rate allows');
    this.limited = limited;
  }
}

/** What a vendor tells its callers of the part of their rate that is used up. */
function ratesUsed({ rates: words }: Protocol, rates: RateLimits, sender: Sender | undefined): OutgoingHttpHeaders {
  const used = words && sender && rates.used(sender.project, sender.trust);
  return used === undefined ? {} : { ...words?.used(used) };
}

/** Whose rate a request is counted by: the project, and the trust of the key that it shows. */
interface Sender {
  readonly project: ProjectId;
  readonly trust: Trust;
}

/** Whose items these are, whether or not they could be read; a request shows one key, of `trust` where that is said. */
function senderOf(items: readonly Item[], trust: Trust | undefined): Sender | undefined {
  for (const item of items) {
    if (item.type === 'statement') return { project: item.statement.project, trust: trust ?? item.statement.trust };
    if (item.project !== undefined) return { project: item.project, trust: trust ?? item.trust ?? 0 };
  }
  return undefined;
}

const advices: Readonly<Record<Limited['whose'], string>> = {
  address:
    'one address sends more than rateLimits.address allows; if it is a proxy of yours, name it in trustedProxies',
  'public-key': 'pages send more than the project’s rateLimits.publicKey allows',
  'server-key': 'a backend sends more than the project’s rateLimits.serverKey allows',
  project: 'more arrives than the project’s rateLimits.project allows',
};

const tooMany = ({ whose, retryAfterSeconds }: Limited): Refused => ({
  cause: `rate-of-${whose}`,
  status: 429,
  message: 'too many requests',
  advice: advices[whose],
  retryAfterSeconds,
  whose,
});

const overloaded = (retryAfterSeconds: number): Refused => ({
  cause: 'overloaded',
  status: 503,
  message: 'too much is waiting to be stored',
  advice: 'more arrives than can be stored in time: spread it, or see selfsame_commit_seconds at /metrics',
  retryAfterSeconds,
});

/** It is answered already, by a bare status: what follows on such a connection is nobody's. */
const badFraming: Refused = {
  cause: 'bad-framing',
  status: 400,
  message: 'the body is not framed as HTTP',
  advice: 'look at the proxies between the sender and here, and at what the sender writes its bodies with',
};

function turnedAway(error: unknown): Refused {
  if (error instanceof TooMany) return tooMany(error.limited);
  if (error instanceof Overloaded) return overloaded(error.retryAfterSeconds);
  // Nothing of a failed commit is acknowledged (G2); the sender keeps it and comes again (G28).
  if (error instanceof StoreError)
    return {
      cause: 'store-failed',
      status: 503,
      message: 'the store cannot take this now',
      advice: 'look for room on the server’s disk, and in its log',
      retryAfterSeconds: 5,
    };
  return {
    cause: 'failed',
    status: 500,
    message: 'the server failed on this request',
    advice: 'the fault is ours, and the server’s log has it',
  };
}
