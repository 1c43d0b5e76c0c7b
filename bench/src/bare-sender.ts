/**
 * What any sender costs: a process that posts to a receiver as much as the goals of outputs ask for, with nothing to
 * read, decide or write down. Messages are as large as ours, and as many go at once. Its arguments are the receiver's
 * URL and for how many seconds; it prints a line when it is ready, and what it sent a second as the next.
 */
import { load } from './load.ts';

/** What the webhook and the Segment output send of the events of `fill`, bytes. */
const WEBHOOK = { body: 490, headers: 280 };
const BATCH = { body: 127_500, headers: 100, events: 500 };

const [url = '', seconds = ''] = process.argv.slice(2);
const post = (path: string, connections: number, perSecond: number, size: { body: number; headers: number }) => {
  const text = 'x'.repeat(size.body);
  const headers = { 'x-as-ours': 'x'.repeat(size.headers) };
  return load({ url, path, connections, perSecond, duration: Number(seconds) * 1_000, headers, body: () => text });
};

console.log('ready');
const [webhooks, batches] = await Promise.all([
  post('/hook', 50, 1_000, WEBHOOK),
  post('/v1/batch', 1, 10_000 / BATCH.events, BATCH),
]);
console.log(
  JSON.stringify({ webhooks: webhooks.requestsPerSecond, batched: batches.requestsPerSecond * BATCH.events }),
);
