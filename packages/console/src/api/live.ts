import { useEffect, useReducer, useRef } from 'react';
import { emptyFeed, type Feed, nextFeed, type StreamItem } from './feed.ts';
import { usePath } from './project.ts';

/** How often arrivals reach the page, ms: often enough to look alive, seldom enough that a storm does not stall it. */
const flushEvery = 150;
/** Waits between attempts to connect again, ms. */
const waits = [500, 1_000, 2_000, 5_000, 10_000];

export interface LiveFilter {
  readonly wire?: string;
  readonly status?: string;
  /** An event's. */
  readonly name?: string;
  /** A person's id. */
  readonly person?: string;
  readonly q?: string;
  readonly direction?: 'in' | 'out' | 'both';
}

/** The live stream of the chosen project under a filter; connects again by itself where it left off. */
export function useLiveFeed(filter: LiveFilter): { readonly feed: Feed; readonly togglePause: () => void } {
  const [feed, dispatch] = useReducer(nextFeed, emptyFeed);
  const path = usePath();
  const stream = path('/v1/live', { ...filter });
  const position = useRef(0);
  position.current = feed.position;

  useEffect(() => {
    dispatch({ type: 'Restarted' });
    position.current = 0;
    let source: EventSource | undefined;
    let attempt = 0;
    let retry: ReturnType<typeof setTimeout> | undefined;
    let pending: StreamItem[] = [];

    // EventSource gives up for good on an answer such as 503, so we do the reconnecting ourselves.
    const connect = () => {
      source = new EventSource(`${stream}&after=${position.current}`);
      source.addEventListener('open', () => {
        attempt = 0;
        dispatch({ type: 'Opened' });
      });
      for (const name of ['item', 'outgoing'])
        source.addEventListener(name, (event: MessageEvent<string>) =>
          pending.push(JSON.parse(event.data) as StreamItem),
        );
      source.addEventListener('error', () => {
        source?.close();
        dispatch({ type: 'Lost' });
        retry = setTimeout(connect, waits[Math.min(attempt++, waits.length - 1)]);
      });
    };
    connect();
    const flush = setInterval(() => {
      if (pending.length === 0) return;
      dispatch({ type: 'Arrived', items: pending });
      pending = [];
    }, flushEvery);

    return () => {
      source?.close();
      clearTimeout(retry);
      clearInterval(flush);
    };
  }, [stream]);

  return { feed, togglePause: () => dispatch({ type: 'PauseToggled' }) };
}
