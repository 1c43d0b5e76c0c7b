/**
 * What any sender costs: a process that posts to a receiver as much as outputs do, with nothing to read, decide or write
 * down. Messages are as large as ours, and as many go at once. Its arguments are the receiver's URL, for how many
 * seconds, and how many webhooks and batched events a second; it prints a line when it is ready, and what it sent a
 * second and used of a core as the next.
 */
import { load } from './load.ts';

/** What the webhook and the Segment output send of the events of `fill`, bytes. */
const WEBHOOK = { body: 490, headers: 280 };
const BATCH = { body: 127_500, headers: 100, events: 500 };

const [url = '', seconds = '', webhooksAsked = '', batchedAsked = ''] = process.argv.slice(2);
const post = (path: string, connections: number, perSecond: number, size: { body: number; headers: number }) => {
  const text = 'x'.repeat(size.body);
  const headers = { 'x-as-ours': 'x'.repeat(size.headers) };
  return load({ url, path, connections, perSecond, duration: Number(seconds) * 1_000, headers, body: () => text });
};

console.log('ready');
const before = process.cpuUsage();
const [webhooks, batches] = await Promise.all([
  post('/hook', 50, Number(webhooksAsked), WEBHOOK),
  post('/v1/batch', 1, Number(batchedAsked) / BATCH.events, BATCH),
]);
const { user, system } = process.cpuUsage(before);
console.log(
  JSON.stringify({
    webhooks: webhooks.requestsPerSecond,
    batched: batches.requestsPerSecond * BATCH.events,
    cpu: (user + system) / 1e6 / Number(seconds),
  }),
);
