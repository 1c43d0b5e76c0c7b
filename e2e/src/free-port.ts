import { createServer } from 'node:net';

/**
 * Below what systems hand out by themselves (32768 and on, 49152 and on), so that no connection of anybody else takes it
 * before its server has it, or while that server is away; and none of those that browsers refuse.
 */
const PORTS = { first: 20_000, past: 32_000 };

/** A port of 127.0.0.1 for a server that must know it before it starts, or start on it again. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = PORTS.first + Math.floor(Math.random() * (PORTS.past - PORTS.first));
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
      .once('error', () => resolve(false))
      .listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
