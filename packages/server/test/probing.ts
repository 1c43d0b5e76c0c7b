/**
 * A client in a process of its own, which does nothing else: what it measures is the server's time, and not the wait
 * behind a load maker's own work. Sends one request each 100 ms, whatever became of those before, and tells of each; told to
 * end, it waits for the last answers. Its arguments: the address, the key, and a file that has the body.
 */
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';

/** `at`: when it was written, ms since 1970; `ms`: from then to the end of its answer; status 0: it was cut. */
export interface Probe {
  readonly at: number;
  readonly ms: number;
  readonly status: number;
}

/** Between one request and the next, ms. */
const PACE = 100;
const [, , url = '', key = '', file = ''] = process.argv;
const body = readFileSync(file);
const agent = new Agent({ keepAlive: true });
const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json', 'content-length': body.length };

let underWay = 0;
let isEnding = false;

function probe(): void {
  underWay += 1;
  let began = performance.now();
  const tell = (status: number) => {
    process.send?.({ at: performance.timeOrigin + began, ms: performance.now() - began, status } satisfies Probe);
    underWay -= 1;
    if (isEnding && underWay === 0) process.disconnect();
  };
  const sent = request(url, { method: 'POST', agent, headers }, (answer) => {
    answer.resume().on('end', () => tell(answer.statusCode ?? 0));
  });
  sent.on('socket', (socket) => {
    if (socket.connecting) socket.once('connect', () => (began = performance.now()));
  });
  sent.on('error', () => tell(0));
  sent.end(body);
}

const pace = setInterval(probe, PACE);
process.once('message', () => {
  isEnding = true;
  clearInterval(pace);
  if (underWay === 0) process.disconnect();
});
process.once('disconnect', () => process.exit());
