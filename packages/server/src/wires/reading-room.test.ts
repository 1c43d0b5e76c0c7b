import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { ReadingRoom, type Seat } from './reading-room.ts';

/** A room whose commits take what the test says, and who entered it in order. */
function open(bytes = 100, share = 1) {
  const state = { isAhead: false, now: 0 };
  const room = new ReadingRoom({ share, bytes, isAhead: () => state.isAhead }, () => state.now);
  const entered: string[] = [];
  const seats = new Map<string, Seat>();
  const come = (name: string, size = 10, source = name[0] as string) =>
    void room.enter(size, source).then((seat) => {
      entered.push(name);
      seats.set(name, seat);
    });
  const leave = (name: string) => (seats.get(name) as Seat).leave();
  return { room, state, entered, seats, come, leave };
}

test('of a source bodies are read in order, and while as much waits as a commit takes none is (G12)', async () => {
  const { room, state, entered, come } = open();
  for (const name of ['a1', 'a2']) come(name);
  await turn();
  state.isAhead = true;
  for (const name of ['a3', 'a4', 'a5']) come(name);
  room.look();
  await turn();
  expect(entered).toEqual(['a1', 'a2']);
  // Each is read before the next is asked for: what it brings may be enough.
  state.isAhead = false;
  room.look();
  state.isAhead = true;
  await turn();
  expect(entered).toEqual(['a1', 'a2', 'a3']);
  state.isAhead = false;
  // Those that wait come first.
  come('a6');
  room.look();
  await turn();
  expect(entered).toEqual(['a1', 'a2', 'a3', 'a4', 'a5', 'a6']);
});

test('of a source so many bytes are read and not answered, and one body more; who leaves makes room', async () => {
  const { entered, come, leave } = open(100);
  for (const [i, size] of [60, 60, 1, 1].entries()) come(`a${i}`, size);
  come('b0', 60);
  await turn();
  expect(entered).toEqual(['a0', 'a1', 'b0']);
  leave('a0');
  await turn();
  expect(entered).toEqual(['a0', 'a1', 'b0', 'a2', 'a3']);
});

test('however much of others waits, each source has its share read (G13)', async () => {
  const { state, entered, come, leave } = open(100, 30);
  come('a1', 90);
  state.isAhead = true;
  for (const name of ['a2', 'b1', 'b2', 'b3', 'b4', 'b5']) come(name);
  await turn();
  expect(entered).toEqual(['a1', 'b1', 'b2', 'b3']);
  leave('b2');
  await turn();
  expect(entered).toEqual(['a1', 'b1', 'b2', 'b3', 'b4']);
});

test('who has little read waits for nobody, and those who wait take turns (G13)', async () => {
  const { room, state, entered, come, leave } = open();
  state.isAhead = true;
  for (const name of ['a1', 'a2', 'a3', 'b1', 'b2', 'c1']) come(name);
  await turn();
  expect(entered).toEqual(['a1', 'b1', 'c1']);
  // One of those that wait has nothing read any more.
  leave('b1');
  await turn();
  expect(entered).toEqual(['a1', 'b1', 'c1', 'b2']);
  for (const name of ['b3', 'c2']) come(name);
  state.isAhead = false;
  room.look();
  await turn();
  expect(entered.slice(4)).toEqual(['a2', 'b3', 'c2', 'a3']);
});

test('says how long each waited and how long the oldest waits, ms', async () => {
  const { room, state, seats, come } = open();
  state.isAhead = true;
  come('a1');
  expect(room.oldestMs).toBe(0);
  state.now = 5;
  come('a2');
  state.now = 705;
  come('a3');
  expect(room.oldestMs).toBe(700);
  state.isAhead = false;
  room.look();
  await turn();
  expect([...seats].map(([, { waitedMs }]) => waitedMs)).toEqual([0, 700, 0]);
  expect(room.oldestMs).toBe(0);
});
