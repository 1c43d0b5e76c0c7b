import type { LiveItem, OutgoingItem } from './shapes.ts';

/** A line of the stream: what came in, or what went out. */
export type StreamItem = LiveItem | OutgoingItem;

/** How many items the page keeps; older ones are in the log. */
export const kept = 500;

/** What the Live room shows. Newest first; no position twice, so a replay after a lost connection does no harm. */
export interface Feed {
  readonly connection: 'connecting' | 'open' | 'lost';
  readonly paused: boolean;
  readonly items: readonly StreamItem[];
  /** Arrived while paused, newest first. */
  readonly waiting: readonly StreamItem[];
  /** The last position seen: where a new connection goes on. */
  readonly position: number;
}

export type FeedEvent =
  | { readonly type: 'Opened' }
  | { readonly type: 'Lost' }
  | { readonly type: 'Arrived'; readonly items: readonly StreamItem[] }
  | { readonly type: 'PauseToggled' }
  | { readonly type: 'Restarted' };

export const emptyFeed: Feed = { connection: 'connecting', paused: false, items: [], waiting: [], position: 0 };

/** The feed after an event. `items` of `Arrived` are oldest first, as the server sends them. */
export function nextFeed(feed: Feed, event: FeedEvent): Feed {
  switch (event.type) {
    case 'Opened':
      return { ...feed, connection: 'open' };
    case 'Lost':
      return { ...feed, connection: 'lost' };
    case 'Restarted':
      return { ...emptyFeed, paused: feed.paused };
    case 'PauseToggled':
      return feed.paused
        ? { ...feed, paused: false, items: newest(feed.waiting, feed.items), waiting: [] }
        : { ...feed, paused: true };
    case 'Arrived': {
      const fresh = event.items.filter((item) => item.position > feed.position).toReversed();
      if (fresh.length === 0) return feed;
      const position = fresh[0]!.position;
      return feed.paused
        ? { ...feed, position, waiting: newest(fresh, feed.waiting) }
        : { ...feed, position, items: newest(fresh, feed.items) };
    }
  }
}

const newest = (fresh: readonly StreamItem[], old: readonly StreamItem[]): readonly StreamItem[] =>
  [...fresh, ...old].slice(0, kept);
