import { Line, Turn } from '@selfsame/store';
import { expect, it } from 'vitest';
import { createTurns } from '../src/wires/turns-of-steps.ts';
import { batch, running, shop } from './running.ts';

it('steps are done in turns, with everything else in between, and one work after the other', async () => {
  // Every turn of this clock is over after one step.
  let now = 0;
  const inTurns = createTurns(new Turn(new Line(() => (now += 10))));
  const said: string[] = [];
  function* work(name: string) {
    for (let step = 1; step <= 3; step++) {
      said.push(`${name}${step}`);
      yield;
    }
    return name;
  }
  let over = false;
  const beside = (async () => {
    while (!over) {
      await new Promise((resolve) => setImmediate(resolve));
      said.push('-');
    }
  })();
  expect(await Promise.all([inTurns(work('a')), inTurns(work('b'))])).toEqual(['a', 'b']);
  over = true;
  await beside;
  expect(said.filter((one) => one !== '-')).toEqual(['a1', 'a2', 'a3', 'b1', 'b2', 'b3']);
  for (const [one, next] of [
    ['a1', 'a2'],
    ['a2', 'a3'],
    ['b1', 'b2'],
  ] as const)
    expect(said.slice(said.indexOf(one), said.indexOf(next)), said.join(' ')).toContain('-');
});

it('a work that fails holds up none that follows', async () => {
  const inTurns = createTurns();
  // biome-ignore lint/correctness/useYield: it fails before its first step is over
  function* failing(): Generator<undefined, string, undefined> {
    throw new Error('as planned');
  }
  function* fine() {
    yield;
    return 'fine';
  }
  const [first, second] = await Promise.allSettled([inTurns(failing()), inTurns(fine())]);
  expect(first.status).toBe('rejected');
  expect(second).toMatchObject({ value: 'fine' });
});

it('bodies of ten megabytes are kept whole', async () => {
  const server = await running();
  const properties = { list: Array.from({ length: 9_000 }, (_, i) => i % 10), text: 'å"\\'.repeat(100) };
  let longest = 0;
  let last = process.threadCpuUsage();
  let isOver = false;
  const look = () => {
    const now = process.threadCpuUsage();
    longest = Math.max(longest, (now.user + now.system - last.user - last.system) / 1_000);
    last = now;
    if (!isOver) setImmediate(look);
  };
  const items = Array.from({ length: 500 }, (_, i) => ({
    type: 'track',
    name: 'Seen',
    ids: { user: `u${i}` },
    insertId: `i${i}`,
    properties,
  }));
  const sent = JSON.stringify({ items });
  look();
  const answer = await batch(server.url, shop.serverKey, [], { body: sent });
  isOver = true;
  const { results } = (await answer.json()) as { results: readonly { status: string }[] };
  expect(results.filter(({ status }) => status === 'applied')).toHaveLength(500);
  const kept = await fetch(`${server.url}/v1/events?insertId=i499`, {
    headers: { authorization: `Bearer ${shop.serverKey}` },
  });
  expect(await kept.json()).toMatchObject({ events: [{ properties }] });
  console.log(
    `a body of ${sent.length} characters: no turn of the event loop had more than ${longest.toFixed(0)} ms of CPU`,
  );
});
