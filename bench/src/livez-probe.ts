import { Agent, get } from 'node:http';

/** A process of its own that asks `/livez` every 25 ms, so that no other work of the bench is counted as the server's. */
const EVERY = 25;
const url = process.argv[2] as string;
const agent = new Agent({ keepAlive: true, maxSockets: 64 });
let latencies: number[] = [];

// A question that waits does not hold up the next: what a caller would have waited counts in full.
setInterval(() => {
  const asked = performance.now();
  get(`${url}/livez`, { agent }, (answer) =>
    answer.resume().on('end', () => latencies.push(performance.now() - asked)),
  ).on('error', () => {});
}, EVERY);

// On any word, tell what was seen since the last.
process.on('message', () => {
  process.send?.(latencies);
  latencies = [];
});
