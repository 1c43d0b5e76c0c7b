import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** Between two looks, ms. */
const PAUSE = 250;

export interface UnreadAnswers {
  /** Bytes of answers that clients have not taken, as they were at the last look. */
  readonly bytes: number;
}

/**
 * Keeps within `max` bytes what is written and not taken by those it was written for (G14). Beyond it the connections
 * with the most unread are cut, those first that have taken nothing since the last look.
 */
export function boundUnreadAnswers(server: Server, max: number, onCut: () => void): UnreadAnswers {
  /** How much each had taken at the last look. */
  const open = new Map<Socket, number>();
  let bytes = 0;
  const watch = (socket: Socket) => {
    open.set(socket, 0);
    socket.once('close', () => open.delete(socket));
  };
  server.on('connection', watch);

  function look(): void {
    bytes = 0;
    const stalled: Socket[] = [];
    const reading: Socket[] = [];
    for (const [socket, before] of open) {
      const unread = socket.writableLength;
      if (unread === 0) continue;
      bytes += unread;
      const taken = socket.bytesWritten - unread;
      (taken > before ? reading : stalled).push(socket);
      open.set(socket, taken);
    }
    if (bytes <= max) return;
    const largestFirst = (a: Socket, b: Socket) => b.writableLength - a.writableLength;
    for (const socket of [...stalled.sort(largestFirst), ...reading.sort(largestFirst)]) {
      if (bytes <= max) break;
      bytes -= socket.writableLength;
      onCut();
      socket.destroy();
    }
  }
  const timer = setInterval(look, PAUSE).unref();
  server.once('close', () => clearInterval(timer));
  return {
    get bytes() {
      return bytes;
    },
  };
}
