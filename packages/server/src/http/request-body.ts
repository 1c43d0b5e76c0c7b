import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import type { Hold, Share } from './byte-budget.ts';
import { type Coding, codingOf, unpacking } from './codings.ts';
import { joined } from './joined.ts';

/** Why a body was not read. */
export interface BodyProblem {
  /** For metrics. */
  readonly cause: 'too-large' | 'too-slow' | 'bad-coding' | 'overloaded';
  readonly status: 400 | 408 | 413 | 415 | 503;
  readonly message: string;
  /** What the operator can do about it. */
  readonly advice: string;
}

export interface Body {
  readonly bytes: Uint8Array;
  /** What it has of the budget; to be released once the request is answered. */
  readonly hold: Hold | undefined;
}

export interface BodyOptions {
  /** The most it may have, bytes, as sent and unpacked. */
  readonly limit: number;
  readonly timeoutMs: number;
  readonly bodies: Share;
}

/** The client went away before it had sent its body: there is nobody to answer. */
export type Gone = 'gone';

const none: Body = { bytes: new Uint8Array(0), hold: undefined };

/** Reads a whole body, never more of it than its limit (S18). */
export async function readBody(message: IncomingMessage, options: BodyOptions): Promise<Body | BodyProblem | Gone> {
  const { 'content-length': announced, 'transfer-encoding': chunked } = message.headers;
  if (chunked === undefined && (announced === undefined || announced === '0')) return none;
  const coding = codingOf(message.headers['content-encoding']);
  if (coding === undefined) return badCoding;
  if (Number(announced ?? 0) > options.limit) return tooLarge(options.limit);
  const collected = await collect(message, options);
  if (collected === 'gone' || 'status' in collected) return collected;
  const sent = await whole(collected);
  if (coding === 'identity') return sent;
  return unpacked(sent, coding, options);
}

const tooLarge = (limit: number): BodyProblem => ({
  cause: 'too-large',
  status: 413,
  message: 'the body is larger than this path takes',
  advice: `a request may have ${limit} bytes, unpacked: send less at a time`,
});
const tooSlow: BodyProblem = {
  cause: 'too-slow',
  status: 408,
  message: 'the body took too long',
  advice: 'the sender’s connection is too slow for so much, or it stopped halfway',
};
const badCoding: BodyProblem = {
  cause: 'bad-coding',
  status: 415,
  message: 'a content encoding may be gzip, deflate, br or zstd, once',
  advice: 'the sender should pack bodies in one of these or not at all',
};
const notPacked: BodyProblem = {
  cause: 'bad-coding',
  status: 400,
  message: 'the body is not packed as its content encoding says',
  advice: 'look at what the sender does with Content-Encoding',
};
const busy: BodyProblem = {
  cause: 'overloaded',
  status: 503,
  message: 'too many bodies are being read',
  advice: 'more arrives at once than memory may hold: send less at a time',
};

/** A body in the parts it came in. */
interface Collected {
  readonly parts: readonly Buffer[];
  readonly hold: Hold;
}

function collect(source: Readable, { limit, timeoutMs, bodies }: BodyOptions): Promise<Collected | BodyProblem | Gone> {
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    let size = 0;
    const hold = bodies.hold(() => finish(busy));
    const timer = setTimeout(() => finish(tooSlow), timeoutMs);
    const finish = (result: Collected | BodyProblem | Gone) => {
      clearTimeout(timer);
      source.off('data', onData).off('end', onEnd).off('close', onClose).off('error', onClose);
      if (result === 'gone' || 'status' in result) hold.release();
      else hold.settle();
      resolve(result);
    };
    const onData = (part: Buffer) => {
      size += part.length;
      if (size > limit) return finish(tooLarge(limit));
      if (!hold.take(part.length)) return finish(busy);
      parts.push(part);
    };
    const onEnd = () => finish({ parts, hold });
    const onClose = () => finish('gone');
    source.on('data', onData).on('end', onEnd).on('close', onClose).on('error', onClose);
  });
}

const whole = async ({ parts, hold }: Collected): Promise<Body> => ({
  bytes: parts.length === 1 ? (parts[0] as Buffer) : await joined(parts),
  hold,
});

/** Counted as it comes out: what many senders packed at a thousandth of its size is unpacked at the same time (S18). */
async function unpacked(sent: Body, coding: Coding, options: BodyOptions): Promise<Body | BodyProblem> {
  const source = unpacking(sent.bytes, coding);
  const collected = await collect(source, options);
  source.destroy();
  sent.hold?.release();
  if (collected === 'gone') return notPacked;
  return 'status' in collected ? collected : whole(collected);
}
