import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

/** Whoever is told to come again in a second and comes after less than that, ms, is told so again after a while, ms. */
const AT_ONCE = 250;
const A_WHILE = 500;
/** So many at a time; the others are told at once. */
const MOST = 1_000;

/** When a request on a connection was last told to come again, ms. */
const told = new WeakMap<Socket, number>();
let waiting = 0;

/**
 * Tells a request to come again: at once, but where its connection was told so just now, after a while. Refusing costs
 * less than taking, and yet three hundred clients that each come again as soon as they are told would leave nothing for
 * what was taken (G12). What is left of the body is let pass.
 */
export function inItsTime(message: IncomingMessage, tell: () => void): void {
  const { socket } = message;
  const now = performance.now();
  const isAgain = now - (told.get(socket) ?? Number.NEGATIVE_INFINITY) < AT_ONCE;
  told.set(socket, now);
  if (!isAgain || waiting >= MOST) {
    tell();
    return;
  }
  waiting += 1;
  message.resume();
  setTimeout(() => {
    waiting -= 1;
    tell();
  }, A_WHILE);
}
