import { connect } from 'node:net';

/** A loaded machine takes its time, ms. */
const PATIENCE = 30_000;

/** Sends bytes on a connection of their own and answers everything that came back until the server closed it. */
export function exchange(url: string, bytes: string | Buffer): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new Error(`the server kept the connection open; so far: ${Buffer.concat(parts)}`));
    }, PATIENCE);
    socket.on('data', (part) => parts.push(part));
    // A reset after the answer is one way to close.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(Buffer.concat(parts).toString());
    });
  });
}

/** Status codes of the answers in what `exchange` gave. */
export const statuses = (text: string): readonly number[] =>
  [...text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map((match) => Number(match[1]));
