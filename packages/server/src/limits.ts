/**
 * The limits table of the guarantees: one module, shown at `GET /v1/limits`, tested at the limit and beside it.
 * Bytes, and milliseconds where a name ends in Ms.
 */
const KiB = 1024;
const MiB = 1024 * KiB;

export const limits = {
  /** A body as sent, and again after gunzip, on batch surfaces. A wire may say less for a path (`Protocol.limit`). */
  bodyBytes: 10 * MiB,
  /** Bodies of administration and console calls. */
  smallBodyBytes: 256 * KiB,
  /** Mixpanel's GET carries its data in the query. */
  urlBytes: 1.5 * MiB,
  headerBytes: 16 * KiB,
  headerCount: 100,
  headerTimeoutMs: 10_000,
  bodyTimeoutMs: 30_000,
  /** What clients are told (`Keep-Alive: timeout=5`); a connection is closed after twice that. */
  idleTimeoutMs: 5_000,
  requestTimeoutMs: 60_000,
  /** Silence on an open socket, such as a client that does not read its answer. */
  stalledTimeoutMs: 120_000,
  connections: 4_000,
  /** Requests of one connection that are answered at a time; the rest stays unread in its socket. */
  requestsAtOnce: 8,
  /** What waits for clients in memory, all connections together (G12, G14): their bodies and what follows. */
  waitingBytes: 256 * MiB,
  /** Of it: unfinished heads, and requests sent before the ones before them were answered. */
  headsInMemoryBytes: 32 * MiB,
  /** Answers that were written and are not taken. */
  unreadAnswersBytes: 64 * MiB,
  /** Bodies being worked on at a time: adapted between these, so that answers take no longer than `answerTargetMs`. */
  leastUnderWayBytes: 256 * KiB,
  mostUnderWayBytes: 32 * MiB,
  answerTargetMs: 1_000,
  /** Streams of `/v1/log` and `/v1/live` open at a time. */
  streams: 64,
  /** Items that may wait to be stored. */
  queuedItems: 20_000,
  /**
   * Bodies wait unread while as many of them wait as a commit takes, or their project has so many bytes that are read and
   * not answered; but not where it has less than its share.
   */
  readBytes: 4 * MiB,
  readShareBytes: 64 * KiB,
  eventsPerRequest: 2_000,
  eventBytes: 1 * MiB,
  jsonDepth: 32,
  jsonKeys: 1_000,
  jsonArrayLength: 10_000,
  /** Memory of the process that folds a log under another policy: about a million identifiers. MB. */
  simulationMegabytes: 2_048,
  /** Simulations of a project whose results are kept, and of all projects that wait for their turn. */
  simulationsKept: 20,
  simulationsWaiting: 8,
  identifierBytes: 512,
  insertIdCharacters: 128,
} as const;
