import { Agent, request } from 'node:http';
import { goFirst } from './servers.ts';

/**
 * A process of its own that asks one thing every 25 ms, so that no other work of the bench is counted as the server's:
 * `/livez`, or with a key that an event of a visitor be stored. It goes first, for it stands for somebody elsewhere.
 */
const EVERY = 25;
const [url, key] = process.argv.slice(2) as [string, string | undefined];
const agent = new Agent({ keepAlive: true, maxSockets: 64 });
let latencies: number[] = [];
let visitors = 0;
goFirst();

// A question that waits does not hold up the next: what a caller would have waited counts in full.
setInterval(() => {
  const asked = performance.now();
  const path = key === undefined ? '/livez' : '/v1/batch';
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  request(url + path, { agent, ...(key === undefined ? {} : { method: 'POST', headers }) }, (answer) =>
    answer.resume().on('end', () => latencies.push(performance.now() - asked)),
  )
    .on('error', () => {})
    .end(key && JSON.stringify({ items: [{ type: 'track', name: 'Seen', ids: { device: `seen-${visitors++}` } }] }));
}, EVERY);

// On any word, tell what was seen since the last.
process.on('message', () => {
  process.send?.(latencies);
  latencies = [];
});
