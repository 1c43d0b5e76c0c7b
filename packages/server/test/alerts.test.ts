import { expect, it, onTestFinished, vi } from 'vitest';
import { createPost } from '../src/delivery/outbound/post.ts';
import { createAlerts } from '../src/delivery/outputs/alerts.ts';
import { arrived, receiver } from './hook-receiver.ts';
import { patience } from './running.ts';

it('an alert that nobody takes is tried again after 30 s, 5 min and 30 min, the same; then the log says so', async () => {
  const there = await receiver(503);
  const post = createPost({ allowed: ['127.0.0.1'] });
  onTestFinished(() => post.close());
  const later: (readonly [run: () => void, ms: number])[] = [];
  const failures: string[] = [];
  const alert = createAlerts({
    settings: new Map([['shop', { url: there.url }]]),
    post,
    clock: () => Date.UTC(2026, 0, 1),
    later: (run, ms) => void later.push([run, ms]),
    onFailure: (project, why) => failures.push(`${project}: ${why}`),
  });
  alert('shop', 'hook', 'halted', 'ECONNREFUSED');
  // What is halted already is told once, and a pause is somebody's own doing.
  alert('shop', 'hook', 'stopped', 'the receiver answered 410');
  alert('shop', 'other', 'paused', null);
  for (const ms of [30_000, 300_000, 1_800_000]) {
    await vi.waitFor(() => expect(later.map(([, wait]) => wait)).toEqual([ms]), patience);
    later.pop()?.[0]();
  }
  await vi.waitFor(() => expect(failures).toEqual(['shop: it answered 503']), patience);
  await arrived(there.got, 4);
  expect(new Set(there.got.map(({ headers, body }) => `${headers['webhook-id']} ${body}`)).size).toBe(1);
  expect(there.got).toHaveLength(4);
  expect(later).toEqual([]);
});
