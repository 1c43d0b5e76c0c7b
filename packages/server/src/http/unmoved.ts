import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { waitsForClient } from './turns.ts';
import { connectionsOf } from './unasked.ts';

/**
 * Closes, on a stop, the connections whose client has for so long sent nothing more of what it began and taken nothing
 * more of what it was answered (G15). What we are still at work on is waited for.
 * @param patience ms, counted from the first call of what this answers
 * @param now a clock for durations, ms
 */
export function closerOfUnmoved(
  server: Server,
  patience: number,
  now: () => number = () => performance.now(),
): () => void {
  const seen = new WeakMap<Socket, { readonly moved: number; readonly since: number }>();
  return () => {
    const at = now();
    for (const socket of connectionsOf(server)) {
      const moved = socket.bytesRead + socket.bytesWritten - socket.writableLength;
      const before = seen.get(socket);
      if (before?.moved !== moved || !waitsForClient(socket)) seen.set(socket, { moved, since: at });
      else if (at - before.since >= patience) socket.destroy();
    }
  };
}
