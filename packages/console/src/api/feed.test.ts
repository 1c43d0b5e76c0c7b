import { describe, expect, it } from 'vitest';
import { emptyFeed, type Feed, kept, nextFeed, type StreamItem } from './feed.ts';
import type { LiveItem } from './shapes.ts';

const item = (position: number): LiveItem => ({
  position,
  logPosition: position,
  at: '2026-03-01T10:00:00.000Z',
  time: '2026-03-01T10:00:00.000Z',
  wire: 'native',
  type: 'track',
  name: 'Page view',
  hidden: false,
  status: 'applied',
  rule: null,
  reason: null,
  ids: [],
  personId: null,
  known: false,
  notes: [],
  properties: {},
});
const arrived = (feed: Feed, ...positions: number[]) => nextFeed(feed, { type: 'Arrived', items: positions.map(item) });
const positions = (items: readonly StreamItem[]) => items.map(({ position }) => position);

describe('the feed of the Live room', () => {
  it('shows the newest item first', () => {
    expect(positions(arrived(arrived(emptyFeed, 1, 2), 3).items)).toEqual([3, 2, 1]);
  });

  it('takes a replay after a lost connection without showing anything twice', () => {
    const feed = arrived(nextFeed(arrived(emptyFeed, 1, 2, 3), { type: 'Lost' }), 2, 3, 4);
    expect(positions(feed.items)).toEqual([4, 3, 2, 1]);
  });

  it('holds items back while paused and shows them when it goes on', () => {
    const paused = arrived(nextFeed(arrived(emptyFeed, 1), { type: 'PauseToggled' }), 2, 3);
    expect(positions(paused.items)).toEqual([1]);
    expect(positions(paused.waiting)).toEqual([3, 2]);
    const on = nextFeed(paused, { type: 'PauseToggled' });
    expect(positions(on.items)).toEqual([3, 2, 1]);
    expect(on.waiting).toEqual([]);
  });

  it('keeps a bounded number, shown or waiting', () => {
    const many = Array.from({ length: kept + 50 }, (_, index) => index + 1);
    const shown = arrived(emptyFeed, ...many);
    expect(shown.items).toHaveLength(kept);
    expect(shown.items[0]?.position).toBe(kept + 50);
    const waiting = arrived(nextFeed(emptyFeed, { type: 'PauseToggled' }), ...many);
    expect(waiting.waiting).toHaveLength(kept);
  });

  it('starts again from nothing under another filter, and stays paused', () => {
    const feed = nextFeed(nextFeed(arrived(emptyFeed, 7), { type: 'PauseToggled' }), { type: 'Restarted' });
    expect(feed).toEqual({ ...emptyFeed, paused: true });
  });
});
