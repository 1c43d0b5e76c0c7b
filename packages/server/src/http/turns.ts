import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Hold, Share } from './byte-budget.ts';
import { freed } from './freed.ts';
import { UnfinishedHead } from './unfinished-head.ts';

export interface TurnLimits {
  /** Requests of one connection that are answered at a time. */
  readonly atOnce: number;
  /** For unfinished heads and for requests that wait for their turn. */
  readonly heads: Share;
  /** What the line of a head with its address may have, and what comes after it; bytes. */
  readonly addressBytes: number;
  readonly headerBytes: number;
  /** Told of a connection on which nothing more is read because more came; `begun`: how the head began. */
  readonly onLongHead: (socket: Socket, begun: Buffer) => void;
  /**
   * Told of a connection on which nothing more is read, because there was no room for what it had begun.
   * @param begun what is to be told to come again: a request that waited, or how the unfinished head began; undefined
   * while another answer is on its way
   */
  readonly onCut: (socket: Socket, begun: Turn | Buffer | undefined) => void;
}

/** Waiting requests that are begun in one turn of the event loop, all connections together. */
const A_LOOP = 32;
/**
 * The parser gets a read in pieces, bytes: small ones while they bring requests, each larger while they bring none, and
 * what a body still has at once.
 */
const SMALLEST = 1_024;
const LARGEST = 64 * 1_024;
/** What a parsed request that waits takes of memory, about. */
const A_REQUEST = 4 * 1_024;

export type Turn = readonly [message: IncomingMessage, response: ServerResponse];

interface Lane {
  readonly socket: Socket;
  /** Node's own reader of the socket, which feeds its parser. */
  readonly parse: (bytes: Buffer) => void;
  /** Parsed requests that wait for their turn, and bytes that were read and not parsed yet. */
  readonly waiting: Turn[];
  rest: Buffer | undefined;
  underWay: number;
  last: IncomingMessage | undefined;
  piece: number;
  /** Of the last one's body, bytes that were not read yet, as its head has them; or a few more or less. */
  left: number;
  /** The unfinished one. */
  head: UnfinishedHead;
  readonly hold: Hold;
  /** Nothing more is read of it. */
  isCut: boolean;
}

const lanes = new WeakMap<Socket, Lane>();

/** How the unfinished head on a connection began; undefined while another request is read or answered there. */
export function unfinishedHead(socket: Socket): Buffer | undefined {
  const lane = lanes.get(socket);
  if (lane === undefined || lane.underWay > 0 || lane.waiting.length > 0 || lane.last?.complete === false)
    return undefined;
  return lane.head.beginning();
}

/** Whether any part of a request has come on a connection. */
export function hasBegun(socket: Socket): boolean {
  const lane = lanes.get(socket);
  return lane !== undefined && (lane.last !== undefined || lane.head.length > 0 || lane.rest !== undefined);
}

/** Whether what is under way on a connection goes on only when its client sends more, or takes what it was answered. */
export function waitsForClient(socket: Socket): boolean {
  if (socket.writableLength > 0) return true;
  const lane = lanes.get(socket);
  // One that we do not read waits for us.
  return lane !== undefined && !socket.isPaused() && (lane.head.length > 0 || lane.last?.complete === false);
}

/**
 * Answers a few requests of a connection at a time, however many a client sends without waiting; meanwhile the socket is
 * not read and the rest waits where it costs us nothing (G12). Node's parser would take each read as a whole, thousands
 * of requests at once or an address of a megabyte: it gets them in pieces, and what is unfinished is counted.
 */
export function answerInTurns(server: Server, handle: RequestListener, turnLimits: TurnLimits): void {
  const { atOnce, heads, addressBytes, headerBytes, onLongHead, onCut } = turnLimits;
  const ready = new Set<Lane>();
  let due = false;

  function open(socket: Socket): void {
    const [parse] = socket.listeners('data') as ((bytes: Buffer) => void)[];
    if (parse === undefined) throw new Error('this Node reads sockets in a way we do not know: use a supported one');
    const hold = heads.hold(() => cut(lane));
    const lane: Lane = {
      socket,
      parse,
      waiting: [],
      rest: undefined,
      underWay: 0,
      last: undefined,
      piece: SMALLEST,
      left: 0,
      head: new UnfinishedHead(),
      hold,
      isCut: false,
    };
    lanes.set(socket, lane);
    socket.off('data', parse);
    socket.on('data', (bytes: Buffer) => read(lane, bytes));
    // Node resumes a socket after each message, and once an answer has been taken.
    socket.on('resume', () => goOn(lane));
    socket.once('close', () => {
      lane.waiting.length = 0;
      lane.head.drop();
      ready.delete(lane);
      hold.release();
    });
  }

  /** Nothing more is begun on a connection that has enough; the body of a request that was begun is read on. */
  const isFull = ({ waiting, underWay, last }: Lane): boolean =>
    waiting.length > 0 || (underWay >= atOnce && last?.complete === true);

  function read(lane: Lane, bytes: Buffer): void {
    if (lane.isCut) {
      freed(bytes);
      return;
    }
    if (lane.rest !== undefined) {
      lane.rest = Buffer.concat([lane.rest, bytes]);
      if (!lane.hold.take(bytes.length)) cut(lane);
      return;
    }
    const { socket } = lane;
    for (let at = 0; at < bytes.length && socket.writable && !lane.isCut; ) {
      if (isFull(lane) || socket.isPaused()) {
        lane.rest = bytes.subarray(at);
        socket.pause();
        if (!lane.hold.take(lane.rest.length)) cut(lane);
        return;
      }
      const end = Math.min(at + Math.max(lane.piece, Math.min(lane.left, LARGEST)), bytes.length);
      feed(lane, bytes.subarray(at, end));
      at = end;
    }
  }

  function feed(lane: Lane, bytes: Buffer): void {
    const { last, head } = lane;
    if (last?.complete === false) {
      lane.left -= bytes.length;
      lane.parse(bytes);
    } else {
      const parsed = head.forParser(bytes);
      if (parsed !== undefined) lane.parse(parsed);
      if (lane.last === last) note(lane, bytes, parsed);
    }
    if (lane.last === last) lane.piece = Math.min(2 * lane.piece, LARGEST);
    // Some of its body may have come with it.
    else if (bytes.length > SMALLEST) lane.left -= bytes.length;
  }

  /** After bytes that did not finish a head. */
  function note(lane: Lane, bytes: Buffer, parsed: Buffer | undefined): void {
    const { socket, head, hold } = lane;
    const held = head.note(bytes, parsed);
    if (head.headers > headerBytes || head.length > addressBytes + headerBytes) {
      const begun = head.beginning();
      if (stop(lane)) onLongHead(socket, begun);
    } else if (head.isLong && !hold.take(held)) cut(lane);
  }

  function goOn(lane: Lane): void {
    const { rest, socket } = lane;
    if (lane.isCut) return;
    if (isFull(lane)) socket.pause();
    else if (rest !== undefined) {
      lane.rest = undefined;
      lane.hold.release();
      read(lane, rest);
    }
  }

  /** There is no room for what this connection began. */
  function cut(lane: Lane): void {
    const { socket, waiting, underWay, head } = lane;
    // Not into an answer that is on its way.
    const begun = underWay > 0 ? undefined : (waiting[0] ?? head.beginning());
    if (stop(lane)) onCut(socket, begun);
  }

  /** Reads nothing more of a connection and holds nothing of it; answers whether somebody may be told. */
  function stop(lane: Lane): boolean {
    lane.waiting.length = 0;
    lane.hold.release();
    if (lane.isCut || !lane.socket.writable) return false;
    lane.isCut = true;
    lane.rest = undefined;
    lane.head.drop();
    lane.head = new UnfinishedHead();
    return true;
  }

  function start(lane: Lane, [message, response]: Turn): void {
    lane.underWay += 1;
    response.once('close', () => {
      lane.underWay -= 1;
      if (lane.waiting.length > 0) schedule(lane);
      // Node pauses it again where it has reasons of its own.
      else if (lane.socket.isPaused()) lane.socket.resume();
    });
    handle(message, response);
  }

  function schedule(lane: Lane): void {
    ready.add(lane);
    if (due) return;
    due = true;
    setImmediate(loop);
  }

  /** The connections that have something waiting take turns, and others their part of each turn of the event loop. */
  function loop(): void {
    due = false;
    let left = A_LOOP;
    for (const lane of ready) {
      if (left-- === 0) break;
      ready.delete(lane);
      const turn = lane.underWay < atOnce ? lane.waiting.shift() : undefined;
      if (turn === undefined) continue;
      if (lane.waiting.length > 0) ready.add(lane);
      else {
        lane.hold.release();
        lane.socket.resume();
      }
      start(lane, turn);
    }
    const [another] = ready;
    if (another !== undefined) schedule(another);
  }

  server.on('secureConnection', open);
  // A TLS server has connections of its own that are not HTTP yet.
  if (!('setSecureContext' in server)) server.on('connection', open);
  server.on('request', (message, response) => {
    const lane = lanes.get(message.socket);
    if (lane === undefined) return handle(message, response);
    lane.last = message;
    lane.piece = SMALLEST;
    lane.left = Number(message.headers['content-length']) || 0;
    if (lane.head.isLong) lane.hold.release();
    lane.head = new UnfinishedHead();
    if (lane.waiting.length === 0 && lane.underWay < atOnce) return start(lane, [message, response]);
    lane.waiting.push([message, response]);
    if (!lane.hold.take(A_REQUEST)) cut(lane);
  });
}
