import type { Entry, Position, ProjectId } from '@selfsame/identity';
import { describe, expect, it } from 'vitest';
import { type Decided, LiveMemory, type Outcome, StoreError } from '../src/index.ts';

/** A log of what is decided, and what is kept of it to be shown. */
function setUp() {
  const log = new Map<Position, Decided>();
  const read: Position[] = [];
  const live = new LiveMemory(async (_, position) => {
    read.push(position);
    return log.get(position);
  });
  let last = 0;
  const tell = (...outcomes: readonly Outcome[]) => live.take([], outcomes);
  const outcome = (project: ProjectId, properties = {}, status: 'applied' | 'duplicate' = 'applied'): Outcome => {
    const logged = status === 'applied';
    const position = logged ? ++last : last + 1;
    const command = { type: 'Track', ids: [], name: 'a', properties } as const;
    const decided: Decided = {
      entry: { project, wire: 'native', trust: 0, position, at: 1_000, time: 1_000, command } satisfies Entry,
      verdict: { status, notes: [] },
    };
    if (logged) log.set(position, decided);
    return { type: 'decided', ...decided, logged };
  };
  return { live, tell, outcome, log, read };
}

const sizes = async (live: LiveMemory, project: ProjectId, after = 0) =>
  (await live.after(project, after, ['in'], Number.POSITIVE_INFINITY)).length;

describe('what a store of one process keeps of what happened', () => {
  it('is the last thousand of each project, whatever comes (G12)', async () => {
    const { live, tell, outcome } = setUp();
    tell(outcome('quiet'));
    for (let i = 0; i < 40; i++) tell(...Array.from({ length: 100 }, () => outcome('busy')));
    tell(...Array.from({ length: 5_000 }, () => outcome('busy')));
    expect(await sizes(live, 'busy')).toBe(1_000);
    expect(await sizes(live, 'quiet')).toBe(1);
    expect(await sizes(live, 'none')).toBe(0);
    expect(await live.after('busy', 0, ['in'], 500)).toHaveLength(500);
  });

  it('reads no entry before somebody looks, and those alone that are shown', async () => {
    const { live, tell, outcome, read } = setUp();
    tell(outcome('p'), outcome('p'), outcome('p', {}, 'duplicate'), outcome('p'));
    expect(read).toEqual([]);
    const shown = await live.after('p', 0, ['in'], 2);
    expect(shown.map((one) => one.type === 'item' && one.outcome.type === 'decided' && one.outcome.logged)).toEqual([
      false,
      true,
    ]);
    expect(read).toEqual([3]);
  });

  it('shows an item without properties that are too large, whether it has an entry or not', async () => {
    const { live, tell, outcome } = setUp();
    const large = { deep: [{ text: 'x'.repeat(17_000) }] };
    tell(outcome('p', { text: 'x'.repeat(16_000) }), outcome('p', large), outcome('p', large, 'duplicate'));
    const shown = (await live.after('p', 0, ['in'], 10)).map(
      (one) => one.type === 'item' && one.outcome.type === 'decided' && one.outcome.entry.command,
    );
    expect(shown.map((command) => command && command.type === 'Track' && Object.keys(command.properties))).toEqual([
      ['text'],
      [],
      [],
    ]);
  });

  it('gives moments that grow over a restart and while the clock stands still', async () => {
    const [before, after] = [setUp(), setUp()];
    for (let i = 0; i < 999; i++) before.tell(before.outcome('p'));
    await after.live.tell('p', 'in', {}, 1_001);
    const last = (await before.live.after('p', 0, ['in'], 1_000)).map(({ moment }) => moment);
    expect(last).toEqual([...new Set(last)].sort((a, b) => a - b));
    const [first] = await after.live.after('p', 0, ['in'], 1);
    expect(first?.moment).toBeGreaterThan(last.at(-1) as number);
  });

  it('goes on without entries that cannot be read, to say why', async () => {
    const live = new LiveMemory(async () => {
      throw new StoreError('store/unavailable', 'the disk is gone');
    });
    const { outcome } = setUp();
    live.take([], [outcome('p'), outcome('p', {}, 'duplicate')]);
    await live.tell('p', 'in', { status: 503 }, 1_000);
    expect((await live.after('p', 0, ['in'], 10)).map(({ type }) => type)).toEqual(['item', 'notice']);
  });

  it('wakes those who watch until they stop, each project once, and one that fails disturbs nobody', async () => {
    const { live, tell, outcome } = setUp();
    const woken: string[] = [];
    live.watch(() => {
      throw new Error('a broken watcher');
    });
    const stop = live.watch((project, stream) => woken.push(`${project} ${stream}`));
    tell(outcome('p'), outcome('q'), outcome('p'));
    tell({ type: 'refused', wire: 'native', at: 1, reason: 'no such key' });
    stop();
    tell(outcome('p'));
    expect(woken).toEqual(['p in', 'q in']);
  });
});
