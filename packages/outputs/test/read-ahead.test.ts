import { describe, expect, it } from 'vitest';
import { Flow, type FlowSettings } from '../src/flow.ts';
import type { Item } from '../src/item.ts';
import type { Message } from '../src/message.ts';

/** So many events in log order, of as many people. */
const events = (n: number, people: number): Pick<Item, 'message' | 'id' | 'sequence'>[] =>
  Array.from({ length: n }, (_, i) => ({
    id: `msg_${i}`,
    sequence: 0,
    message: {
      ...{ kind: 'event', place: { position: i + 1, part: 0 }, at: i },
      person: { id: `p${i % people}`, known: true, identifiers: [] },
      event: { anchor: null, ids: [] },
    } as unknown as Message,
  }));

const flowOf = (settings: FlowSettings) => new Flow(settings, { cursor: 0, state: 'running', reason: null });

describe('how far ahead of what goes out the log is read', () => {
  it('no further once there is twice as much as may go at once, and on when it has gone', () => {
    const flow = flowOf({ order: 'person', items: 1, atOnce: 50 });
    flow.admit(events(199, 1_000), 199);
    expect(flow.hasRoom).toBe(true);
    flow.admit(events(200, 1_000).slice(199), 200);
    expect(flow.hasRoom).toBe(false);
    const batches = flow.start(1_000);
    expect(batches).toHaveLength(50);
    expect(flow.hasRoom).toBe(true);
    for (const batch of batches) flow.settle(batch, [{ type: 'done' }], 1_000);
    expect(flow.held).toBe(150);
  });

  it('on while nearly all wait behind one person: others may come', () => {
    const flow = flowOf({ order: 'person', items: 1, atOnce: 50 });
    flow.admit(events(5_000, 1), 5_000);
    expect(flow.hasRoom).toBe(true);
    flow.admit(events(20_000, 1).slice(5_000), 20_000);
    expect(flow.hasRoom).toBe(false);
  });

  it('of a lane two batches', () => {
    const flow = flowOf({ order: 'lane', items: 500, atOnce: 1 });
    flow.admit(events(999, 10), 999);
    expect(flow.hasRoom).toBe(true);
    flow.admit(events(1_000, 10).slice(999), 1_000);
    expect(flow.hasRoom).toBe(false);
    const [batch = []] = flow.start(1_000);
    flow.settle(
      batch,
      batch.map(() => ({ type: 'done' })),
      1_000,
    );
    expect(flow.held).toBe(500);
    expect(flow.hasRoom).toBe(true);
  });
});
