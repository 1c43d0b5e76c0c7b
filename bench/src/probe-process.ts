import { Agent, request } from 'node:http';
import type { Asked } from './probe.ts';
import { goFirst } from './servers.ts';

/**
 * A process of its own that asks one thing every 25 ms, so that no other work of the bench is counted as the server's.
 * It goes first, for it stands for somebody elsewhere.
 */
const EVERY = 25;
const { url, headers = {}, body } = JSON.parse(process.argv[2] as string) as Asked;
const agent = new Agent({ keepAlive: true, maxSockets: 64 });
let latencies: number[] = [];
let questions = 0;
goFirst();

// A question that waits does not hold up the next: what a caller would have waited counts in full.
setInterval(() => {
  const asked = performance.now();
  request(url, { agent, headers, method: body === undefined ? 'GET' : 'POST' }, (answer) =>
    answer.resume().on('end', () => latencies.push(performance.now() - asked)),
  )
    .on('error', () => {})
    .end(body?.replace('#', String(questions++)));
}, EVERY);

// On any word, tell what was seen since the last.
process.on('message', () => {
  process.send?.(latencies);
  latencies = [];
});
