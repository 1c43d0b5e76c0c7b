import { rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { meetingPlace } from './address.ts';
import { type Ask, type Report, type ToProcess, type ToServer, wordsOver } from './words.ts';

/** How long the other process may take to answer, ms: a test send has 10 s. */
const PATIENCE = 30_000;

/** The process of outputs does not run, or does not answer. */
export class OutputsAway extends Error {
  constructor(why = AWAY) {
    super(why);
    this.name = 'OutputsAway';
  }
}

const AWAY = 'the process of the outputs does not run: start "selfsame outputs"';

/** The server's end of the line to the process that runs its outputs. */
export interface OutputsLine {
  /** @throws OutputsAway when nobody answers. */
  ask(ask: Ask): Promise<unknown>;
  close(): Promise<void>;
}

/** Waits at the meeting place of a data directory for the process of its outputs; one that comes later takes its place. */
export async function openOutputsLine(directory: string, onReport: (report: Report) => void): Promise<OutputsLine> {
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let present: { readonly socket: Socket; readonly say: (word: ToProcess) => void } | undefined;
  let last = 0;

  const leave = (socket: Socket) => {
    if (present?.socket !== socket) return;
    present = undefined;
    for (const one of waiting.values()) one.reject(new OutputsAway());
    waiting.clear();
  };
  const hear = (word: ToServer) => {
    if ('report' in word) {
      onReport(word.report);
      return;
    }
    const one = waiting.get(word.n);
    waiting.delete(word.n);
    if ('failed' in word) one?.reject(new OutputsAway('the process of the outputs failed on it: see its log'));
    else one?.resolve(word.answer);
  };
  const server = createServer((socket) => {
    const before = present?.socket;
    if (before !== undefined) leave(before);
    before?.destroy();
    present = { socket, say: wordsOver<ToProcess, ToServer>(socket, hear) };
    socket.on('error', () => leave(socket)).on('close', () => leave(socket));
  });
  const path = meetingPlace(directory);
  // What a killed server left; this one has the directory to itself.
  if (process.platform !== 'win32') rmSync(path, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });

  return {
    async ask(ask) {
      if (present === undefined) throw new OutputsAway();
      const n = ++last;
      const one = Promise.withResolvers<unknown>();
      waiting.set(n, one);
      const late = setTimeout(() => {
        waiting.delete(n);
        one.reject(new OutputsAway('the process of the outputs does not answer'));
      }, PATIENCE);
      present.say({ n, ask });
      return await one.promise.finally(() => clearTimeout(late));
    },
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      present?.socket.destroy();
      await closed;
    },
  };
}
