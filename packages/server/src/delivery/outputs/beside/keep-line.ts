import { connect, type Socket } from 'node:net';
import type { Logger } from 'pino';
import { meetingPlace } from './address.ts';
import type { Reports } from './reports.ts';
import { type Ask, type ToProcess, type ToServer, wordsOver } from './words.ts';

/** How often the server is told what became of messages, ms. */
const REPORT = 250;
/** How long to wait before a server that is away is looked for again, ms. */
const AGAIN = 250;

/** The other end of the server's line: does what it asks, tells it what became of messages, and finds it again. */
export function keepLine(
  directory: string,
  parts: {
    readonly answer: (ask: Ask) => Promise<unknown>;
    /** A server is there; another may have been away for a while. */
    readonly onServer: () => void;
    readonly reports: Reports;
    readonly log: Logger;
  },
): { close(): void } {
  const { answer, onServer, reports, log } = parts;
  let socket: Socket;
  let again: NodeJS.Timeout | undefined;
  let say: ((word: ToServer) => void) | undefined;

  function find(): void {
    socket = connect(meetingPlace(directory));
    const speak = wordsOver<ToServer, ToProcess>(socket, ({ n, ask }) => {
      answer(ask).then(
        (answer) => speak({ n, answer }),
        (error) => {
          log.error({ err: error }, 'what the server asked for failed');
          speak({ n, failed: true });
        },
      );
    });
    socket
      .on('connect', () => {
        say = speak;
        onServer();
      })
      // Whatever it is, the end of the connection says enough.
      .on('error', () => {})
      .on('close', () => {
        say = undefined;
        again = setTimeout(find, AGAIN);
      });
  }
  find();
  const reporting = setInterval(() => {
    if (say === undefined) return;
    const report = reports.take();
    if (report !== undefined) say({ report });
  }, REPORT);
  return {
    close() {
      clearInterval(reporting);
      const report = reports.take();
      if (report !== undefined) say?.({ report });
      socket.removeAllListeners('close').end();
      clearTimeout(again);
    },
  };
}
